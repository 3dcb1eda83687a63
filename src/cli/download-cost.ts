/**
 * The work of `spymaster download … cost`.
 */
import { HistoricalClient } from '../databento/index.ts';
import { costOfPlan, dollars, type PlanCosts, readTracker } from '../intake/index.ts';
import { type CommandContext, Interrupted } from './command.ts';
import {
  type DownloadKind,
  downloadPlan,
  type PlanOptions,
  vendorKey,
} from './download-request.ts';
import { note, printLine } from './output.ts';
import { TextTable } from './text-table.ts';

/** Flags of `download … cost`. */
export interface CostOptions extends PlanOptions {
  json?: boolean;
}

const HEADER = ['dataset', 'schema', 'symbol', 'day', 'symbols', 'usd', 'asked for'];

/** What is not paid for unless it is submitted: a job that was asked for costs nothing again. */
function isOpen(state: string | null): boolean {
  return state === null || state === 'intended' || state === 'expired' || state === 'error';
}

function totals({ rows, unknown }: PlanCosts) {
  const sum = (chosen: PlanCosts['rows']) => chosen.reduce((n, row) => n + (row.usd ?? 0), 0);
  return {
    jobs: rows.length,
    usd: sum(rows),
    open_usd: sum(rows.filter((row) => isOpen(row.state))),
    refused: rows.filter((row) => row.usd === null).length,
    unknown_chains: unknown.length,
  };
}

async function printTable(costs: PlanCosts): Promise<void> {
  const table = new TextTable();
  let text = table.begin(HEADER);
  for (const row of costs.rows) {
    const usd = row.usd === null ? 'refused' : row.usd.toFixed(4);
    const cells = [row.dataset, row.schema, row.symbol, row.dt, row.symbols, usd, row.state ?? '-'];
    text += table.row(cells.join());
  }
  for (const { symbol, dt, schemas } of costs.unknown) {
    text += table.row(['-', schemas.join(' '), symbol, dt, '-', '-', '-'].join());
  }
  await printLine((text + table.end()).trimEnd());
  const { jobs, usd, open_usd } = totals(costs);
  await printLine(`${jobs} jobs: ${dollars(usd)}, of it ${dollars(open_usd)} not asked for yet`);
}

/** Prints what a plan costs; nothing is submitted and nothing is written. */
export async function runDownloadCost(
  kind: DownloadKind,
  context: CommandContext,
  options: CostOptions,
): Promise<undefined> {
  const plan = downloadPlan(kind, context, options);
  const key = vendorKey(context);
  const { lake, databento_historical_url: url } = context.settings;
  const vendor = new HistoricalClient({ key, url, onNotice: (text) => note(key.redact(text)) });
  const tracked = readTracker(options.tracker).jobs;
  let costs: PlanCosts;
  try {
    costs = await costOfPlan({ vendor, lake, plan, tracked, signal: context.signal });
  } catch (error) {
    throw context.signal.aborted ? new Interrupted() : error;
  } finally {
    vendor.close();
  }
  if (options.json) await printLine(JSON.stringify({ ...costs, totals: totals(costs) }));
  else await printTable(costs);
  for (const { key: job, refusal } of costs.rows) if (refusal) note(`${job}: ${refusal}`);
  if (costs.unknown.length > 0) {
    note(`options of ${costs.unknown.length} days: not known before the definitions are here`);
  }
}
