/** Rows of `silver.*.depth_and_flow_1s` of options, written window by window. */
import type { StrikeSeconds } from '../../book/index.ts';
import { ASK, BID, type NsOfDay, type PriceNano, type Side } from '../../core/index.ts';
import type { TableBatch } from '../../lake/index.ts';
import type { OptionLattice } from './option-lattice.ts';

/** Codes of the column `side`: asks first, as the table sorts them. */
const SIDE_CODES: readonly (readonly [side: Side, code: number])[] = [
  [ASK, 0],
  [BID, 1],
];
const CALL = 0;
const PUT = 1;
const NS_PER_WINDOW = 1e9;

/** What the rows of one window have in common. */
export interface OptionFrame {
  /** The window's end, ns since the origin. */
  endNs: NsOfDay;
  /** Spot reference of the underlying at the window's end, 1e-9 currency. */
  spot: PriceNano;
  /** Tick of the underlying, 1e-9 currency. */
  tickSize: PriceNano;
  /** Strikes further from spot than this many ticks are left out. */
  radiusTicks: number;
}

/** Typed arrays of rows, taken as a batch and filled again. */
export class OptionDepthRows {
  /** Rows written since the last `take`. */
  rows = 0;
  private capacity = 0;
  private readonly originNs: bigint;
  private windowStart = new Float64Array(0);
  private windowEnd = new Float64Array(0);
  private strike = new Float64Array(0);
  private points = new Float64Array(0);
  private right = new Uint8Array(0);
  private side = new Uint8Array(0);
  private spot = new Float64Array(0);
  private relTicks = new Int32Array(0);
  private start = new Float64Array(0);
  private end = new Float64Array(0);
  private add = new Float64Array(0);
  private pull = new Float64Array(0);
  private pullRest = new Float64Array(0);
  private fill = new Float64Array(0);
  private rest = new Float64Array(0);
  private hidden = new Float64Array(0);
  private valid = new Uint8Array(0);

  /** @param originNs what the windows' times count from. @param capacity rows to make room for. */
  constructor(originNs: bigint, capacity: number) {
    this.originNs = originNs;
    this.allocate(capacity);
  }

  /** True when a window of so many instruments fits. */
  fits(instruments: number): boolean {
    return this.rows + instruments * 2 <= this.capacity;
  }

  /** Makes room for a window of so many instruments, no rows being written. */
  reserve(instruments: number): void {
    if (!this.fits(instruments)) this.allocate(instruments * 4);
  }

  /** The rows as a batch, valid until the next row is written. */
  take(): TableBatch {
    const columns = [
      this.windowStart,
      this.windowEnd,
      this.strike,
      this.points,
      this.right,
      this.side,
      this.spot,
      this.relTicks,
      this.start,
      this.end,
      this.add,
      this.pull,
      this.pullRest,
      this.fill,
      this.rest,
      this.hidden,
      this.valid,
    ];
    const bias = columns.map((_, i) => (i < 2 ? this.originNs : 0n));
    const batch = { rows: this.rows, columns, bias };
    this.rows = 0;
    return batch;
  }

  /** Writes a window: a row for every right, side and strike within reach that has a quantity. */
  write(lattice: OptionLattice, seconds: StrikeSeconds, frame: OptionFrame): void {
    const { endNs, spot } = frame;
    const { byStrike, right } = lattice;
    const from = this.rows;
    let calls = 0;
    while (calls < byStrike.length && right[byStrike[calls]!] === CALL) calls++;
    for (const [code, first, last] of [
      [CALL, 0, calls],
      [PUT, calls, byStrike.length],
    ] as const) {
      for (const [side, sideCode] of SIDE_CODES) {
        const row = this.rows;
        this.writeSide(lattice, seconds, frame, first, last, side);
        this.right.fill(code, row, this.rows);
        this.side.fill(sideCode, row, this.rows);
      }
    }
    this.windowStart.fill(endNs - NS_PER_WINDOW, from, this.rows);
    this.windowEnd.fill(endNs, from, this.rows);
    this.spot.fill(spot, from, this.rows);
  }

  /** Rows of one right and side: instruments `[first, last)` of the lattice's order. */
  private writeSide(
    lattice: OptionLattice,
    seconds: StrikeSeconds,
    { spot, tickSize, radiusTicks }: OptionFrame,
    first: number,
    last: number,
    side: Side,
  ): void {
    const { byStrike, strike } = lattice;
    for (let i = first; i < last; ) {
      const price = strike[byStrike[i]!]!;
      const relTicks = (price - spot) / tickSize;
      let j = i + 1;
      while (j < last && strike[byStrike[j]!] === price) j++;
      if (Math.abs(relTicks) <= radiusTicks && this.sum(seconds, byStrike, i, j, side)) {
        this.strike[this.rows] = price;
        this.points[this.rows] = price / 1e9;
        this.relTicks[this.rows] = relTicks;
        this.rows++;
      }
      i = j;
    }
  }

  /** Sums the instruments of a strike into the next row; false when all is zero. */
  private sum(
    seconds: StrikeSeconds,
    order: Int32Array,
    from: number,
    to: number,
    side: Side,
  ): boolean {
    const row = this.rows;
    let end = 0;
    let rest = 0;
    let add = 0;
    let pull = 0;
    let pullRest = 0;
    let fill = 0;
    let hidden = 0;
    let valid = 1;
    for (let i = from; i < to; i++) {
      const slot = order[i]!;
      if (seconds.seen[slot] === 0) continue;
      const at = slot * 2 + side;
      end += seconds.depth[at]!;
      rest += seconds.depthRest[at]!;
      add += seconds.add[at]!;
      pull += seconds.pull[at]!;
      pullRest += seconds.pullRest[at]!;
      fill += seconds.fill[at]!;
      hidden += seconds.hidden[at]!;
      if (seconds.valid[slot] === 0 || seconds.broken[slot] === 1) valid = 0;
    }
    const start = end - add + pull + fill;
    this.start[row] = start;
    this.end[row] = end;
    this.rest[row] = rest;
    this.add[row] = add;
    this.pull[row] = pull;
    this.pullRest[row] = pullRest;
    this.fill[row] = fill;
    this.hidden[row] = hidden;
    this.valid[row] = valid;
    return start + end + add + pull + fill + hidden !== 0;
  }

  private allocate(capacity: number): void {
    const f64 = () => new Float64Array(capacity);
    this.capacity = capacity;
    this.windowStart = f64();
    this.windowEnd = f64();
    this.strike = f64();
    this.points = f64();
    this.right = new Uint8Array(capacity);
    this.side = new Uint8Array(capacity);
    this.spot = f64();
    this.relTicks = new Int32Array(capacity);
    this.start = f64();
    this.end = f64();
    this.add = f64();
    this.pull = f64();
    this.pullRest = f64();
    this.fill = f64();
    this.rest = f64();
    this.hidden = f64();
    this.valid = new Uint8Array(capacity);
  }
}
