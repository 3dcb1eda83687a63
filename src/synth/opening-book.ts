import { ASK, BID, type Prng, type Side } from '../core/index.ts';
import { SIDE } from '../dbn/index.ts';
import type { FeedChannel } from './feed-channel.ts';
import { DEPTH_TICKS } from './market-shape.ts';
import type { MatchingEngine } from './matching-engine.ts';
import type { NaturalFlow } from './natural-flow.ts';
import { NO_ORDER } from './order-queues.ts';
import type { RecordWriter } from './record-writer.ts';

/** Mean age of the orders in a snapshot, ns. */
const MEAN_AGE_NS = 5400e9;
/** Snapshot rows per packet. */
const ROWS_PER_PACKET = 16;

/** Fills an empty engine with about the orders that the flow would keep there. */
export function placeOpeningOrders(engine: MatchingEngine, flow: NaturalFlow, prng: Prng): void {
  for (let distance = 0; distance < DEPTH_TICKS; distance++) {
    placeLevel(engine, flow, prng, BID, distance);
    placeLevel(engine, flow, prng, ASK, distance);
  }
}

function placeLevel(
  engine: MatchingEngine,
  flow: NaturalFlow,
  prng: Prng,
  side: Side,
  distance: number,
): void {
  const tick = engine.best[side]! + (side === BID ? -distance : distance);
  const mean = flow.wanted(side, distance, tick);
  const least = distance === 0 || distance === DEPTH_TICKS - 1 ? 1 : 0;
  const count = Math.max(least, Math.floor(mean * (0.6 + 0.8 * prng.float()) + prng.float()));
  for (let n = 0; n < count; n++) {
    engine.queues.add(tick, flow.drawOrderSize(), 0, engine.issueId());
  }
}

/**
 * Writes the book as it stands at the window's start, as a snapshot, in as many pieces as the
 * columns need.
 */
export class OpeningSnapshot {
  private readonly order: Int32Array;
  private row = -1;
  private readonly engine: MatchingEngine;
  private readonly writer: RecordWriter;
  private readonly channel: FeedChannel;
  private readonly prng: Prng;
  private readonly ns: number;

  /** @param ns of the snapshot, ns of day. */
  constructor(
    engine: MatchingEngine,
    writer: RecordWriter,
    channel: FeedChannel,
    prng: Prng,
    ns: number,
  ) {
    this.engine = engine;
    this.writer = writer;
    this.channel = channel;
    this.prng = prng;
    this.ns = ns;
    this.order = inPriorityOrder(engine);
  }

  /** Whether every row was written. */
  get done(): boolean {
    return this.row === this.order.length;
  }

  /** Appends up to `room` rows. */
  append(room: number): void {
    const { queues, best } = this.engine;
    const end = Math.min(this.order.length, this.row + room);
    if (this.row < 0 && end > this.row) {
      this.writer.writeClear(this.ns);
      this.row = 0;
      if (end === 0) return;
    }
    for (; this.row < end; this.row++) {
      if (this.row % ROWS_PER_PACKET === 0) this.channel.sequence++;
      const slot = this.order[this.row]!;
      const tick = queues.tick[slot]!;
      const side = tick <= best[BID]! ? SIDE.BID : SIDE.ASK;
      const born = this.ns - Math.ceil(this.prng.exponential() * MEAN_AGE_NS);
      const last = this.row === this.order.length - 1;
      const id = queues.id[slot]!;
      this.writer.writeSnapshotOrder(side, tick, queues.qty[slot]!, id, born, this.ns, last);
    }
  }
}

/** Slots of all resting orders: bids from the best on, then asks, each level in time priority. */
export function inPriorityOrder(engine: MatchingEngine): Int32Array {
  const { queues, best } = engine;
  const out = new Int32Array(queues.live);
  let n = 0;
  const walk = (tick: number) => {
    for (let s = queues.head[tick]!; s !== NO_ORDER; s = queues.next[s]!) out[n++] = s;
  };
  for (let d = 0; d < DEPTH_TICKS; d++) walk(best[BID]! - d);
  for (let d = 0; d < DEPTH_TICKS; d++) walk(best[ASK]! + d);
  return out;
}
