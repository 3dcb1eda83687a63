/**
 * The work of `spymaster synth`.
 */
import { statSync } from 'node:fs';
import { DataError } from '../core/index.ts';
import {
  addDays,
  daysBetween,
  loadProducts,
  parseDate,
  productOf,
  sessionTimeToNs,
} from '../lake/index.ts';
import { tradingDays } from '../synth/index.ts';
import { type CommandContext, SafePoint } from './command.ts';
import { printLine } from './output.ts';
import { writeSyntheticDay } from './synthetic-lake.ts';

/** Longest range of dates, days: a typing error must not fill the disk. */
const MAX_RANGE_DAYS = 3660;

/** Flags of `synth`. */
export interface SynthOptions {
  productType: string;
  symbol: string;
  dates?: string;
  days?: number;
  seed: number;
  signal: number;
  rate: number;
  from?: string;
  to?: string;
  overwrite?: boolean;
}

/**
 * The trading days that `--dates A:B` or `--days N` mean (default: the first one).
 * @throws DataError USAGE, or DATE_NOT_FOUND when the range holds no trading day.
 */
export function synthDates(options: { dates?: string; days?: number }): string[] {
  if (options.dates === undefined) return tradingDays(options.days ?? 1);
  const [from = '', to = from, ...rest] = options.dates.split(':');
  const length = daysBetween(parseDate(from), parseDate(to));
  if (rest.length > 0 || length < 0 || length > MAX_RANGE_DAYS) {
    throw new DataError('USAGE', `not a range of dates: "${options.dates}"`, {
      expected: 'A:B with A not after B, such as 2026-01-05:2026-01-09',
    });
  }
  const days = tradingDays(length + 1, from).filter((dt) => dt <= to);
  if (days.length > 0) return days;
  throw new DataError('DATE_NOT_FOUND', `no trading day in ${options.dates}`, {
    found: 'a weekend',
    expected: `for instance ${tradingDays(1, addDays(to, 1))[0]}`,
  });
}

/** Writes the days asked for, one line each. */
export async function runSynth(context: CommandContext, options: SynthOptions): Promise<undefined> {
  if (options.productType !== 'future_mbo') {
    throw new DataError('USAGE', `no synthetic ${options.productType}`, { expected: 'future_mbo' });
  }
  const zone = productOf(loadProducts(context.loaded.configFolder), options.symbol).session
    .timeZone;
  const point = new SafePoint(context.signal);
  for (const dt of synthDates(options)) {
    const started = performance.now();
    const written = await writeSyntheticDay(
      context.settings.lake,
      {
        root: options.symbol,
        dt,
        seed: options.seed,
        signal: options.signal,
        rate: options.rate,
        ...(options.from ? { startNs: sessionTimeToNs(dt, options.from, zone) } : {}),
        ...(options.to ? { endNs: sessionTimeToNs(dt, options.to, zone) } : {}),
      },
      { overwrite: options.overwrite ?? false, point },
    );
    const size = `${(statSync(written.path).size / 1e6).toFixed(1)} MB`;
    const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`;
    const how = written.kept ? 'already there' : seconds;
    await printLine(`${dt} ${written.symbol} ${size} ${how} ${written.path}`);
  }
}
