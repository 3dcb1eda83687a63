/**
 * What one window says about many instruments: their state at its end and what happened in it. The
 * hand-over from a book of many instruments to the tables of options.
 *
 * A book adds flows and volumes while records come, writes the state when the window ends, and the
 * consumer reads it and calls `reset()`. Instruments are dense slots; `side` is `BID` or `ASK`.
 */
import { ASK, BID, type Side } from '../core/index.ts';

/** Price of what is not there: an empty side, no trade yet. */
export const NO_PRICE = 2 ** 63;

const INITIAL_SLOTS = 64;

/** One window of many instruments; see the file comment for who may read when. */
export class StrikeSeconds {
  /** Slots in use. */
  count = 0;
  /** Lots that came. [slot * 2 + side] */
  add = new Float64Array(INITIAL_SLOTS * 2);
  /** Lots that left without a trade. [slot * 2 + side] */
  pull = new Float64Array(INITIAL_SLOTS * 2);
  /** Of these, what had rested at least `REST_NS`. [slot * 2 + side] */
  pullRest = new Float64Array(INITIAL_SLOTS * 2);
  /** Lots that left by a trade. [slot * 2 + side] */
  fill = new Float64Array(INITIAL_SLOTS * 2);
  /** Traded lots that no displayed quantity answers for. [slot * 2 + side] */
  hidden = new Float64Array(INITIAL_SLOTS * 2);
  /** Lots at the window's end. [slot * 2 + side] */
  depth = new Float64Array(INITIAL_SLOTS * 2);
  /** Of these, what has rested at least `REST_NS`. [slot * 2 + side] */
  depthRest = new Float64Array(INITIAL_SLOTS * 2);
  /** Best price at the window's end, or `NO_PRICE`. [slot * 2 + side] */
  bestPrice = new Float64Array(INITIAL_SLOTS * 2);
  /** Lots at the best price. [slot * 2 + side] */
  bestQty = new Float64Array(INITIAL_SLOTS * 2);
  /** Price of the last trade of the day so far, or `NO_PRICE`. [slot] */
  lastTrade = new Float64Array(INITIAL_SLOTS);
  /** Lots of trades with a buying aggressor. [slot] */
  buyVolume = new Float64Array(INITIAL_SLOTS);
  /** Lots of trades with a selling aggressor. [slot] */
  sellVolume = new Float64Array(INITIAL_SLOTS);
  /** Lots of all trades. [slot] */
  volume = new Float64Array(INITIAL_SLOTS);
  /** Sum of price (1e-9 currency) times lots of all trades. [slot] */
  turnover = new Float64Array(INITIAL_SLOTS);
  /** Trades. [slot] */
  tradeCount = new Float64Array(INITIAL_SLOTS);
  /** 1 once a record of the instrument came. [slot] */
  seen = new Uint8Array(INITIAL_SLOTS);
  /** 1 when the book can be trusted at the window's end. [slot] */
  valid = new Uint8Array(INITIAL_SLOTS);
  /** 1 when a clear or a snapshot came in the window: flows count from it on. [slot] */
  broken = new Uint8Array(INITIAL_SLOTS);

  /** Makes room for `slots` slots and takes them into use. */
  extend(slots: number): void {
    const room = this.seen.length;
    if (slots > room) this.grow(Math.max(slots, room * 2));
    this.lastTrade.fill(NO_PRICE, this.count, slots);
    this.bestPrice.fill(NO_PRICE, this.count * 2, slots * 2);
    this.count = slots;
  }

  /** Lots at the window's start or, in a broken window, right after its last clear or snapshot. */
  depthStart(slot: number, side: Side): number {
    const at = slot * 2 + side;
    return this.depth[at]! - this.add[at]! + this.pull[at]! + this.fill[at]!;
  }

  /** True when the best bid is at or above the best ask. */
  crossed(slot: number): boolean {
    const bid = this.bestPrice[slot * 2 + BID]!;
    const ask = this.bestPrice[slot * 2 + ASK]!;
    return bid !== NO_PRICE && bid >= ask;
  }

  /**
   * Forgets the window's flows of an instrument, whose quantities a clear or snapshot sets anew.
   * @returns lots forgotten.
   */
  dropFlows(slot: number): number {
    let lots = 0;
    for (let at = slot * 2; at < slot * 2 + 2; at++) {
      lots += this.add[at]! + this.pull[at]! + this.fill[at]!;
      this.add[at] = 0;
      this.pull[at] = 0;
      this.pullRest[at] = 0;
      this.fill[at] = 0;
    }
    this.broken[slot] = 1;
    return lots;
  }

  /** Begins the next window: no flows, no volumes; states stay. */
  reset(): void {
    const { count } = this;
    for (const a of [this.add, this.pull, this.pullRest, this.fill, this.hidden]) {
      a.fill(0, 0, count * 2);
    }
    for (const a of [this.buyVolume, this.sellVolume, this.volume]) a.fill(0, 0, count);
    this.turnover.fill(0, 0, count);
    this.tradeCount.fill(0, 0, count);
    this.broken.fill(0, 0, count);
  }

  private grow(slots: number): void {
    const longer = (a: Float64Array<ArrayBuffer>, each: number) => {
      const b = new Float64Array(slots * each);
      b.set(a);
      return b;
    };
    const flags = (a: Uint8Array<ArrayBuffer>) => {
      const b = new Uint8Array(slots);
      b.set(a);
      return b;
    };
    this.add = longer(this.add, 2);
    this.pull = longer(this.pull, 2);
    this.pullRest = longer(this.pullRest, 2);
    this.fill = longer(this.fill, 2);
    this.hidden = longer(this.hidden, 2);
    this.depth = longer(this.depth, 2);
    this.depthRest = longer(this.depthRest, 2);
    this.bestPrice = longer(this.bestPrice, 2);
    this.bestQty = longer(this.bestQty, 2);
    this.lastTrade = longer(this.lastTrade, 1);
    this.buyVolume = longer(this.buyVolume, 1);
    this.sellVolume = longer(this.sellVolume, 1);
    this.volume = longer(this.volume, 1);
    this.turnover = longer(this.turnover, 1);
    this.tradeCount = longer(this.tradeCount, 1);
    this.seen = flags(this.seen);
    this.valid = flags(this.valid);
    this.broken = flags(this.broken);
  }
}
