/**
 * Everything a book remembers. The functions of this folder work on it; users see it through
 * `OrderBook` only.
 */
import { ASK, BID, type NsOfDay, type PriceNano, type Side } from '../core/index.ts';
import { COUNTER_NAMES } from './counters.ts';
import type { FlowLog } from './flow-log.ts';
import { LevelLadder, MAX_TICK } from './level-ladder.ts';
import { OrderStore } from './order-store.ts';
import type { TradeLog } from './trade-log.ts';

/** State of one book; see `OrderBook` for what the public fields mean. */
export class BookState {
  readonly tickSize: PriceNano;
  /** Ticks in 1e-9 currency. */
  readonly perTick: number;
  /** Largest price that has a place in the book, 1e-9 currency. */
  readonly priceLimit: PriceNano;
  readonly originNs: bigint;
  readonly flows: FlowLog | null;
  readonly tradeLog: TradeLog | null;
  readonly orders = new OrderStore();
  readonly bids = new LevelLadder(BID);
  readonly asks = new LevelLadder(ASK);
  /**
   * Both sides, indexed by `Side`: a load where a choice would be a branch that nobody can predict.
   */
  readonly ladders = [this.bids, this.asks];
  /** Counters by `COUNTER`. */
  readonly tally = new Float64Array(COUNTER_NAMES.length);
  /** Largest `ts_recv` seen, ns of day; -Infinity before the first record. */
  now: NsOfDay = Number.NEGATIVE_INFINITY;
  /** Clock of the open event's first record, ns of day. */
  openedAt: NsOfDay = 0;
  /** Clock that an order takes its place with, ns of day. */
  stamp: NsOfDay = Number.NEGATIVE_INFINITY;
  eventOpen = false;
  eventCount = 0;
  valid = false;
  partial = false;
  suspect = false;
  /** Best bid plus best ask, ticks, at the last event that left both sides; NaN before one did. */
  lastMid2 = Number.NaN;
  /** A record has been seen. */
  started = false;
  /** Between a snapshot's first record and its last: quantities are a state, not flow. */
  inSnapshot = false;
  /** The last record that could change the book was a clear. */
  justCleared = false;
  /** Lots of the event's last trade that no fill has accounted for yet. */
  tradeLeft = 0;
  /** Resting side that trade hit: `BID`, `ASK`, or 2 when the venue does not say. */
  tradeRestingSide = 2;
  /** Price of that trade, 1e-9 currency. */
  tradePrice: PriceNano = 0;

  constructor(
    tickSize: PriceNano,
    originNs: bigint,
    flows: FlowLog | null,
    tradeLog: TradeLog | null,
  ) {
    this.tickSize = tickSize;
    this.perTick = 1 / tickSize;
    this.priceLimit = Math.min(Number.MAX_SAFE_INTEGER, MAX_TICK * tickSize);
    this.originNs = originNs;
    this.flows = flows;
    this.tradeLog = tradeLog;
  }

  /** Levels of a side. */
  ladder(side: Side): LevelLadder {
    return this.ladders[side];
  }
}
