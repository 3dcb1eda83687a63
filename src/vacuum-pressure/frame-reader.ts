import type { OrderBook } from '../book/index.ts';
import { ASK, assert, BID } from '../core/index.ts';
import { lnOnePlus } from '../features/index.ts';
import type { FrameArrays, FrameColumnName } from '../wire/index.ts';
import * as wire from '../wire/index.ts';
import { FrameBuffer } from '../wire/index.ts';
import type { CellStore } from './cell-store.ts';
import * as layout from './cell-store.ts';
import type { Coefficients } from './coefficients.ts';
import { epochOf, weightOf } from './decay-clock.ts';

// Constants of other modules as constants of this one: loops read them without asking.
const { CELL, CELL_ASKS, SLOT, SUM_2, SUM_5, SUM_10, SUM_30 } = layout;
const { COLUMN_STRIDE, FRAME_K, FRAME_ROWS } = wire;

/** |composite| at which `state5` reaches 1 and 2. */
const STATE_CUT_1 = 0.15;
const STATE_CUT_2 = 0.5;
/** Rows that are taken through all steps together: their cells fit the innermost cache. */
const BLOCK_ROWS = 26;
const THIRD = 1 / 3;
const FIFTH = 1 / 5;
const EIGHTH = 1 / 8;
const MAX_ORDERS_SHOWN = 65_535;

/** Where runs of neighbouring columns begin; each next column is `COLUMN_STRIDE` further. */
const PRESSURE = firstOf(['pressure_variant', 'vacuum_variant', 'resistance_variant', 'composite']);
const BID_PRESSURE = firstOf(['bid_pressure', 'ask_pressure', 'bid_vacuum', 'ask_vacuum']);
const ADD_MASS = firstOf([
  ...(['add_mass', 'pull_mass', 'fill_mass', 'rest_depth'] as const),
  ...(['v_add', 'v_pull', 'v_fill', 'v_rest_depth'] as const),
  ...(['a_add', 'a_pull', 'a_fill', 'a_rest_depth'] as const),
  ...(['j_add', 'j_pull', 'j_fill', 'j_rest_depth'] as const),
]);

/** Place of the first of `columns`, which must be neighbours in the frame's layout. */
function firstOf(columns: readonly FrameColumnName[]): number {
  const places = columns.map((name) => FrameBuffer.indexOf(name));
  const first = places[0];
  assert(
    places.every((place, c) => place === first + c * COLUMN_STRIDE),
    'frame columns have moved',
  );
  return first;
}

/**
 * Reads 101 rows out of cells and book into a frame; owns the scratch it needs and nothing else.
 */
export class FrameReader {
  private readonly bucketTicks: number;
  private readonly coefficients: Coefficients;
  private readonly tickQty: Float64Array;
  private readonly tickOrders: Int32Array;
  /** Lots and orders of each side's rows. [side][FRAME_ROWS] */
  private readonly depth = [new Float64Array(FRAME_ROWS), new Float64Array(FRAME_ROWS)] as const;
  private readonly orders = [new Int32Array(FRAME_ROWS), new Int32Array(FRAME_ROWS)] as const;
  /** Cell of each row. [FRAME_ROWS] */
  private readonly rows = new Int32Array(FRAME_ROWS);

  constructor(bucketTicks: number, coefficients: Coefficients) {
    this.bucketTicks = bucketTicks;
    this.coefficients = coefficients;
    this.tickQty = new Float64Array(FRAME_ROWS * bucketTicks);
    this.tickOrders = new Int32Array(FRAME_ROWS * bucketTicks);
  }

  /**
   * Writes the rows around `spotTick` as they are at `ts`; `null` spot gives 101 rows of zeros.
   * Flows of an event that straddles `ts` count as if they came at `ts`. Leaves the cells' bits as
   * they were.
   */
  read(cells: CellStore, book: OrderBook, spotTick: number | null, ts: number, out: FrameBuffer) {
    cells.settle(ts);
    if (spotTick === null) {
      clearRows(out.columns);
      return;
    }
    const first = Math.floor(spotTick / this.bucketTicks) - FRAME_K;
    this.readDepths(book, first);
    const straddling = cells.waitingLength > 0;
    if (straddling) cells.includeWaiting(ts);
    this.writeFlows(cells, first, ts, out);
    writeDepths(this.depth, this.orders, out.columns);
    if (straddling) cells.excludeWaiting();
  }

