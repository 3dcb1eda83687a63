/**
 * The work of `spymaster lake export`.
 */
import { DataError } from '../core/index.ts';
import {
  listPartitions,
  loadContract,
  loadDatasets,
  loadProducts,
  type TableContract,
  viewName,
} from '../lake/index.ts';
import type { CommandContext } from './command.ts';
import { type AnswerOptions, answerQuery, answerStyle } from './lake-answer.ts';
import { type FilterOptions, partitionFilter } from './lake-filter.ts';

/** Flags of `lake export`. */
export interface ExportOptions extends AnswerOptions, FilterOptions {
  sql?: string;
  columns?: string;
}

function contractOf(table: string): TableContract {
  const datasets = loadDatasets().filter((d) => d.table !== null);
  const ref = datasets.find((d) => d.name === table)?.table;
  if (ref) return loadContract(ref);
  throw new DataError('USAGE', `no table "${table.slice(0, 80)}"`, {
    expected: `one of ${datasets.map((d) => d.name).join(' ')}`,
  });
}

function selectList(contract: TableContract, columns: string | undefined): string {
  if (columns === undefined) return '*';
  const known = new Set(['product_type', 'symbol', 'dt', ...contract.fields.map((f) => f.name)]);
  const wanted = columns.split(',').map((name) => name.trim());
  const unknown = wanted.find((name) => !known.has(name));
  if (unknown === undefined) return wanted.map((name) => `"${name}"`).join(', ');
  throw new DataError('USAGE', `no column "${unknown.slice(0, 80)}"`, {
    expected: [...known].join(' '),
  });
}

/** The query for a table's partitions; they are named one by one, so that nothing else is read. */
function tableQuery(context: CommandContext, table: string, options: ExportOptions): string {
  const contract = contractOf(table);
  const { layer, productType } = contract;
  const filter = partitionFilter(options, loadProducts(context.loaded.configFolder));
  const chosen = { ...filter, layers: [layer], productTypes: [productType], table: contract.table };
  const entries = listPartitions(context.settings.lake, chosen);
  const complete = entries.filter((e) => e.state === 'complete').map((e) => e.ref);
  if (complete.length === 0) {
    throw new DataError('PARTITION_MISSING', `no complete partition of ${table} as asked for`, {
      found: entries.length > 0 ? `${entries.length} that are not complete` : 'none',
      expected: `one made by \`spymaster pipeline run --layer ${layer}\``,
    });
  }
  const list = (values: readonly string[]) => [...new Set(values)].map((v) => `'${v}'`).join(', ');
  const symbolColumn = contract.fields.some((f) => f.name === 'underlying')
    ? 'underlying'
    : 'symbol';
  const symbols = list(complete.map((ref) => ref.symbol));
  const dates = list(complete.map((ref) => ref.dt));
  const where = `${symbolColumn} IN (${symbols}) AND dt IN (${dates})`;
  return `SELECT ${selectList(contract, options.columns)} FROM ${viewName(contract)} WHERE ${where}`;
}

/** Writes partitions, or a query's answer, as a file or on standard output. */
export async function runLakeExport(
  context: CommandContext,
  options: ExportOptions,
  table: string | undefined,
): Promise<undefined> {
  if ((table === undefined) === (options.sql === undefined)) {
    throw new DataError('USAGE', table === undefined ? 'nothing to export' : 'a table and --sql', {
      expected: 'a table such as gold.future_mbo.physics_surface_1s, or --sql QUERY',
    });
  }
  const style = answerStyle(options, 'csv');
  const query = options.sql ?? tableQuery(context, table as string, options);
  await answerQuery(context, { ...options, style }, () => query);
}
