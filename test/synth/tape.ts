import { ACTION, FLAG, MboColumns, SIDE } from '../../src/dbn/index.ts';
import {
  FuturesMarket,
  type FuturesMarketOptions,
  futuresSpecs,
  type TruthColumns,
} from '../../src/synth/index.ts';
import { VenueModel } from './venue-model.ts';

/** A Monday of the synthetic world. */
export const DT = '2026-01-05';
const NS_PER_HOUR = 3600e9;

/** Options of a market in a window of hours (UTC) of `DT`. */
export function hours(
  from: number,
  to: number,
  more: Partial<FuturesMarketOptions> = {},
): FuturesMarketOptions {
  return {
    seed: 1,
    dt: DT,
    rate: 400,
    signal: 0.5,
    startNs: from * NS_PER_HOUR,
    endNs: to * NS_PER_HOUR,
    ...more,
  };
}

/** The front market of a root. */
export function frontMarket(root: string, options: FuturesMarketOptions): FuturesMarket {
  return new FuturesMarket(futuresSpecs(root, options.dt)[0]!, options);
}

/** The touch after each event, in ticks and lots: a column each, rows `[0, length)`. */
export class Touches {
  length = 0;
  ts = new Float64Array(1024);
  bid = new Int32Array(1024);
  ask = new Int32Array(1024);
  bidLots = new Int32Array(1024);
  askLots = new Int32Array(1024);

  push(ts: number, bid: number, ask: number, bidLots: number, askLots: number): void {
    if (this.length === this.ts.length) this.grow();
    const i = this.length++;
    this.ts[i] = ts;
    this.bid[i] = bid;
    this.ask[i] = ask;
    this.bidLots[i] = bidLots;
    this.askLots[i] = askLots;
  }

  private grow(): void {
    const twice = <T extends Float64Array | Int32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    const n = this.length * 2;
    this.ts = twice(this.ts, new Float64Array(n));
    this.bid = twice(this.bid, new Int32Array(n));
    this.ask = twice(this.ask, new Int32Array(n));
    this.bidLots = twice(this.bidLots, new Int32Array(n));
    this.askLots = twice(this.askLots, new Int32Array(n));
  }
}

/** What a whole market looked like from outside. */
export interface Tape {
  model: VenueModel;
  rows: number;
  /** After each event, in order. */
  touches: Touches;
  /** Mean lots by ticks from the touch, bids and asks together. */
  depth: number[];
  truth: TruthColumns;
}

const DEPTH_SHOWN = 120;
const DEPTH_EVERY = 5000;

/** Runs a market to its end through the obvious book. */
export function record(root: string, options: FuturesMarketOptions): Tape {
  const market = frontMarket(root, options);
  const { tickSize } = market.spec;
  const model = new VenueModel(tickSize);
  const columns = new MboColumns(8192);
  const touches = new Touches();
  const depth = new Array<number>(DEPTH_SHOWN).fill(0);
  let rows = 0;
  let samples = 0;
  while (market.fill(columns) > 0) {
    rows += columns.length;
    model.apply(columns, (row) => {
      const bid = Math.round(model.bid / tickSize);
      const ask = Math.round(model.ask / tickSize);
      const ts = columns.tsRecv[row]!;
      touches.push(ts, bid, ask, model.quantity(model.bid), model.quantity(model.ask));
      if (touches.length % DEPTH_EVERY !== 0) return;
      samples++;
      for (let d = 0; d < DEPTH_SHOWN; d++) {
        depth[d]! += model.quantity(model.bid - d * tickSize);
        depth[d]! += model.quantity(model.ask + d * tickSize);
      }
    });
  }
  model.finish();
  const truth = market.takeTruth();
  return { model, rows, touches, depth: depth.map((x) => x / samples / 2), truth };
}

/** Signs of the trades of a market: +1 a buyer's, -1 a seller's. */
export function tradeSigns(root: string, options: FuturesMarketOptions): number[] {
  const market = frontMarket(root, options);
  const columns = new MboColumns(16_384);
  const signs: number[] = [];
  while (market.fill(columns) > 0) {
    for (let i = 0; i < columns.length; i++) {
      if (columns.action[i] !== ACTION.TRADE || columns.side[i] === SIDE.NONE) continue;
      signs.push(columns.side[i] === SIDE.BID ? 1 : -1);
    }
  }
  return signs;
}

/** Rows of a market by half hour of the UTC day. [48] */
export function rowsPerHalfHour(root: string, options: FuturesMarketOptions): number[] {
  const market = frontMarket(root, options);
  const columns = new MboColumns(16_384);
  const rows = new Array<number>(48).fill(0);
  while (market.fill(columns) > 0) {
    for (let i = 0; i < columns.length; i++) {
      if ((columns.flags[i]! & FLAG.SNAPSHOT) !== 0) continue;
      rows[Math.min(47, Math.floor(columns.tsRecv[i]! / (NS_PER_HOUR / 2)))]!++;
    }
  }
  return rows;
}

/** The mid in half ticks at each whole second. */
export function midsPerSecond(touches: Touches): number[] {
  const mids: number[] = [];
  let second = Math.ceil(touches.ts[0]! / 1e9);
  for (let i = 1; i < touches.length; i++) {
    for (; touches.ts[i]! >= second * 1e9; second++) {
      mids.push(touches.bid[i - 1]! + touches.ask[i - 1]!);
    }
  }
  return mids;
}

/**
 * Chance that a random positive scores above a random negative: 0.5 = no skill. Ties count half.
 */
export function areaUnderCurve(scores: readonly number[], positive: readonly boolean[]): number {
  const order = scores.map((_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let ranks = 0;
  let positives = 0;
  for (let i = 0; i < order.length; ) {
    let j = i;
    while (j < order.length && scores[order[j]!] === scores[order[i]!]) j++;
    for (let k = i; k < j; k++) {
      if (!positive[order[k]!]) continue;
      ranks += (i + j + 1) / 2;
      positives++;
    }
    i = j;
  }
  const negatives = order.length - positives;
  return (ranks - (positives * (positives + 1)) / 2) / (positives * negatives);
}