  private writeFlows(cells: CellStore, first: number, ts: number, out: FrameBuffer): void {
    const { rows, coefficients } = this;
    const { slots, lastEvent } = cells;
    const { floats } = out;
    const { state5, last_event_id } = out.columns;
    const epoch = epochOf(ts);
    const weight = weightOf(ts, epoch);
    const w10 = weight * weight * weight;
    const w5 = w10 * w10;
    const scales = {
      per2: 1 / (2 * (w5 * w5 * w10)),
      per5: 1 / (5 * w5),
      per10: 1 / (10 * w10),
      perMass: 1 / weight,
    };
    for (let from = 0; from < FRAME_ROWS; from += BLOCK_ROWS) {
      const to = Math.min(from + BLOCK_ROWS, FRAME_ROWS);
      cells.locate(first, epoch, rows, from, to);
      writeRates(slots, rows, from, to, scales, floats);
      writeForces(slots, rows, from, to, scales, coefficients, floats, state5);
    }
    for (let r = 0; r < FRAME_ROWS; r++) last_event_id[r] = lastEvent[rows[r]];
  }

  private readDepths(book: OrderBook, firstBucket: number): void {
    const { bucketTicks, depth, orders } = this;
    for (const side of [BID, ASK] as const) {
      if (bucketTicks === 1) {
        book.readDepths(side, firstBucket, FRAME_ROWS, depth[side], orders[side]);
        continue;
      }
      const { tickQty, tickOrders } = this;
      book.readDepths(side, firstBucket * bucketTicks, tickQty.length, tickQty, tickOrders);
      depth[side].fill(0);
      orders[side].fill(0);
      for (let i = 0, r = 0; r < FRAME_ROWS; r++) {
        for (const end = i + bucketTicks; i < end; i++) {
          depth[side][r] += tickQty[i];
          orders[side][r] += tickOrders[i];
        }
      }
    }
  }
}

function clearRows(out: FrameArrays): void {
  for (const [name, column] of Object.entries(out)) if (name !== 'k') column.fill(0);
}

function writeDepths(
  depth: readonly [Float64Array, Float64Array],
  orders: readonly [Int32Array, Int32Array],
  out: FrameArrays,
): void {
  const [bid, ask] = depth;
  const [bidCount, askCount] = orders;
  const { rest_depth, resistance_variant, bid_depth, ask_depth, bid_orders, ask_orders } = out;
  for (let r = 0; r < FRAME_ROWS; r++) {
    const lots = bid[r] + ask[r];
    bid_depth[r] = bid[r];
    ask_depth[r] = ask[r];
    rest_depth[r] = lots;
    resistance_variant[r] = lnOnePlus(lots);
    bid_orders[r] = Math.min(bidCount[r], MAX_ORDERS_SHOWN);
    ask_orders[r] = Math.min(askCount[r], MAX_ORDERS_SHOWN);
  }
}

/**
 * Rows whose sums are scaled by these give rates: 1 / (tau x weight), and 1 / weight for the mass.
 */
interface Scales {
  per2: number;
  per5: number;
  per10: number;
  perMass: number;
}

/** Masses, rates, slopes and curvatures: linear in the sums, so both sides are added first. */
function writeRates(
  slots: Float64Array,
  rows: Int32Array,
  from: number,
  to: number,
  { per2, per5, per10, perMass }: Scales,
  out: Float32Array,
): void {
  for (let r = from; r < to; r++) {
    const add = rows[r] * CELL;
    const pull = add + SLOT;
    const fill = pull + SLOT;
    const va = (slots[add + SUM_2] + slots[add + CELL_ASKS + SUM_2]) * per2;
    const vp = (slots[pull + SUM_2] + slots[pull + CELL_ASKS + SUM_2]) * per2;
    const vf = (slots[fill + SUM_2] + slots[fill + CELL_ASKS + SUM_2]) * per2;
    const a5 = (slots[add + SUM_5] + slots[add + CELL_ASKS + SUM_5]) * per5;
    const p5 = (slots[pull + SUM_5] + slots[pull + CELL_ASKS + SUM_5]) * per5;
    const f5 = (slots[fill + SUM_5] + slots[fill + CELL_ASKS + SUM_5]) * per5;
    const a10 = (slots[add + SUM_10] + slots[add + CELL_ASKS + SUM_10]) * per10;
    const p10 = (slots[pull + SUM_10] + slots[pull + CELL_ASKS + SUM_10]) * per10;
    const f10 = (slots[fill + SUM_10] + slots[fill + CELL_ASKS + SUM_10]) * per10;
    const aa = (va - a5) * THIRD;
    const ap = (vp - p5) * THIRD;
    const af = (vf - f5) * THIRD;
    const ja = (aa - (a5 - a10) * FIFTH) * EIGHTH;
    const jp = (ap - (p5 - p10) * FIFTH) * EIGHTH;
    const jf = (af - (f5 - f10) * FIFTH) * EIGHTH;
    const at = ADD_MASS + r;
    out[at] = (slots[add + SUM_30] + slots[add + CELL_ASKS + SUM_30]) * perMass;
    out[at + COLUMN_STRIDE] = (slots[pull + SUM_30] + slots[pull + CELL_ASKS + SUM_30]) * perMass;
    out[at + 2 * COLUMN_STRIDE] =
      (slots[fill + SUM_30] + slots[fill + CELL_ASKS + SUM_30]) * perMass;
    writeFour(out, at + 4 * COLUMN_STRIDE, va, vp, vf);
    writeFour(out, at + 8 * COLUMN_STRIDE, aa, ap, af);
    writeFour(out, at + 12 * COLUMN_STRIDE, ja, jp, jf);
  }
}

