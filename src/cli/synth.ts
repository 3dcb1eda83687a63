/**
 * The work of `spymaster synth`.
 */
import { statSync } from 'node:fs';
import { DataError } from '../core/index.ts';
import {
  addDays,
  daysBetween,
  loadProducts,
  type ProductType,
  parseDate,
  parseProductType,
  productOf,
  sessionTimeToNs,
} from '../lake/index.ts';
import { type PricePath, tradingDays } from '../synth/index.ts';
import { type CommandContext, SafePoint } from './command.ts';
import { printLine } from './output.ts';
import type { SyntheticDay } from './synthetic-day.ts';
import { writeSyntheticDay } from './synthetic-lake.ts';

/** Longest range of dates, days: a typing error must not fill the disk. */
const MAX_RANGE_DAYS = 3660;

/** A kind of product and its root or ticker. */
interface ProductAsked {
  productType: ProductType;
  root: string;
}

/** What `--all` writes, in this order: the driver of the others comes first. */
const ALL_PRODUCTS: readonly ProductAsked[] = [
  { productType: 'future_mbo', root: 'ES' },
  { productType: 'future_option_mbo', root: 'ES' },
  { productType: 'equity_mbo', root: 'QQQ' },
  { productType: 'equity_option_cmbp_1', root: 'QQQ' },
];

/** Flags of `synth`. */
export interface SynthOptions {
  productType: string;
  symbol?: string;
  all?: boolean;
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
  const point = new SafePoint(context.signal);
  for (const dt of synthDates(options)) {
    let driver: PricePath | undefined;
    for (const { productType, root } of productsAsked(options)) {
      const day = { productType, root, dt, ...drawnHow(context, options, root, dt) };
      const started = performance.now();
      const written = await writeSyntheticDay(context.settings.lake, day, {
        overwrite: options.overwrite ?? false,
        point,
        driver,
      });
      driver ??= written.driver;
      const size = `${(statSync(written.path).size / 1e6).toFixed(1)} MB`;
      const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`;
      const how = written.kept ? 'already there' : seconds;
      await printLine(`${dt} ${written.symbol} ${size} ${how} ${written.path}`);
    }
  }
}

/** The products that the flags name: all of the one market, the driver first, or one. */
function productsAsked(options: SynthOptions): ProductAsked[] {
  if (options.all) return [...ALL_PRODUCTS];
  const productType = parseProductType(options.productType);
  const first = ALL_PRODUCTS.find((each) => each.productType === productType);
  return [{ productType, root: options.symbol ?? first?.root ?? 'ES' }];
}

function drawnHow(
  context: CommandContext,
  { seed, signal, rate, from, to }: SynthOptions,
  root: string,
  dt: string,
): Omit<SyntheticDay, 'root' | 'dt'> {
  const zone = productOf(loadProducts(context.loaded.configFolder), root).session.timeZone;
  return {
    seed,
    signal,
    rate,
    ...(from ? { startNs: sessionTimeToNs(dt, from, zone) } : {}),
    ...(to ? { endNs: sessionTimeToNs(dt, to, zone) } : {}),
  };
}
