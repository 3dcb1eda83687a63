import { ACTION, FLAG, type MboColumns, SIDE, UNDEF_PRICE_F64 } from '../dbn/index.ts';
import type { FeedChannel } from './feed-channel.ts';

/** Flags of a last record as GLBX.MDP3 sends them. */
const LAST_FLAGS = FLAG.LAST | FLAG.PUBLISHER_SPECIFIC;
const SNAPSHOT_FLAGS = FLAG.SNAPSHOT | FLAG.BAD_TS_RECV;
const TWO_32 = 2 ** 32;

/** What every record of one instrument carries. */
export interface RecordIdentity {
  instrumentId: number;
  publisherId: number;
  channelId: number;
  /** Price of tick index 0, in ticks of `tickSize`. */
  tickZero: number;
  /** 1e-9 currency. */
  tickSize: number;
}

/** Appends the records of one instrument to columns; the caller sees to the room. */
export class RecordWriter {
  /** Where rows go: whoever fills sets it first. */
  columns!: MboColumns;
  /** Engine time of the open event, ns of day. */
  eventNs = 0;

  private readonly identity: RecordIdentity;
  private readonly channel: FeedChannel;

  constructor(identity: RecordIdentity, channel: FeedChannel) {
    this.identity = identity;
    this.channel = channel;
  }

  /**
   * A record of the current packet and event; `tick` is an index. Flags 0 until `closeEvent`.
   */
  write(action: number, side: number, tick: number, size: number, orderId: number): void {
    const c = this.columns;
    const { identity, channel } = this;
    const i = c.length++;
    c.tsRecv[i] = channel.recvNs;
    c.tsEvent[i] = this.eventNs;
    c.orderIdLo[i] = orderId % TWO_32;
    c.orderIdHi[i] = orderId / TWO_32;
    c.price[i] = (identity.tickZero + tick) * identity.tickSize;
    c.size[i] = size;
    c.flags[i] = 0;
    c.action[i] = action;
    c.side[i] = side;
    c.channelId[i] = identity.channelId;
    c.tsInDelta[i] = channel.inDeltaNs;
    c.sequence[i] = channel.sequence;
    c.instrumentId[i] = identity.instrumentId;
    c.publisherId[i] = identity.publisherId;
  }

  /** Marks the newest record as the last of its event. */
  closeEvent(): void {
    const c = this.columns;
    c.flags[c.length - 1] = LAST_FLAGS;
  }

  /** Closes the event with a record that has no effect on a book. */
  closeEventApart(): void {
    this.write(ACTION.NONE, SIDE.NONE, 0, 0, 0);
    const c = this.columns;
    c.price[c.length - 1] = UNDEF_PRICE_F64;
    this.closeEvent();
  }

  /** The clear that begins a snapshot taken at `ns`; `last` when no order follows. */
  writeClear(ns: number, last = false): void {
    this.eventNs = ns;
    this.write(ACTION.CLEAR, SIDE.NONE, 0, 0, 0);
    const c = this.columns;
    c.price[c.length - 1] = UNDEF_PRICE_F64;
    this.stampSnapshot(ns, last);
  }

  /** A clear at `ns` that is an event of its own, as a venue without snapshots begins a day. */
  writeClearAlone(ns: number): void {
    this.eventNs = ns;
    this.write(ACTION.CLEAR, SIDE.NONE, 0, 0, 0);
    const c = this.columns;
    c.price[c.length - 1] = UNDEF_PRICE_F64;
    c.tsRecv[c.length - 1] = ns;
    c.tsInDelta[c.length - 1] = 0;
    this.closeEvent();
  }

  /**
   * A resting order of a snapshot taken at `ns`; `bornNs` is when it was entered, negative before
   * the day.
   */
  writeSnapshotOrder(
    side: number,
    tick: number,
    size: number,
    orderId: number,
    bornNs: number,
    ns: number,
    last: boolean,
  ): void {
    this.eventNs = bornNs;
    this.write(ACTION.ADD, side, tick, size, orderId);
    this.stampSnapshot(ns, last);
  }

  private stampSnapshot(ns: number, last: boolean): void {
    const c = this.columns;
    const i = c.length - 1;
    c.tsRecv[i] = ns;
    c.tsInDelta[i] = 0;
    c.flags[i] = last ? SNAPSHOT_FLAGS | FLAG.LAST : SNAPSHOT_FLAGS;
  }
}
