import type { OrderBook } from '../book/index.ts';
import { ASK, BID } from '../core/index.ts';
import type { FrameArrays } from '../wire/index.ts';
import { FRAME_K, FRAME_ROWS } from '../wire/index.ts';
import type { CellStore } from './cell-store.ts';
import { SUMS } from './cell-store.ts';
import type { Coefficients } from './coefficients.ts';
import { lnOnePlus } from './ln.ts';

/** |composite| at which `state5` reaches 1 and 2. */
const STATE_CUTS = [0.15, 0.5] as const;
const THIRD = 1 / 3;
const FIFTH = 1 / 5;
const EIGHTH = 1 / 8;
const MAX_ORDERS_SHOWN = 65_535;

/** Reads 101 rows out of cells and book into a frame; owns the scratch it needs and nothing else. */
export class FrameReader {
  private readonly bucketTicks: number;
  private readonly coefficients: Coefficients;
  private readonly tickQty: Float64Array;
  private readonly tickOrders: Int32Array;
  /** Lots and orders of each side's rows. [side][FRAME_ROWS] */
  private readonly depth = [new Float64Array(FRAME_ROWS), new Float64Array(FRAME_ROWS)] as const;
  private readonly orders = [new Int32Array(FRAME_ROWS), new Int32Array(FRAME_ROWS)] as const;
  private readonly pressures = [
    new Float64Array(FRAME_ROWS),
    new Float64Array(FRAME_ROWS),
  ] as const;
  private readonly vacuums = [new Float64Array(FRAME_ROWS), new Float64Array(FRAME_ROWS)] as const;
  /** Cell of each row. [FRAME_ROWS] */
  private readonly rows = new Int32Array(FRAME_ROWS);
  private readonly weights = new Float64Array(4);
  private savedSums = new Float64Array(0);

  constructor(bucketTicks: number, coefficients: Coefficients) {
    this.bucketTicks = bucketTicks;
    this.coefficients = coefficients;
    this.tickQty = new Float64Array(FRAME_ROWS * bucketTicks);
    this.tickOrders = new Int32Array(FRAME_ROWS * bucketTicks);
  }

  /**
   * Writes the rows around `spotTick` as they are at `ts`; `null` spot gives 101 rows of zeros.
   * Flows of an event that straddles `ts` count as if they came at `ts`. Leaves the cells' bits as they were.
   */
  read(cells: CellStore, book: OrderBook, spotTick: number | null, ts: number, out: FrameArrays) {
    cells.settle(ts);
    if (spotTick === null) {
      clearRows(out);
      return;
    }
    const first = Math.floor(spotTick / this.bucketTicks) - FRAME_K;
    this.readDepths(book, first);
    const straddling = cells.waitingLength > 0;
    if (straddling) this.foldStraddling(cells, ts);
    this.writeFlows(cells, first, ts, out);
    writeDepths(this.depth, this.orders, out);
    if (straddling) this.unfoldStraddling(cells);
  }

