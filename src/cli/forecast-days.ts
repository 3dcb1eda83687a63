/**
 * Days of a forecast, read with progress: what `forecast fit` and `forecast evaluate` share.
 */
import { availableParallelism } from 'node:os';
import { NS_PER_SECOND } from '../core/index.ts';
import type { ForecastParameters } from '../forecast/index.ts';
import { type Product, type ProductType, sessionTimeToNs } from '../lake/index.ts';
import {
  type FitTask,
  type ForecastDayRead,
  fitAndProve,
  type ProvenFit,
  readForecastDays,
} from '../pipeline/index.ts';
import { type CommandContext, Interrupted } from './command.ts';
import { note } from './output.ts';
import { showProgress } from './progress.ts';

/** What has begun, in words. */
const BEGUN = {
  fit: 'fitting',
  proof: 'proving: baselines, controls, a walk forward',
} as const;

/** Which days of which market are to be read. */
export interface ForecastDaysWanted {
  product: Product;
  productType: ProductType;
  /** Days and the contract or ticker of each, ascending. */
  sessions: readonly { dt: string; symbol: string }[];
  /** Windows that end from `from` (inclusive) to `to` (exclusive), exchange time. */
  hours: ForecastParameters['session'];
  /** Days at the same time; the number of processors when absent. */
  workers: number | undefined;
}

/** Seconds since 00:00 UTC of a date at a time of day. */
function secondOf(dt: string, time: string, timeZone: string): number {
  return Math.ceil(sessionTimeToNs(dt, time, timeZone) / NS_PER_SECOND);
}

/** Reads days in threads of their own, in the order wanted. */
export async function readDays(
  context: CommandContext,
  wanted: ForecastDaysWanted,
): Promise<ForecastDayRead[]> {
  const { product, productType, hours, sessions } = wanted;
  const requests = sessions.map(({ dt, symbol }) => ({
    product,
    productType,
    symbol,
    dt,
    fromSecond: secondOf(dt, hours.from, hours.time_zone),
    toSecond: secondOf(dt, hours.to, hours.time_zone),
  }));
  const progress = await showProgress('days');
  let done = 0;
  try {
    return await readForecastDays(context.settings.lake, requests, {
      workers: wanted.workers ?? availableParallelism(),
      signal: context.signal,
      onDay: () => progress.at(++done / requests.length),
    });
  } catch (error) {
    throw context.signal.aborted ? new Interrupted() : error;
  } finally {
    progress.end();
  }
}

/** Fits, unless that was done, and proves; the days' arrays are given away. */
export async function fitDays(context: CommandContext, task: FitTask): Promise<ProvenFit> {
  try {
    return await fitAndProve(task, context.signal, (what) => note(BEGUN[what]));
  } catch (error) {
    throw context.signal.aborted ? new Interrupted() : error;
  }
}
