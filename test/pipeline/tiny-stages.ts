/**
 * Stages of a handful of rows that write the real tables by the real protocol: what the runner does
 * is seen without waiting for a market.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DataError } from '../../src/core/index.ts';
import {
  findRawDay,
  type Layer,
  loadContract,
  loadProducts,
  type PartitionRef,
  type Product,
  type ProductType,
  rawTableFolder,
  type TableBatch,
  type TableRef,
  type TableValues,
} from '../../src/lake/index.ts';
import type { Stage, StageIo, StageTask } from '../../src/pipeline/index.ts';

const PRODUCTS = loadProducts();

/** A product of the shipped configuration. */
export function product(root: string): Product {
  const found = PRODUCTS.get(root);
  if (!found) throw new Error(`no product ${root}`);
  return found;
}

/** A raw day of the tiny stages: lines `CONTRACT NUMBER`; a line `bad` cannot be read. */
export function writeTinyRaw(
  lake: string,
  productType: ProductType,
  root: string,
  dt: string,
  text: string,
): string {
  const name = `tiny-${dt.replaceAll('-', '')}.mbo.dbn`;
  const path = join(rawTableFolder(lake, productType, root), name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** A batch of one row of any table: numbers are `value` where they fit, texts are `A`. */
export function oneRow(table: TableRef, value: number): TableBatch {
  const columns = loadContract(table).fields.map((field): TableValues => {
    switch (field.type) {
      case 'dictionary':
        return { codes: Uint8Array.of(0), texts: ['A'] };
      case 'enum':
      case 'bool':
      case 'uint8':
        return Uint8Array.of(0);
      case 'int8':
        return Int8Array.of(0);
      case 'int16':
        return Int16Array.of(0);
      case 'uint16':
        return Uint16Array.of(0);
      case 'int32':
        return Int32Array.of(value);
      case 'uint32':
        return Uint32Array.of(value);
      case 'float32':
        return Float32Array.of(value);
      default:
        return Float64Array.of(value);
    }
  });
  return { rows: 1, columns };
}

/** A number that each tiny partition carries: a column of every table that the stages read. */
const CARRIED: Record<Layer, string> = { bronze: 'size', silver: 'events', gold: '' };

async function sumOf(io: StageIo, ref: PartitionRef): Promise<number> {
  const column = ref.table === 'depth_and_flow_1s' ? 'rel_ticks' : CARRIED[ref.layer];
  const reader = await io.open(ref, [{ name: column }]);
  let sum = 0;
  for (let rows = reader.next(); rows; rows = reader.next()) {
    for (let i = 0; i < rows.rows; i++) sum += rows.columns[0]![i]!;
  }
  reader.close();
  return sum;
}

function rawDayOf({ lake, productType, symbol, dt }: StageTask): string {
  return findRawDay(lake, productType, symbol, dt).path;
}

async function ingest(table: TableRef, task: StageTask, io: StageIo) {
  const path = rawDayOf(task);
  await io.noteRaw(path, 'records');
  const published = [];
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [symbol = '', number] = line.split(' ');
    if (symbol === 'bad') throw new DataError('DBN_RECORD', 'a bad line', { file: path });
    const batches = [oneRow(table, Number(number))];
    published.push(await io.publish({ ...table, symbol, dt: task.dt }, batches, () => ({})));
  }
  const nothing = published.length === 0 ? { nothing: 'nothing of it expires' } : {};
  return { published, ...nothing, counters: {}, rowsRead: published.length };
}

function bronze(productType: ProductType): Stage {
  const table: TableRef = { layer: 'bronze', productType, table: 'mbo' };
  return {
    name: `tiny_bronze_${productType}`,
    layer: 'bronze',
    productType,
    version: 1,
    outputs: [table],
    inputs: (task) => [{ kind: 'raw', role: 'records', path: rawDayOf(task) }],
    run: (task, io) => ingest(table, task, io),
  };
}

/** What a stage after bronze reads. */
type InputsOf = (task: StageTask) => PartitionRef[];

function derived(
  layer: Layer,
  productType: ProductType,
  tables: readonly string[],
  inputsOf: InputsOf,
): Stage {
  const outputs = tables.map((table) => ({ layer, productType, table }));
  return {
    name: `tiny_${layer}_${productType}`,
    layer,
    productType,
    version: 1,
    outputs,
    inputs: (task) => inputsOf(task).map((ref) => ({ kind: 'partition', ref })),
    run: async (task, io) => {
      let sum = 0;
      for (const ref of inputsOf(task)) sum += await sumOf(io, ref);
      const published = [];
      for (const table of outputs) {
        const ref = { ...table, symbol: task.symbol, dt: task.dt };
        published.push(await io.publish(ref, [oneRow(table, sum)], () => ({ sum })));
      }
      return { published, counters: { sum }, rowsRead: 1 };
    },
  };
}

const SILVER = ['book_snapshot_1s', 'depth_and_flow_1s'];

function refsOf(layer: Layer, productType: ProductType, tables: readonly string[]): InputsOf {
  return ({ symbol, dt }) => tables.map((table) => ({ layer, productType, table, symbol, dt }));
}

const underlying = refsOf('silver', 'future_mbo', ['book_snapshot_1s']);
const optionBronze = refsOf('bronze', 'future_option_mbo', ['mbo']);

/** A catalogue of futures and their options, with the edge from the one's silver to the other's. */
export const TINY_STAGES: readonly Stage[] = [
  bronze('future_mbo'),
  bronze('future_option_mbo'),
  derived('silver', 'future_mbo', SILVER, refsOf('bronze', 'future_mbo', ['mbo'])),
  derived('silver', 'future_option_mbo', ['depth_and_flow_1s'], (task) => [
    ...optionBronze(task),
    ...underlying(task),
  ]),
  derived('gold', 'future_mbo', ['physics_surface_1s'], refsOf('silver', 'future_mbo', SILVER)),
  derived(
    'gold',
    'future_option_mbo',
    ['physics_surface_1s'],
    refsOf('silver', 'future_option_mbo', ['depth_and_flow_1s']),
  ),
];

/** A stage of the tiny catalogue. */
export function tinyStage(layer: Layer, productType: ProductType = 'future_mbo'): Stage {
  const found = TINY_STAGES.find((s) => s.layer === layer && s.productType === productType);
  if (!found) throw new Error(`no tiny stage ${layer} ${productType}`);
  return found;
}

/** A task of ES on 2026-01-05, or as given. */
export function tinyTask(lake: string, over: Partial<StageTask> = {}): StageTask {
  return {
    lake,
    productType: 'future_mbo',
    symbol: 'ES',
    dt: '2026-01-05',
    product: product('ES'),
    session: 'regular',
    ...over,
  };
}
