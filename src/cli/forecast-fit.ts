/**
 * The work of `spymaster forecast fit`.
 */
import { DataError, NS_PER_SECOND } from '../core/index.ts';
import {
  type Estimate,
  type ForecastParameters,
  type ForecastProof,
  FULL_DAYS,
  splitDays,
} from '../forecast/index.ts';
import {
  loadProducts,
  type Product,
  type ProductType,
  parseProductType,
  productOf,
  sessionTimeToNs,
} from '../lake/index.ts';
import {
  chooseForecastDays,
  type ForecastDayRead,
  makeParameters,
  saveEvaluation,
  saveParameters,
  withProof,
} from '../pipeline/index.ts';
import type { CommandContext } from './command.ts';
import { fitDays, readDays } from './forecast-days.ts';
import { note, printLine } from './output.ts';
import { proofTable } from './proof-table.ts';
import { sessionDates } from './session-dates.ts';
import { programVersion } from './version.ts';

/** A day with less than this part of its windows is named as short. */
const SHORT_SHARE = 0.9;

/** Flags of `forecast fit`. */
export interface ForecastFitOptions {
  root: string;
  productType?: string;
  days: number;
  dates?: string;
  from: string;
  to: string;
  workers?: number;
  json?: boolean;
}

/**
 * The product type whose book is forecast.
 * @throws DataError USAGE for options, which have no mid of their own, or another kind.
 */
function productTypeOf(product: Product, asked: string | undefined): ProductType {
  const own: ProductType = product.kind === 'future' ? 'future_mbo' : 'equity_mbo';
  if (asked === undefined || parseProductType(asked) === own) return own;
  throw new DataError('USAGE', `${product.root} cannot be forecast as ${asked}`, {
    expected: `--product-type ${own}`,
  });
}

/** @throws DataError USAGE for a contract, whose root is what is fitted. */
function rootProduct(context: CommandContext, root: string): Product {
  const product = productOf(loadProducts(context.loaded.configFolder), root);
  if (product.root === root) return product;
  throw new DataError('USAGE', `${root} is a contract`, { expected: `--root ${product.root}` });
}

async function chooseDays(
  context: CommandContext,
  product: Product,
  productType: ProductType,
  options: ForecastFitOptions,
): Promise<{ dt: string; symbol: string }[]> {
  const { sessions, leftOut } = await chooseForecastDays({
    lake: context.settings.lake,
    products: loadProducts(context.loaded.configFolder),
    product,
    productType,
    dates: sessionDates(options),
    count: options.dates === undefined ? options.days : Number.POSITIVE_INFINITY,
  });
  for (const { dt, why } of leftOut) note(`left out: ${dt}: ${why}`);
  if (sessions.length < FULL_DAYS) {
    note(`${sessions.length} days instead of ${FULL_DAYS}: less is known, and less can be proven`);
  }
  return sessions;
}

/** Says which days have no options, for their force is made of less. */
function tellOptions(reads: readonly ForecastDayRead[]): void {
  const without = reads.filter(({ day }) => !day.hasOptions.includes(1)).map(({ day }) => day.dt);
  if (without.length === 0) return;
  if (without.length === reads.length) note('no day has options: the force is that of the book');
  else note(`without options: ${without.join(' ')}: the force of these days is that of the book`);
}

/** Says that days have fewer windows than the hours that were asked for hold. */
function tellShort(reads: readonly ForecastDayRead[], hours: ForecastParameters['session']): void {
  const { from, to, time_zone } = hours;
  const short = reads.filter(({ day: { dt, windows } }) => {
    const span = sessionTimeToNs(dt, to, time_zone) - sessionTimeToNs(dt, from, time_zone);
    return windows < (SHORT_SHARE * span) / NS_PER_SECOND;
  });
  if (short.length === 0) return;
  const windows = short.map(({ day }) => day.windows);
  const range = `${Math.min(...windows)} to ${Math.max(...windows)} windows`;
  note(`${short.length} days have fewer windows than ${from} to ${to} hold: ${range}`);
}

function told({ value, standard_error }: Estimate): string {
  const error =
    standard_error === null ? 'no standard error' : `± ${standard_error.toPrecision(2)}`;
  return `${value.toPrecision(4)} (${error})`;
}

function summary(parameters: ForecastParameters, proof: ForecastProof): string {
  const { root, product_type, days, beta, gamma, train_samples } = parameters;
  const parts = [days.train, days.calibrate, days.holdout];
  const [train, calibrate, holdout] = parts.map((part) => part.length);
  return [
    `${root} ${product_type}: ${train} days to train, ${calibrate} to calibrate, ${holdout} held out`,
    `beta ${told(beta)}, gamma ${told(gamma)}, ${train_samples} windows`,
    proofTable(proof),
  ].join('\n');
}

/** Fits on days of gold, proves on days held out, and writes parameters and evaluation. */
export async function runForecastFit(
  context: CommandContext,
  options: ForecastFitOptions,
): Promise<number | undefined> {
  const { lake } = context.settings;
  const product = rootProduct(context, options.root);
  const productType = productTypeOf(product, options.productType);
  const sessions = await chooseDays(context, product, productType, options);
  const hours = { time_zone: product.session.timeZone, from: options.from, to: options.to };
  const reads = await readDays(context, {
    product,
    productType,
    sessions,
    hours,
    workers: options.workers,
  });
  tellOptions(reads);
  tellShort(reads, hours);
  const split = splitDays(sessions.map(({ dt }) => dt));
  const days = reads.map(({ day }) => day);
  const { fitted, proof } = await fitDays(context, { days, split, fitted: null, walk: true });
  const parameters = makeParameters(fitted, {
    root: product.root,
    productType,
    days: split,
    session: hours,
    inputs: reads.flatMap(({ inputs }) => inputs),
    codeVersion: programVersion(),
  });
  const proven = withProof(parameters, proof);
  saveEvaluation(lake, proven, proof, programVersion());
  const path = saveParameters(lake, proven);
  if (options.json) await printLine(JSON.stringify({ path, ...proven }, null, 2));
  else await printLine(summary(proven, proof));
  note(`wrote ${path}`);
  return undefined;
}
