/**
 * The work of `spymaster lake ls`.
 */
import { existsSync } from 'node:fs';
import { DataError } from '../core/index.ts';
import {
  datasetName,
  findProduct,
  listPartitions,
  listRawHoldings,
  loadProducts,
  type PartitionEntry,
  type RawHolding,
} from '../lake/index.ts';
import type { CommandContext } from './command.ts';
import { type FilterOptions, partitionFilter } from './lake-filter.ts';
import { note, printLine } from './output.ts';
import { TextTable } from './text-table.ts';
import {
  DEFAULT_TRACKERS,
  describeTracker,
  type TrackerView,
  viewTrackers,
} from './tracker-view.ts';

/** Flags of `lake ls`. */
export interface LsOptions extends FilterOptions {
  json?: boolean;
  /** Trackers of downloads; with `--layer raw`. */
  tracker?: string[];
}

/** Exit code when nothing matched. */
const NOTHING_MATCHED = 3;

function sum<T>(rows: readonly T[], value: (row: T) => number): number {
  return rows.reduce((total, row) => total + value(row), 0);
}

async function printRows(header: string[], rows: readonly (string | number)[][]): Promise<void> {
  const table = new TextTable();
  let text = table.begin(header);
  for (const row of rows) text += table.row(row.join());
  await printLine((text + table.end()).trimEnd());
}

function partitionJson({ ref, state, why, manifest }: PartitionEntry) {
  return {
    dataset: datasetName(ref),
    symbol: ref.symbol,
    dt: ref.dt,
    state,
    ...(why ? { why } : {}),
    rows: manifest?.rows ?? null,
    bytes: manifest?.bytes ?? null,
    sha256: manifest?.sha256 ?? null,
    stage: manifest?.stage ?? null,
    counters: manifest?.counters ?? {},
  };
}

async function listTables(entries: readonly PartitionEntry[], json: boolean): Promise<void> {
  const complete = entries.filter((e) => e.state === 'complete');
  const totals = {
    partitions: entries.length,
    complete: complete.length,
    rows: sum(complete, (e) => e.manifest?.rows ?? 0),
    bytes: sum(complete, (e) => e.manifest?.bytes ?? 0),
  };
  if (json) {
    await printLine(JSON.stringify({ partitions: entries.map(partitionJson), totals }));
    return;
  }
  const rows = entries.map(({ ref, state, manifest }) => [
    datasetName(ref),
    ref.symbol,
    ref.dt,
    state,
    manifest?.rows ?? '',
    manifest?.bytes ?? '',
  ]);
  await printRows(['table', 'symbol', 'dt', 'state', 'rows', 'bytes'], rows);
  const { partitions, rows: n, bytes } = totals;
  await printLine(
    `${partitions} partitions, ${totals.complete} complete: ${n} rows, ${bytes} bytes`,
  );
  for (const { ref, why } of entries.filter((e) => e.why !== '')) {
    note(`${datasetName(ref)} ${ref.symbol} ${ref.dt}: ${why}`);
  }
}

async function listRaw(
  holdings: readonly RawHolding[],
  { trackers, jobOf }: TrackerView,
  json: boolean,
): Promise<void> {
  const days = new Set(holdings.map((h) => h.dt ?? ''));
  const totals = {
    files: holdings.length,
    days: days.size,
    bytes: sum(holdings, (h) => h.bytes),
  };
  if (json) {
    const files = holdings.map(({ productType, ...rest }) => ({
      product_type: productType,
      ...rest,
      job: jobOf(rest.path),
    }));
    await printLine(JSON.stringify({ files, totals, trackers }));
    return;
  }
  const rows = holdings.map((h) => [
    h.productType ?? '-',
    h.table,
    h.symbol,
    h.dt ?? '-',
    h.format,
    h.bytes,
    jobOf(h.path) === null ? '-' : 'downloaded',
  ]);
  const header = ['product_type', 'table', 'symbol', 'dt', 'format', 'bytes', 'tracker'];
  await printRows(header, rows);
  for (const tracker of trackers) await printLine(describeTracker(tracker));
  await printLine(`${totals.files} files, ${totals.days} days: ${totals.bytes} bytes`);
}

function chosenHoldings(context: CommandContext, options: LsOptions): RawHolding[] {
  const products = loadProducts(context.loaded.configFolder);
  const { layer: _raw, ...others } = options;
  const { productTypes, dt } = partitionFilter(others, products);
  const wanted = options.symbol;
  const root = wanted === undefined ? undefined : findProduct(products, wanted)?.root;
  return listRawHoldings(context.settings.lake).filter((holding) => {
    if (productTypes && !productTypes.some((type) => type === holding.productType)) return false;
    // Raw files lie under their root.
    if (wanted !== undefined && ![wanted, root].includes(holding.symbol)) return false;
    return !dt || (holding.dt !== null && dt(holding.dt));
  });
}

/** Lists partitions, or raw files; resolves to 3 when there are none. */
export async function runLakeLs(
  context: CommandContext,
  options: LsOptions,
): Promise<number | undefined> {
  const { lake } = context.settings;
  if (!existsSync(lake)) throw new DataError('FILE_NOT_FOUND', `no lake at ${lake}`);
  const json = options.json ?? false;
  const raw = options.layer === 'raw' ? chosenHoldings(context, options) : null;
  const filter = raw ? {} : partitionFilter(options, loadProducts(context.loaded.configFolder));
  const entries = raw ? [] : listPartitions(lake, filter);
  const trackers = options.tracker ?? DEFAULT_TRACKERS;
  if (raw) await listRaw(raw, viewTrackers(trackers), json);
  else await listTables(entries, json);
  if (entries.length + (raw?.length ?? 0) > 0) return undefined;
  note(`nothing in ${lake} matches`);
  return NOTHING_MATCHED;
}
