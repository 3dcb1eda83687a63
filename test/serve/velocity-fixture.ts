/**
 * Lakes with a few minutes of ES and QQQ, for the tests of the velocity stream.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createVelocityServer,
  type RunningServer,
  type VelocityServerOptions,
} from '../../src/serve/index.ts';
import {
  DT,
  ES,
  type Market,
  type MarketSecond,
  publishMarket,
  someSecond,
} from '../pipeline/forecast-lake.ts';

/** Second of the first window's end: the first of 09:30 New York in winter. */
export const FIRST = 52_201;
/** Windows of a fixture: more than three blocks. */
export const WINDOWS = 200;
/** Seconds that are not there. */
export const HOLE = [FIRST + 70, FIRST + 71, FIRST + 72];
/** A second whose book is being rebuilt. */
export const INVALID = FIRST + 100;
/** Best bid of the first window, ticks. */
const BID = 20_000;

/** The seconds of a market whose price wanders a little. */
export function someSeconds(bucketTicks = 1): MarketSecond[] {
  const seconds: MarketSecond[] = [];
  for (let i = 0; i < WINDOWS; i++) {
    const end = FIRST + i;
    if (HOLE.includes(end)) continue;
    const bid = BID + bucketTicks * (((i * 7) % 11) - 5);
    const second = someSecond(end, i + 1, bid, bid + bucketTicks);
    seconds.push(end === INVALID ? { ...second, invalid: true } : second);
  }
  return seconds;
}

/** A temporary lake. */
export interface VelocityLake {
  lake: string;
  drop(): void;
}

/** An empty lake. */
export function emptyLake(): VelocityLake {
  const root = mkdtempSync(join(tmpdir(), 'spymaster-velocity-'));
  return { lake: join(root, 'lake'), drop: () => rmSync(root, { recursive: true, force: true }) };
}

/** A lake with one day of a market. */
export async function lakeOf(
  market: Market = ES,
  seconds: readonly MarketSecond[] = someSeconds(market.bucketTicks),
): Promise<VelocityLake> {
  const made = emptyLake();
  await publishMarket(made.lake, market, seconds);
  return made;
}

/** The same lake in a place of its own. */
export function copyOf({ lake }: VelocityLake): VelocityLake {
  const made = emptyLake();
  cpSync(lake, made.lake, { recursive: true });
  return made;
}

/** A server on any free port. */
export function startVelocity(
  lake: string,
  options: Partial<VelocityServerOptions> = {},
): Promise<RunningServer> {
  return createVelocityServer({ lake, port: 0, logLevel: 'silent', ...options });
}

/** A query for ES as fast as it goes. */
export const QUERY = { symbol: 'ESH6', dt: DT, speed: 0 };
