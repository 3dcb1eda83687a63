import { isKnownError } from '../../core/index.ts';
import { findDefinitionFiles } from '../../feed/index.ts';
import type { BatchVendor } from './batch-vendor.ts';
import type { DownloadPlan, OptionChain } from './download-plan.ts';
import { priceJobs } from './job-costs.ts';
import { sessionOptions } from './session-options.ts';
import type { TrackedJob } from './tracked-job.ts';
import { type WantedJob, wantJobs } from './wanted-job.ts';

/** What one job costs. */
export interface CostRow {
  key: string;
  dataset: string;
  schema: string;
  symbol: string;
  dt: string;
  /** Symbols asked for. */
  symbols: number;
  /** US dollars by the vendor's estimate; null when it refuses the request. */
  usd: number | null;
  /** State of the job in the tracker; null when it was never asked for. */
  state: string | null;
  /** Why the vendor refuses it; empty when it does not. */
  refusal: string;
}

/** What a plan costs, as far as it is known. */
export interface PlanCosts {
  rows: CostRow[];
  /** Options whose symbols are not known before their definitions are here. */
  unknown: { symbol: string; dt: string; schemas: string[] }[];
}

/** What costs are asked with. */
export interface CostQuestion {
  vendor: BatchVendor;
  lake: string;
  plan: DownloadPlan;
  tracked: ReadonlyMap<string, TrackedJob>;
  signal: AbortSignal;
}

/** Jobs of a chain by the definitions that the lake has; null when it has none for it. */
async function jobsOf(lake: string, chain: OptionChain): Promise<WantedJob[] | null> {
  if (findDefinitionFiles(lake, chain.venue, chain.dt).length === 0) return null;
  try {
    const symbols = await sessionOptions(lake, chain.venue, chain.rule);
    if (symbols.length === 0) return null;
    return chain.subjects.flatMap((subject) => wantJobs(subject, symbols));
  } catch (error) {
    if (!isKnownError(error)) throw error;
    return null;
  }
}

/** Asks what every job of a plan costs; free, and nothing is written. */
export async function costOfPlan(question: CostQuestion): Promise<PlanCosts> {
  const { lake, plan, tracked } = question;
  const jobs = [...plan.jobs];
  const unknown: PlanCosts['unknown'] = [];
  for (const chain of plan.chains) {
    if (chain.subjects.length === 0) continue;
    const known = await jobsOf(lake, chain);
    const { symbol, dt, subjects } = chain;
    if (known) jobs.push(...known);
    else unknown.push({ symbol, dt, schemas: subjects.map((s) => s.schema) });
  }
  const costs = await priceJobs(question, jobs);
  const rows = costs.map(({ wanted, usd, refusal }): CostRow => {
    const { key, dataset, schema, symbol, dt } = wanted;
    const state = tracked.get(key)?.state ?? null;
    return {
      key,
      dataset,
      schema,
      symbol,
      dt,
      symbols: wanted.symbols.length,
      usd,
      state,
      refusal,
    };
  });
  return { rows, unknown };
}
