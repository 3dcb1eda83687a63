import { ASK, BID, type Side } from '../core/index.ts';
import { ACTION } from '../dbn/index.ts';
import type { FeedChannel } from './feed-channel.ts';
import { CODE } from './matching-engine.ts';
import type { RecordWriter } from './record-writer.ts';

/** Orders a side of an instrument can hold. */
export const SLOTS = 6;
/** Records that one event of an option can have: a trade, and a fill and its effect per order. */
export const MAX_OPTION_EVENT_RECORDS = 1 + 2 * SLOTS;
/** No order. */
export const NO_SLOT = -1;

/** Order ids are like GLBX's, apart from those of the futures. */
const FIRST_ORDER_ID = 6_813_000_000_000;

/**
 * The books of many options by the rules of GLBX: a few orders a side, each in a slot of its own;
 * every change is an event with records. Slot `s` of a side of instrument `i` has index `(i * 2 +
 * side) * SLOTS + s`.
 */
export class OptionBooks {
  /** Price in ticks of the order in a slot; meaningful while `qty` is not 0. */
  readonly tick: Int32Array;
  /** Lots; 0 where there is no order. */
  readonly qty: Int32Array;
  private readonly id: Float64Array;
  private readonly writers: readonly RecordWriter[];
  private readonly channel: FeedChannel;
  private nextId = FIRST_ORDER_ID;

  constructor(writers: readonly RecordWriter[], channel: FeedChannel) {
    const n = writers.length * 2 * SLOTS;
    this.tick = new Int32Array(n);
    this.qty = new Int32Array(n);
    this.id = new Float64Array(n);
    this.writers = writers;
    this.channel = channel;
  }

  /** The slot with the best price of a side, the earliest order first; `NO_SLOT` when empty. */
  best(instrument: number, side: Side): number {
    const { tick, qty, id } = this;
    const base = (instrument * 2 + side) * SLOTS;
    let best = NO_SLOT;
    for (let i = base; i < base + SLOTS; i++) {
      if (qty[i] === 0) continue;
      if (best === NO_SLOT) best = i;
      else if (tick[i] === tick[best]) {
        if (id[i]! < id[best]!) best = i;
      } else if (side === BID ? tick[i]! > tick[best]! : tick[i]! < tick[best]!) best = i;
    }
    return best;
  }

  /** Puts an order into an empty slot without a record, as what stood there before the day. */
  place(slot: number, tick: number, qty: number): void {
    this.tick[slot] = tick;
    this.qty[slot] = qty;
    this.id[slot] = this.nextId += 3;
  }

  /** Enters an order into an empty slot. */
  add(slot: number, tick: number, qty: number, ns: number): void {
    this.place(slot, tick, qty);
    this.report(slot, ACTION.ADD, tick, qty, ns);
  }

  /** Takes an order out. */
  cancel(slot: number, ns: number): void {
    this.report(slot, ACTION.CANCEL, this.tick[slot]!, this.qty[slot]!, ns);
    this.qty[slot] = 0;
  }

  /** Changes price and size of an order. */
  modify(slot: number, tick: number, qty: number, ns: number): void {
    this.tick[slot] = tick;
    this.qty[slot] = qty;
    this.report(slot, ACTION.MODIFY, tick, qty, ns);
  }

  /**
   * A market order for at most `lots` against the orders at the best price of a side; calls
   * `onFill` with each slot hit and its lots. The side has an order.
   */
  trade(
    instrument: number,
    side: Side,
    lots: number,
    ns: number,
    onFill: (slot: number, lots: number) => void,
  ): void {
    const { tick, qty, id } = this;
    const writer = this.writers[instrument]!;
    const first = this.best(instrument, side);
    const price = tick[first]!;
    const code = CODE[side];
    const base = (instrument * 2 + side) * SLOTS;
    writer.eventNs = ns;
    this.channel.packet(ns);
    const atRow = writer.columns.length;
    this.nextId += 2;
    writer.write(ACTION.TRADE, CODE[1 - side]!, price, 0, this.nextId);
    let left = lots;
    for (let i = base; i < base + SLOTS && left > 0; i++) {
      if (qty[i] === 0 || tick[i] !== price) continue;
      const fill = Math.min(left, qty[i]!);
      writer.write(ACTION.FILL, code, price, fill, id[i]!);
      left -= fill;
    }
    writer.columns.size[atRow] = lots - left;
    this.channel.nextPacket();
    left = lots;
    for (let i = base; i < base + SLOTS && left > 0; i++) {
      if (qty[i] === 0 || tick[i] !== price) continue;
      const before = qty[i]!;
      const fill = Math.min(left, before);
      left -= fill;
      qty[i] = before - fill;
      if (fill === before) writer.write(ACTION.CANCEL, code, price, before, id[i]!);
      else writer.write(ACTION.MODIFY, code, price, before - fill, id[i]!);
      onFill(i, fill);
    }
    writer.closeEvent();
  }

  /** Writes the book of an instrument as a snapshot taken at `ns`; `ageOf` gives orders' ages. */
  writeSnapshot(instrument: number, ns: number, ageOf: () => number): void {
    const writer = this.writers[instrument]!;
    const from = instrument * 2 * SLOTS;
    let last = NO_SLOT;
    for (let i = from; i < from + 2 * SLOTS; i++) if (this.qty[i] !== 0) last = i;
    this.channel.sequence++;
    writer.writeClear(ns, last === NO_SLOT);
    for (let i = from; i <= last; i++) {
      if (this.qty[i] === 0) continue;
      const code = CODE[i < from + SLOTS ? BID : ASK];
      const born = ns - Math.ceil(ageOf());
      const { tick, qty, id } = this;
      writer.writeSnapshotOrder(code, tick[i]!, qty[i]!, id[i]!, born, ns, i === last);
    }
  }

  private report(slot: number, action: number, tick: number, qty: number, ns: number): void {
    const row = Math.floor(slot / SLOTS);
    const writer = this.writers[row >> 1]!;
    writer.eventNs = ns;
    this.channel.packet(ns);
    writer.write(action, CODE[(row & 1) as Side], tick, qty, this.id[slot]!);
    writer.closeEvent();
  }
}
