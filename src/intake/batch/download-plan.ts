/**
 * What a download is to bring: the jobs that are known at once, and the option chains whose jobs
 * are known when their definitions are here.
 */
import { DataError } from '../../core/index.ts';
import type { Schema } from '../../dbn/index.ts';
import { equityOptionRule, futureOptionRule, type OptionRule } from '../../feed/index.ts';
import { type DefinitionVenue, isTradingDay, type Product } from '../../lake/index.ts';
import { jobFolder } from './job-folder.ts';
import { definitionParents } from './option-parents.ts';
import { type SkippedDay, sessionDays } from './session-days.ts';
import { type JobSubject, type WantedJob, wantJobs } from './wanted-job.ts';

/** The vendor's dataset of US equity options. */
const OPRA = 'OPRA.PILLAR';
/** The vendor's dataset of CME Group. */
const GLOBEX = 'GLBX.MDP3';
/** The vendor's dataset of Nasdaq's order book. */
const NASDAQ = 'XNAS.ITCH';

/** The options of a root or ticker that expire on a day. */
export interface OptionChain {
  symbol: string;
  dt: string;
  venue: DefinitionVenue;
  rule: OptionRule;
  /** Key of the job that brings the definitions. */
  definitionKey: string;
  /** What is wanted of the options; each is parted into jobs when their symbols are known. */
  subjects: JobSubject[];
}

/** What is to be brought. */
export interface DownloadPlan {
  jobs: WantedJob[];
  chains: OptionChain[];
  /** By root or ticker. */
  skipped: (SkippedDay & { symbol: string })[];
}

/** Which futures, days and schemas. */
export interface FuturesRequest {
  products: readonly Product[];
  /** Calendar days, ascending. */
  dates: readonly string[];
  includeFutures: boolean;
  futuresSchemas: readonly string[];
  /** `definition` is asked for whenever there is any. */
  optionsSchemas: readonly string[];
}

/** Which equities, days and schemas. */
export interface EquitiesRequest {
  products: readonly Product[];
  /** Calendar days, ascending. */
  dates: readonly string[];
  equitySchemas: readonly string[];
  optionsSchemas: readonly string[];
}

function checkSchemas(flag: string, given: readonly string[], known: readonly string[]): Schema[] {
  const unknown = given.find((schema) => !known.includes(schema));
  if (unknown === undefined) return [...new Set(given)] as Schema[];
  throw new DataError('USAGE', `${flag}: the lake has no table for "${unknown.slice(0, 40)}"`, {
    expected: `a comma list of ${known.join(' ')}`,
  });
}

function checkDataset(product: Product, dataset: string): void {
  if (product.dataset === dataset) return;
  throw new DataError('USAGE', `${product.root} is not in ${dataset}`, {
    found: product.dataset,
    expected: `a product of ${dataset}; see config/products.yaml`,
  });
}

/** What is wanted of a chain beside its definitions. */
function dataSchemas(schemas: readonly Schema[]): Schema[] {
  return schemas.filter((schema) => schema !== 'definition');
}

function emptyPlan(): DownloadPlan {
  return { jobs: [], chains: [], skipped: [] };
}

function addFutureOptions(plan: DownloadPlan, product: Product, dt: string, schemas: Schema[]) {
  const shared = { dataset: GLOBEX, symbol: product.root, dt, kind: 'futures_options' } as const;
  const definitions: JobSubject = { ...shared, schema: 'definition', stypeIn: 'parent' };
  const wanted = wantJobs(definitions, definitionParents(product, dt));
  plan.jobs.push(...wanted);
  plan.chains.push({
    symbol: product.root,
    dt,
    venue: 'glbx',
    rule: futureOptionRule(product.root, dt),
    definitionKey: wanted[0]!.key,
    subjects: dataSchemas(schemas).map((schema) => ({ ...shared, schema, stypeIn: 'raw_symbol' })),
  });
}

/**
 * Plans futures and their options that expire on the day. Options are looked for on trading days
 * only: none expires on a Sunday or a holiday.
 * @throws DataError USAGE when a schema or product has no place in the lake.
 */
export function planFutures(request: FuturesRequest): DownloadPlan {
  const futures = checkSchemas('--futures-schemas', request.futuresSchemas, ['mbo', 'statistics']);
  const known = ['definition', 'mbo', 'statistics'];
  const options = checkSchemas('--options-schemas', request.optionsSchemas, known);
  const plan = emptyPlan();
  for (const product of request.products) {
    checkDataset(product, GLOBEX);
    const { days, skipped } = sessionDays(product, request.dates);
    plan.skipped.push(...skipped.map((day) => ({ ...day, symbol: product.root })));
    for (const dt of days) {
      for (const schema of request.includeFutures ? futures : []) {
        const subject = { dataset: GLOBEX, symbol: product.root, dt, kind: 'futures' } as const;
        const parent = [`${product.root}.FUT`];
        plan.jobs.push(...wantJobs({ ...subject, schema, stypeIn: 'parent' }, parent));
      }
      if (options.length > 0 && isTradingDay(product, dt)) {
        addFutureOptions(plan, product, dt, options);
      }
    }
  }
  return plan;
}

function addEquityOptions(plan: DownloadPlan, symbol: string, dt: string, schemas: Schema[]) {
  const shared = { dataset: OPRA, symbol, dt };
  const definitions: JobSubject = { ...shared, schema: 'definition', stypeIn: 'parent' };
  const wanted = wantJobs(definitions, [`${symbol}.OPT`]);
  plan.jobs.push(...wanted);
  plan.chains.push({
    symbol,
    dt,
    venue: 'opra',
    rule: equityOptionRule(symbol, dt),
    definitionKey: wanted[0]!.key,
    subjects: dataSchemas(schemas).map((schema) => ({ ...shared, schema, stypeIn: 'raw_symbol' })),
  });
}

/**
 * Plans equities and their options that expire on the day.
 * @throws DataError USAGE when a schema or product has no place in the lake.
 */
export function planEquities(request: EquitiesRequest): DownloadPlan {
  const stocks = ['mbo', 'definition', 'statistics'];
  const equities = checkSchemas('--equity-schemas', request.equitySchemas, stocks);
  const known = ['definition', 'cmbp-1', 'statistics'];
  const options = checkSchemas('--options-schemas', request.optionsSchemas, known);
  const plan = emptyPlan();
  for (const product of request.products) {
    checkDataset(product, NASDAQ);
    const { days, skipped } = sessionDays(product, request.dates);
    plan.skipped.push(...skipped.map((day) => ({ ...day, symbol: product.root })));
    for (const dt of days) {
      for (const schema of equities) {
        const subject = { dataset: NASDAQ, schema, symbol: product.root, dt };
        plan.jobs.push(...wantJobs({ ...subject, stypeIn: 'raw_symbol' }, [product.root]));
      }
      if (options.length > 0) addEquityOptions(plan, product.root, dt, options);
    }
  }
  return plan;
}

/** Folders of the lake that a plan's files go to, each once. */
export function foldersOf(lake: string, plan: DownloadPlan): string[] {
  const subjects = [...plan.jobs, ...plan.chains.flatMap((chain) => chain.subjects)];
  return [...new Set(subjects.map((subject) => jobFolder(lake, subject)))];
}
