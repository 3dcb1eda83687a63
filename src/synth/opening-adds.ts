import { BID, type Prng } from '../core/index.ts';
import { ACTION, SIDE } from '../dbn/index.ts';
import type { FeedChannel } from './feed-channel.ts';
import type { MatchingEngine } from './matching-engine.ts';
import { inPriorityOrder } from './opening-book.ts';
import type { RecordWriter } from './record-writer.ts';

/** Mean time between the orders that open a day, ns. */
const GAP_NS = 4000;

/**
 * The start of a day by the rules of ITCH: the book is cleared when the window starts, and filled
 * by ordinary orders, an event each, as soon as the venue opens; in as many pieces as the columns
 * need.
 */
export class OpeningAdds {
  /** Engine time when the last order is in, ns of day. */
  readonly endNs: number;

  private readonly order: Int32Array;
  private row = -1;
  private readonly engine: MatchingEngine;
  private readonly writer: RecordWriter;
  private readonly channel: FeedChannel;
  private readonly prng: Prng;
  private readonly startNs: number;
  private readonly openNs: number;

  /**
   * @param startNs of the window, ns of day.
   * @param openNs first moment of trading in it; the window's end when there is none, and then the
   *   book stays empty.
   */
  constructor(
    engine: MatchingEngine,
    writer: RecordWriter,
    channel: FeedChannel,
    prng: Prng,
    startNs: number,
    openNs: number,
    closed: boolean,
  ) {
    this.engine = engine;
    this.writer = writer;
    this.channel = channel;
    this.prng = prng;
    this.startNs = startNs;
    this.openNs = openNs;
    this.order = closed ? new Int32Array(0) : inPriorityOrder(engine);
    this.endNs = openNs + this.order.length * GAP_NS;
  }

  /** Whether every row was written. */
  get done(): boolean {
    return this.row === this.order.length;
  }

  /** Appends up to `room` rows. */
  append(room: number): void {
    const { writer, channel, engine } = this;
    const { queues, best } = engine;
    let left = room;
    if (this.row < 0 && left > 0) {
      writer.writeClearAlone(this.startNs);
      this.row = 0;
      left--;
    }
    const end = Math.min(this.order.length, this.row + left);
    for (; this.row < end; this.row++) {
      const slot = this.order[this.row]!;
      const tick = queues.tick[slot]!;
      const ns = this.openNs + Math.floor((this.row + this.prng.float()) * GAP_NS);
      writer.eventNs = ns;
      channel.packet(ns);
      const side = tick <= best[BID]! ? SIDE.BID : SIDE.ASK;
      writer.write(ACTION.ADD, side, tick, queues.qty[slot]!, queues.id[slot]!);
      writer.closeEvent();
    }
  }
}