  private writeFlows(cells: CellStore, first: number, ts: number, out: FrameArrays): void {
    const { weights, rows, coefficients, pressures, vacuums } = this;
    const epoch = cells.weightsAt(ts, weights);
    cells.locate(first, epoch, rows);
    const scales = {
      per2: 1 / (2 * weights[0]),
      per5: 1 / (5 * weights[1]),
      per10: 1 / (10 * weights[2]),
      perMass: 1 / weights[3],
    };
    writeRates(cells, rows, scales, out);
    for (const side of [BID, ASK] as const) {
      writeForces(cells, rows, side, scales, coefficients, pressures[side], vacuums[side]);
    }
    writeBalance(pressures, vacuums, out);
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

  /** Adds what still waits to the sums, with the weight of `ts`, keeping what is needed to undo it. */
  private foldStraddling(cells: CellStore, ts: number): void {
    const { waiting, waitingLength, sums, pending, epochs } = cells;
    const kept = SUMS + 4;
    if (this.savedSums.length < waitingLength * kept) {
      this.savedSums = new Float64Array(2 * waitingLength * kept);
    }
    const { savedSums } = this;
    for (let i = 0; i < waitingLength; i++) {
      const slot = waiting[i];
      savedSums.set(sums.subarray(slot * SUMS, (slot + 1) * SUMS), i * kept);
      savedSums.set(pending.subarray(3 * slot, 3 * slot + 3), i * kept + SUMS);
      savedSums[i * kept + SUMS + 3] = epochs[slot];
      cells.fold(slot, ts);
    }
  }

  private unfoldStraddling(cells: CellStore): void {
    const { waiting, waitingLength, sums, pending, epochs } = cells;
    const kept = SUMS + 4;
    const { savedSums } = this;
    for (let i = 0; i < waitingLength; i++) {
      const slot = waiting[i];
      sums.set(savedSums.subarray(i * kept, i * kept + SUMS), slot * SUMS);
      pending.set(savedSums.subarray(i * kept + SUMS, i * kept + SUMS + 3), 3 * slot);
      epochs[slot] = savedSums[i * kept + SUMS + 3];
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

/** Rows whose sums are scaled by these give rates: 1 / (tau x weight), and 1 / weight for the mass. */
interface Scales {
  per2: number;
  per5: number;
  per10: number;
  perMass: number;
}

/** Masses, rates, slopes and curvatures: linear in the sums, so both sides are added first. */
function writeRates(cells: CellStore, rows: Int32Array, scales: Scales, out: FrameArrays): void {
  const { per2, per5, per10, perMass } = scales;
  const { sums, lastEvent } = cells;
  const { add_mass, pull_mass, fill_mass, last_event_id } = out;
  const { v_add, v_pull, v_fill, v_rest_depth, a_add, a_pull, a_fill, a_rest_depth } = out;
  const { j_add, j_pull, j_fill, j_rest_depth } = out;
  for (let r = 0; r < FRAME_ROWS; r++) {
    const cell = rows[r];
    const bid = 2 * cell * SUMS;
    const ask = bid + SUMS;
    const va = (sums[bid] + sums[ask]) * per2;
    const vp = (sums[bid + 4] + sums[ask + 4]) * per2;
    const vf = (sums[bid + 8] + sums[ask + 8]) * per2;
    const a5 = (sums[bid + 1] + sums[ask + 1]) * per5;
    const p5 = (sums[bid + 5] + sums[ask + 5]) * per5;
    const f5 = (sums[bid + 9] + sums[ask + 9]) * per5;
    const aa = (va - a5) * THIRD;
    const ap = (vp - p5) * THIRD;
    const af = (vf - f5) * THIRD;
    const ja = (aa - (a5 - (sums[bid + 2] + sums[ask + 2]) * per10) * FIFTH) * EIGHTH;
    const jp = (ap - (p5 - (sums[bid + 6] + sums[ask + 6]) * per10) * FIFTH) * EIGHTH;
    const jf = (af - (f5 - (sums[bid + 10] + sums[ask + 10]) * per10) * FIFTH) * EIGHTH;
    add_mass[r] = (sums[bid + 3] + sums[ask + 3]) * perMass;
    pull_mass[r] = (sums[bid + 7] + sums[ask + 7]) * perMass;
    fill_mass[r] = (sums[bid + 11] + sums[ask + 11]) * perMass;
    v_add[r] = va;
    v_pull[r] = vp;
    v_fill[r] = vf;
    v_rest_depth[r] = va - vp - vf;
    a_add[r] = aa;
    a_pull[r] = ap;
    a_fill[r] = af;
    a_rest_depth[r] = aa - ap - af;
    j_add[r] = ja;
    j_pull[r] = jp;
    j_fill[r] = jf;
    j_rest_depth[r] = ja - jp - jf;
    last_event_id[r] = lastEvent[cell];
  }
}

/** Pressure and vacuum of one side's rows: they have kinks, so they are made a side at a time. */
function writeForces(
  cells: CellStore,
  rows: Int32Array,
  side: number,
  scales: Scales,
  c: Coefficients,
  pressure: Float64Array,
  vacuum: Float64Array,
): void {
  const { per2, per5 } = scales;
  const { sums } = cells;
  const { pressure_add, pressure_rest, pressure_add_slope } = c;
  const { vacuum_pull, vacuum_fill, vacuum_rest, vacuum_pull_slope } = c;
  for (let r = 0; r < FRAME_ROWS; r++) {
    const o = (2 * rows[r] + side) * SUMS;
    const va = sums[o] * per2;
    const vp = sums[o + 4] * per2;
    const vf = sums[o + 8] * per2;
    const rest = va - vp - vf;
    const aa = (va - sums[o + 1] * per5) * THIRD;
    const ap = (vp - sums[o + 5] * per5) * THIRD;
    let building = pressure_add * va;
    let draining = vacuum_pull * vp + vacuum_fill * vf;
    if (rest > 0) building += pressure_rest * rest;
    else draining -= vacuum_rest * rest;
    if (aa > 0) building += pressure_add_slope * aa;
    if (ap > 0) draining += vacuum_pull_slope * ap;
    pressure[r] = building;
    vacuum[r] = draining;
  }
}

/** The columns made of both sides' forces. */
function writeBalance(
  pressures: readonly [Float64Array, Float64Array],
  vacuums: readonly [Float64Array, Float64Array],
  out: FrameArrays,
): void {
  const [bidP, askP] = pressures;
  const [bidV, askV] = vacuums;
  const { pressure_variant, vacuum_variant, composite, state5 } = out;
  const { bid_pressure, ask_pressure, bid_vacuum, ask_vacuum } = out;
  for (let r = 0; r < FRAME_ROWS; r++) {
    const p = bidP[r] + askP[r];
    const v = bidV[r] + askV[r];
    const score = (p - v) / (p + v + 1);
    bid_pressure[r] = bidP[r];
    ask_pressure[r] = askP[r];
    bid_vacuum[r] = bidV[r];
    ask_vacuum[r] = askV[r];
    pressure_variant[r] = p;
    vacuum_variant[r] = v;
    composite[r] = score;
    state5[r] = stateOf(score);
  }
}

function stateOf(score: number): number {
  const size = score < 0 ? -score : score;
  const state = size > STATE_CUTS[1] ? 2 : size > STATE_CUTS[0] ? 1 : 0;
  return score < 0 ? -state : state;
}
