/**
 * The work of `spymaster contracts select`.
 */
import { DataError } from '../core/index.ts';
import {
  isTradingDay,
  listSessions,
  loadProducts,
  type Product,
  type Products,
  productOf,
} from '../lake/index.ts';
import {
  bronzeVolumes,
  ContractFacts,
  type SelectionRow,
  saveSelection,
  selectForDate,
  selectionPath,
  selectTicker,
} from '../pipeline/index.ts';
import { type CommandContext, SafePoint } from './command.ts';
import { note, printLine } from './output.ts';
import { volumeReading } from './pipeline-request.ts';
import { sessionDates } from './session-dates.ts';

/** Flags of `contracts select`. */
export interface ContractsSelectOptions {
  root?: string;
  dates?: string;
  outputPath?: string;
  json?: boolean;
}

/** Roots and tickers of the lake with their days. */
function daysByRoot(lake: string): Map<string, string[]> {
  const days = new Map<string, string[]>();
  for (const { productType, root, dates } of listSessions(lake)) {
    if (productType === 'future_mbo' || productType === 'equity_mbo') days.set(root, dates);
  }
  return days;
}

function rootsOf(options: ContractsSelectOptions, products: Products, lake: string): Product[] {
  if (options.root === undefined) {
    return [...daysByRoot(lake).keys()].flatMap((root) => products.get(root) ?? []);
  }
  const names = options.root.split(',').map((name) => name.trim());
  return names.map((name) => {
    const product = productOf(products, name);
    if (product.root === name) return product;
    throw new DataError('USAGE', `${name} is a contract`, { expected: `--root ${product.root}` });
  });
}

async function rowsOf(
  context: CommandContext,
  product: Product,
  dates: readonly string[],
): Promise<SelectionRow[]> {
  const { lake } = context.settings;
  const point = new SafePoint(context.signal);
  if (product.kind === 'equity') return selectTicker(lake, product, dates);
  const facts = new ContractFacts(lake, product, bronzeVolumes(lake), volumeReading(context));
  const rows: SelectionRow[] = [];
  const without: string[] = [];
  for (const dt of dates) {
    await point.reach();
    if (!isTradingDay(product, dt)) continue;
    const row = await selectForDate(facts, dt);
    if (row) rows.push(row);
    else without.push(dt);
  }
  if (without.length > 0) {
    note(`${product.root}: no data of ${without.slice(0, 5).join(' ')}${more(without.length, 5)}`);
  }
  return rows;
}

function more(n: number, shown: number): string {
  return n > shown ? ` and ${n - shown} more` : '';
}

function jsonOf(row: SelectionRow) {
  const snake = (name: string) => name.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [snake(name), value]));
}

function lineOf(row: SelectionRow): string {
  const share = row.dominance === null ? '' : ` ${(row.dominance * 100).toFixed(1)} % of volume`;
  const roll = row.rollFlag ? ' roll' : '';
  const expiry = row.selectedExpDate
    ? ` expires ${row.selectedExpDate}${row.expiryFrom === 'rule' ? ' by rule' : ''}`
    : '';
  const by = row.chosenBy.replace('_', ' ');
  return `${row.sessionDate} ${row.root} ${row.selectedSymbol}${expiry} by ${by}${share}${roll}`;
}

/** Chooses contracts, prints them and adds them to the selection map. */
export async function runContractsSelect(
  context: CommandContext,
  options: ContractsSelectOptions,
): Promise<undefined> {
  const { lake } = context.settings;
  const products = loadProducts(context.loaded.configFolder);
  const present = daysByRoot(lake);
  const rows: SelectionRow[] = [];
  for (const product of rootsOf(options, products, lake)) {
    const dates = sessionDates(options) ?? present.get(product.root) ?? [];
    rows.push(...(await rowsOf(context, product, dates)));
  }
  if (rows.length === 0) {
    throw new DataError('DATE_NOT_FOUND', 'no contract can be chosen', {
      file: lake,
      found: 'no raw file and no bronze of the dates',
      expected: 'data; `spymaster synth` writes some',
    });
  }
  const path = options.outputPath ?? selectionPath(lake);
  const all = await saveSelection(path, rows);
  if (options.json) {
    await printLine(JSON.stringify({ path, rows: rows.map(jsonOf) }, null, 2));
    return;
  }
  for (const row of rows) await printLine(lineOf(row));
  note(`${path}: ${all.length} rows`);
}
