import { ASK, assert, BID, type Prng, type Side } from '../core/index.ts';
import { ACTION, SIDE } from '../dbn/index.ts';
import type { FeedChannel } from './feed-channel.ts';
import { type MoveLaw, WATCHED_TICKS } from './move-law.ts';
import { NO_ORDER, OrderQueues } from './order-queues.ts';
import type { RecordWriter } from './record-writer.ts';

/** Ticks that a market can move over: indices `[0, TICKS)`, the start in the middle. */
export const TICKS = 1 << 14;
/** Orders that one trade can hit. */
const MAX_TRADE_ORDERS = 100;
/**
 * Records that one event can have: a trade, two for each order hit, refreshes, a hidden fill, a
 * rest, a close.
 */
export const MAX_EVENT_RECORDS = 3 * MAX_TRADE_ORDERS + 4;

/** Order ids look like those of GLBX: they grow, and need more than 32 bits. */
const FIRST_ORDER_ID = 6_412_000_000_000;
/** One trade event in so many is closed by a record of its own. */
const APART_ODDS = 300;
/** One aggressor in so many is not named. */
const UNNAMED_ODDS = 12;

/** DBN side codes by `Side`. */
export const CODE = [SIDE.BID, SIDE.ASK] as const;

/**
 * The book of one instrument by the rules of GLBX, reporting each action as records. An event is
 * `begin`, actions, `end`; the caller keeps the touch in place: only a trade through `sweep` may
 * empty the best level.
 */
export class MatchingEngine {
  readonly queues = new OrderQueues(TICKS);
  /** Best bid and ask, tick indices. [BID, ASK] */
  readonly best = new Int32Array([TICKS / 2 - 1, TICKS / 2]);
  /**
   * Whether the flow near the touch counts for the law of moves: not while a move is carried out.
   */
  watching = true;
  /**
   * Trades so far: how many, their lots, and the first, highest, lowest and last tick with times.
   */
  readonly traded = { count: 0, volume: 0, open: 0, high: 0, low: 0, last: 0 };
  /** Engine times of the first, highest and lowest trade, ns of day. */
  readonly tradedNs = { first: 0, high: 0, low: 0 };

  protected nextId = FIRST_ORDER_ID;
  protected readonly channel: FeedChannel;
  protected readonly writer: RecordWriter;
  protected readonly law: MoveLaw;
  protected readonly prng: Prng;
  private apart = false;

  constructor(channel: FeedChannel, writer: RecordWriter, law: MoveLaw, prng: Prng) {
    this.channel = channel;
    this.writer = writer;
    this.law = law;
    this.prng = prng;
  }

  /** An id never given before. */
  issueId(): number {
    this.nextId += 1 + (this.prng.u32() & 3);
    return this.nextId;
  }

  /** Opens an event at engine time `ns` (ns of day). */
  begin(ns: number): void {
    this.writer.eventNs = ns;
    this.channel.packet(ns);
  }

  /** Closes the event. */
  end(): void {
    if (this.apart) this.writer.closeEventApart();
    else this.writer.closeEvent();
    this.apart = false;
  }

  /** Enters a resting order; `reserve` lots of it are not displayed. */
  add(side: Side, tick: number, qty: number, reserve: number): void {
    const id = this.issueId();
    this.queues.add(tick, qty, reserve, id);
    this.watch(side, tick, qty, this.law.added);
    this.writer.write(ACTION.ADD, CODE[side], tick, qty, id);
  }

  /** Takes an order out, all of it. */
  cancel(side: Side, slot: number): void {
    const { queues } = this;
    const tick = queues.tick[slot]!;
    const qty = queues.qty[slot]!;
    this.watch(side, tick, qty, this.law.removed);
    this.writer.write(ACTION.CANCEL, CODE[side], tick, qty, queues.id[slot]!);
    queues.remove(slot);
  }

  /** Changes size or price; priority is kept only when the order shrinks in place. */
  modify(side: Side, slot: number, tick: number, qty: number): void {
    const { queues, law } = this;
    const oldTick = queues.tick[slot]!;
    const oldQty = queues.qty[slot]!;
    if (tick === oldTick && qty <= oldQty) {
      this.watch(side, tick, oldQty - qty, law.removed);
      queues.resize(slot, qty);
    } else {
      this.watch(side, oldTick, oldQty, law.removed);
      this.watch(side, tick, qty, law.added);
      queues.requeue(slot, tick, qty);
    }
    this.writer.write(ACTION.MODIFY, CODE[side], tick, qty, queues.id[slot]!);
  }

  /** A trade that has no resting order on the book and no aggressor: an implied match. */
  impliedTrade(tick: number, lots: number): void {
    this.noteTrade(tick, lots);
    this.writer.write(ACTION.TRADE, SIDE.NONE, tick, lots, 0);
  }

