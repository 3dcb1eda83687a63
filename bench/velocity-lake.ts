/**
 * A lake with as many seconds of a full book as a benchmark wants: made-up values, real sizes.
 */
import { Prng } from '../src/core/index.ts';
import {
  type ContractField,
  dateToUnixNs,
  loadContract,
  type PartitionRef,
  publishPartition,
  type TableBatch,
  type TableValues,
} from '../src/lake/index.ts';

/** Session date of the lake. */
export const DT = '2026-01-05';
/** Second of the first window's end: the first of 09:30 New York in winter. */
export const FIRST_SECOND = 52_201;
/** Ticks on each side of spot that the book is full to. */
const REACH = 200;
/** Strikes on each side of spot, two rights and two sides each. */
const STRIKES = 10;
const TICK = 250_000_000;
const SPOT_TICK = 24_000;
/** Windows of a batch. */
const STEP = 60;

/** Cells of one second: for each, the columns that differ from cell to cell. */
type Cell = Record<string, number>;

function bookCells(): Cell[] {
  const cells: Cell[] = [];
  for (const side of [0, 1]) {
    for (let x = -REACH; x <= REACH; x++) {
      if (side === 0 ? x >= 0 : x < 0) cells.push({ side, rel_ticks: x });
    }
  }
  return cells;
}

function optionCells(): Cell[] {
  const cells: Cell[] = [];
  for (const right of [0, 1]) {
    for (const side of [0, 1]) {
      for (let k = -STRIKES; k <= STRIKES; k++) {
        const strike_price_int = (SPOT_TICK + 20 * k) * TICK;
        cells.push({ right, side, strike_price_int, rel_ticks: 20 * k });
      }
    }
  }
  return cells;
}

const SECOND_CELL: Cell[] = [
  {
    best_bid_price_int: (SPOT_TICK - 1) * TICK,
    best_ask_price_int: SPOT_TICK * TICK,
    spot_ref_price_int: SPOT_TICK * TICK,
    spot_stale: 0,
    book_valid: 1,
    crossed: 0,
    events: 900,
    queue_imbalance: 0.1,
    micro_price_edge: 0.05,
    net_edge: 0.3,
  },
];

function columnOf(field: ContractField, cells: readonly Cell[], seconds: number[], rng: Prng) {
  const rows = cells.length * seconds.length;
  const fixed = cells.map((cell) => cell[field.name]);
  const isTime = field.name.endsWith('_ts_ns');
  const value = (i: number) => {
    if (isTime) return seconds[Math.floor(i / cells.length)]! * 1e9;
    return fixed[i % cells.length] ?? (field.type === 'float32' ? rng.float() : 1);
  };
  const of = { length: rows };
  switch (field.type) {
    case 'float32':
      return Float32Array.from(of, (_, i) => value(i));
    case 'uint32':
      return Uint32Array.from(of, (_, i) => value(i));
    case 'int32':
      return Int32Array.from(of, (_, i) => value(i));
    case 'enum':
    case 'bool':
      return Uint8Array.from(of, (_, i) => value(i));
    default:
      return Float64Array.from(of, (_, i) => value(i));
  }
}

function* batches(
  fields: readonly ContractField[],
  cells: readonly Cell[],
  windows: number,
): Generator<TableBatch> {
  const rng = new Prng(1);
  const originNs = dateToUnixNs(DT);
  const bias = fields.map((f) => (f.name.endsWith('_ts_ns') ? originNs : 0n));
  for (let at = 0; at < windows; at += STEP) {
    const count = Math.min(STEP, windows - at);
    const seconds = Array.from({ length: count }, (_, i) => FIRST_SECOND + at + i);
    const columns: TableValues[] = fields.map((f) => columnOf(f, cells, seconds, rng));
    yield { rows: count * cells.length, columns, bias };
  }
}

/** Publishes the four tables that the velocity stream reads. */
export async function makeVelocityLake(lake: string, windows: number): Promise<void> {
  const day = { symbol: 'ESH6', dt: DT } as const;
  const physics = { layer: 'gold', table: 'physics_surface_1s', ...day } as const;
  const tables: [PartitionRef, Cell[]][] = [
    [
      { layer: 'silver', productType: 'future_mbo', table: 'book_snapshot_1s', ...day },
      SECOND_CELL,
    ],
    [{ layer: 'gold', productType: 'future_mbo', table: 'microstructure_1s', ...day }, SECOND_CELL],
    [{ ...physics, productType: 'future_mbo' }, bookCells()],
    [{ ...physics, productType: 'future_option_mbo' }, optionCells()],
  ];
  for (const [ref, cells] of tables) {
    const contract = loadContract(ref);
    const lineage = { stage: 'bench', stageVersion: 1, configSha256: '0'.repeat(64), inputs: [] };
    await publishPartition({
      lake,
      ref,
      contract,
      batches: batches(contract.fields, cells, windows),
      lineage,
      counters: () => ({}),
    });
  }
}
