/**
 * Raw days of a handful of records on any date, made bronze, silver and gold by the real stages.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type DbnRecord,
  encodeMetadata,
  encodeRecord,
  makeMetadata,
  RTYPE,
} from '../../src/dbn/index.ts';
import {
  addDays,
  dateToUnixNs,
  type Layer,
  loadProducts,
  type PartitionRef,
  type Product,
  type ProductType,
  productOf,
  rawTableFolder,
} from '../../src/lake/index.ts';
import { runStage, STAGES, type StageTask } from '../../src/pipeline/index.ts';
import { type Cells, readRows } from './option-lake.ts';

export const TICK = 250_000_000n;
/** A price of the tiny market, 1e-9. */
export const MID = 6_000_000_000_000n;
/** 09:30 New York in winter, seconds UTC. */
export const OPEN = 14.5 * 3600;

/** A record of a date; `at` in seconds UTC of the day, exact to the nanosecond below 1e5. */
export function order(dt: string, at: number, fields: Partial<DbnRecord> = {}): DbnRecord {
  const ts = dateToUnixNs(dt) + BigInt(Math.round(at * 1e9));
  return {
    rtype: RTYPE.MBO,
    publisher_id: 1,
    instrument_id: 1,
    ts_event: ts - 1000n,
    ts_recv: ts,
    order_id: BigInt(Math.round(at * 1000)),
    price: MID,
    size: 3,
    flags: 0x80,
    channel_id: 0,
    action: 'A',
    side: 'B',
    ts_in_delta: 0,
    sequence: 1,
    ...fields,
  };
}

/** A bid and an ask at `at`, and a record at `end` that says how far the file reaches. */
export function quietMarket(dt: string, at: number, end: number): DbnRecord[] {
  return [
    order(dt, at, { order_id: 1n, size: 10 }),
    order(dt, at, { order_id: 2n, size: 10, side: 'A', price: MID + TICK }),
    order(dt, end, { action: 'N', side: 'N', order_id: 0n }),
  ];
}

/** The bytes of a DBN file of a date. */
export function dayBytes(
  dt: string,
  records: readonly DbnRecord[],
  symbols: Record<string, number> = { ESH6: 1, ESM6: 2 },
  dataset = 'GLBX.MDP3',
): Buffer {
  const compact = (date: string) => Number(date.replaceAll('-', ''));
  const mappings = Object.entries(symbols).map(([rawSymbol, id]) => ({
    rawSymbol,
    intervals: [{ startDate: compact(dt), endDate: compact(addDays(dt, 1)), symbol: String(id) }],
  }));
  const header = encodeMetadata(makeMetadata({ version: 3, dataset, schema: 'mbo', mappings }));
  return Buffer.concat([header, ...records.map((r) => encodeRecord(r, 3))]);
}

/** Writes a raw day of ES or of another root or ticker; `folder` is that of a job. */
export function writeDay(
  lake: string,
  dt: string,
  bytes: Uint8Array,
  more: { productType?: ProductType; symbol?: string; name?: string } = {},
): string {
  const { productType = 'future_mbo', symbol = 'ES' } = more;
  const name = more.name ?? `glbx-mdp3-${dt.replaceAll('-', '')}.mbo.dbn`;
  const path = join(rawTableFolder(lake, productType, symbol), name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}

/** A product whose regular hours are one minute. */
export function shortProduct(root: string): Product {
  const found = productOf(loadProducts(), root);
  return { ...found, session: { ...found.session, regularClose: '09:31' } };
}

/** A task of futures on a short session. */
export function shortTask(lake: string, dt: string, symbol = 'ES'): StageTask {
  const product = shortProduct('ES');
  return { lake, productType: 'future_mbo', symbol, dt, product, session: 'regular' };
}

/** Runs the stage of a layer. */
export function runLayer(layer: Layer, task: StageTask) {
  const stage = STAGES.find((s) => s.layer === layer && s.productType === task.productType);
  if (!stage) throw new Error(`no stage ${layer} ${task.productType}`);
  return runStage(stage, task, { overwrite: true });
}

/** Bronze of a root, then silver and gold of a contract, on a session of one minute. */
export async function makeAll(lake: string, dt: string, contract = 'ESH6') {
  const bronze = await runLayer('bronze', shortTask(lake, dt));
  const silver = await runLayer('silver', shortTask(lake, dt, contract));
  const gold = await runLayer('gold', shortTask(lake, dt, contract));
  return { bronze: bronze!, silver: silver!, gold: gold! };
}

/** A table of futures. */
export function futureRef(layer: Layer, table: string, dt: string, symbol = 'ESH6'): PartitionRef {
  return { layer, productType: 'future_mbo', table, symbol, dt };
}

/** Rows of silver. */
export function silverRows(lake: string, table: string, dt: string): Promise<Cells[]> {
  return readRows(lake, futureRef('silver', table, dt));
}