  /**
   * A market order against the best level of `side`: at most `lots` of its displayed lots and
   * `MAX_TRADE_ORDERS` orders, plus `hidden` lots of an order that is never shown. Returns the
   * displayed lots taken.
   */
  trade(side: Side, lots: number, hidden: number, aggressorId: number): number {
    const { queues, writer } = this;
    const tick = this.best[side]!;
    const atRow = writer.columns.length;
    const aggressor = this.prng.int(UNNAMED_ODDS) === 0 ? 0 : aggressorId;
    writer.write(ACTION.TRADE, CODE[1 - side]!, tick, 0, aggressor);
    let taken = 0;
    let slot = queues.head[tick]!;
    for (let n = 0; n < MAX_TRADE_ORDERS && taken < lots && slot !== NO_ORDER; n++) {
      const fill = Math.min(lots - taken, queues.qty[slot]!);
      writer.write(ACTION.FILL, CODE[side], tick, fill, queues.id[slot]!);
      taken += fill;
      slot = queues.next[slot]!;
    }
    if (hidden > 0) writer.write(ACTION.FILL, CODE[side], tick, hidden, this.issueId());
    writer.columns.size[atRow] = taken + hidden;
    this.noteTrade(tick, taken + hidden);
    this.channel.nextPacket();
    this.removeFilled(side, tick, taken);
    this.apart = this.prng.int(APART_ODDS) === 0;
    return taken;
  }

  /**
   * Books the removal of `taken` lots from the front of a level; icebergs come back at the end of
   * the queue.
   */
  private removeFilled(side: Side, tick: number, taken: number): void {
    const { queues, writer, law } = this;
    this.watch(side, tick, taken, law.removed);
    const emptied = taken === queues.levelQty[tick]!;
    let left = taken;
    while (left > 0) {
      const slot = queues.head[tick]!;
      const qty = queues.qty[slot]!;
      const id = queues.id[slot]!;
      if (qty > left) {
        queues.resize(slot, qty - left);
        writer.write(ACTION.MODIFY, CODE[side], tick, qty - left, id);
        return;
      }
      left -= qty;
      const reserve = emptied ? 0 : queues.reserve[slot]!;
      queues.remove(slot);
      writer.write(ACTION.CANCEL, CODE[side], tick, qty, id);
      if (reserve > 0) this.refresh(side, tick, Math.min(qty, reserve), reserve, id);
    }
  }

  private refresh(side: Side, tick: number, shown: number, reserve: number, id: number): void {
    this.queues.add(tick, shown, reserve - shown, id);
    this.watch(side, tick, shown, this.law.added);
    this.writer.write(ACTION.ADD, CODE[side], tick, shown, id);
  }

  /** The rest of an aggressor that emptied a level stays as the new best order of its own side. */
  restAggressor(side: Side, tick: number, qty: number, id: number): void {
    this.queues.add(tick, qty, 0, id);
    this.best[side] = tick;
    this.watch(side, tick, qty, this.law.added);
    this.writer.write(ACTION.ADD, CODE[side], tick, qty, id);
  }

  /** After the best level of `side` was emptied: the next one that holds orders becomes best. */
  retreat(side: Side): void {
    const { queues, best } = this;
    const step = side === BID ? -1 : 1;
    let tick = best[side]! + step;
    while (tick > 0 && tick < TICKS - 1 && queues.levelCount[tick] === 0) tick += step;
    assert(queues.levelCount[tick]! > 0, 'a side of the synthetic book is empty');
    best[side] = tick;
  }

  /** Half ticks of the mid. */
  get midHalfTicks(): number {
    return this.best[BID]! + this.best[ASK]!;
  }

  /** Counts a trade in `traded`. */
  protected noteTrade(tick: number, lots: number): void {
    const { traded, tradedNs } = this;
    const { eventNs } = this.writer;
    const first = traded.count === 0;
    traded.count++;
    traded.volume += lots;
    traded.last = tick;
    if (first) {
      traded.open = tick;
      tradedNs.first = eventNs;
    }
    if (first || tick > traded.high) {
      traded.high = tick;
      tradedNs.high = eventNs;
    }
    if (first || tick < traded.low) {
      traded.low = tick;
      tradedNs.low = eventNs;
    }
  }

  /** Tells the law of moves that lots came or went. */
  protected watch(side: Side, tick: number, qty: number, into: Float64Array): void {
    const distance = side === BID ? this.best[BID]! - tick : tick - this.best[ASK]!;
    if (this.watching && distance < WATCHED_TICKS) into[side]! += qty;
  }
}