/** A quantity of add, pull and fill, and by conservation of the resting depth. */
function writeFour(out: Float32Array, at: number, add: number, pull: number, fill: number): void {
  out[at] = add;
  out[at + COLUMN_STRIDE] = pull;
  out[at + 2 * COLUMN_STRIDE] = fill;
  out[at + 3 * COLUMN_STRIDE] = add - pull - fill;
}

/** Pressure and vacuum have kinks, so they are made a side at a time. */
function writeForces(
  slots: Float64Array,
  rows: Int32Array,
  from: number,
  to: number,
  { per2, per5 }: Scales,
  c: Coefficients,
  out: Float32Array,
  state5: Int8Array,
): void {
  for (let r = from; r < to; r++) {
    const bid = rows[r] * CELL;
    const bidAdd = slots[bid + SUM_2] * per2;
    const bidPull = slots[bid + SLOT + SUM_2] * per2;
    const bidFill = slots[bid + 2 * SLOT + SUM_2] * per2;
    const bidRest = bidAdd - bidPull - bidFill;
    const bidP = building(c, bidAdd, bidRest, bidAdd - slots[bid + SUM_5] * per5);
    const bidV = draining(c, bidPull, bidFill, bidRest, bidPull - slots[bid + SLOT + SUM_5] * per5);
    const ask = bid + CELL_ASKS;
    const askAdd = slots[ask + SUM_2] * per2;
    const askPull = slots[ask + SLOT + SUM_2] * per2;
    const askFill = slots[ask + 2 * SLOT + SUM_2] * per2;
    const askRest = askAdd - askPull - askFill;
    const askP = building(c, askAdd, askRest, askAdd - slots[ask + SUM_5] * per5);
    const askV = draining(c, askPull, askFill, askRest, askPull - slots[ask + SLOT + SUM_5] * per5);
    const p = bidP + askP;
    const v = bidV + askV;
    const score = (p - v) / (p + v + 1);
    const at = PRESSURE + r;
    out[at] = p;
    out[at + COLUMN_STRIDE] = v;
    out[at + 3 * COLUMN_STRIDE] = score;
    state5[r] = stateOf(score);
    const sides = BID_PRESSURE + r;
    out[sides] = bidP;
    out[sides + COLUMN_STRIDE] = askP;
    out[sides + 2 * COLUMN_STRIDE] = bidV;
    out[sides + 3 * COLUMN_STRIDE] = askV;
  }
}

/** Pressure of a side, lots/s; `rise` is `r_2 - r_5` of its adds. */
function building(c: Coefficients, add: number, rest: number, rise: number): number {
  let p = c.pressure_add * add;
  if (rest > 0) p += c.pressure_rest * rest;
  if (rise > 0) p += c.pressure_add_slope * (rise * THIRD);
  return p;
}

/** Vacuum of a side, lots/s; `rise` is `r_2 - r_5` of its pulls. */
function draining(c: Coefficients, pull: number, fill: number, rest: number, rise: number): number {
  let v = c.vacuum_pull * pull + c.vacuum_fill * fill;
  if (rest < 0) v -= c.vacuum_rest * rest;
  if (rise > 0) v += c.vacuum_pull_slope * (rise * THIRD);
  return v;
}

function stateOf(score: number): number {
  const size = score < 0 ? -score : score;
  const state = size > STATE_CUT_2 ? 2 : size > STATE_CUT_1 ? 1 : 0;
  return score < 0 ? -state : state;
}
