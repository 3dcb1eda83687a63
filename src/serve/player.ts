/**
 * An engine reading a stream's records: computes frames in order, holds the newest, and can be
 * split in two.
 */
import { assert, isKnownError, NS_PER_MS, NS_PER_SECOND, type NsOfDay } from '../core/index.ts';
import { MboColumns } from '../dbn/index.ts';
import { VacuumPressureEngine } from '../vacuum-pressure/index.ts';
import { FrameBuffer, frameFields, type StreamGap, type WireTrade } from '../wire/index.ts';
import type { GridFrame, SessionTotals } from './grid-frame.ts';
import { HeldFrames } from './held-frames.ts';
import { HELD_FRAMES, PREROLL_FRAMES } from './limits.ts';
import type { ServeMetrics } from './metrics.ts';
import { gridInstant, type Playable, type PlayerStart } from './playable.ts';
import type { OpenStream, RecordReader } from './stream.ts';
import { takeTrades } from './take-trades.ts';
import type { WallClock } from './wall-clock.ts';

/** Rows of a batch: half a millisecond of work, so that turns end in time. */
const BATCH_ROWS = 2048;

/**
 * Event time of a hop towards the first frame, ns: the engine looks at the market once a second of
 * it.
 */
const HOP_NS = 60 * NS_PER_SECOND;

/** Work of the engine in a second without records, in records: it looks at the market once. */
const RECORDS_PER_SECOND = 100;

/** Causes of gaps, as viewers read them. */
const GAP_CAUSES = {
  suspect: 'messages were lost before the file was made: wrong until the next snapshot',
  cleared: 'the book was cleared and waits for its snapshot',
} as const;

const NOTHING: SessionTotals = { events: 0, bought: 0, sold: 0, trades: 0 };

/** Computes the frames of one stream from some place on; see the file comment. Close it. */
export class Player implements Playable<GridFrame> {
  readonly held: HeldFrames<GridFrame>;
  private readonly throttleMs: number;
  /** Next grid index to compute. */
  nextSeq: number;
  /** The last frame of the session was computed. */
  ended = false;
  /** The source has no more records yet. */
  waiting = false;
  private readonly stream: OpenStream;
  private readonly metrics: ServeMetrics;
  private readonly engine: VacuumPressureEngine;
  private readonly frame = new FrameBuffer();
  private readonly columns: MboColumns;
  private readonly reader: RecordReader;
  private readonly baselineNs: NsOfDay;
  private at = 0;
  private until: number;
  private stride: number;
  private prepared = false;
  private finished = false;
  private coversFrom = 0;
  private totals = NOTHING;
  private published = NOTHING;
  private trades: WireTrade[] = [];

  private constructor(
    stream: OpenStream,
    metrics: ServeMetrics,
    engine: VacuumPressureEngine,
    at: { position: number; nextSeq: number; baselineNs: NsOfDay; until: number; stride: number },
    held = new HeldFrames<GridFrame>(HELD_FRAMES),
  ) {
    this.stream = stream;
    this.metrics = metrics;
    this.engine = engine;
    this.throttleMs = stream.throttleMs;
    this.columns = new MboColumns(BATCH_ROWS, stream.source.originNs);
    this.reader = stream.source.open(at.position);
    this.nextSeq = at.nextSeq;
    this.baselineNs = at.baselineNs;
    this.until = at.until;
    this.stride = at.stride;
    this.held = held;
  }

  /**
   * A player that computes frames from a little before `start.seq` on, from the nearest checkpoint;
   * call `prepare` until it is true.
   */
  static async open(
    stream: OpenStream,
    start: PlayerStart,
    metrics: ServeMetrics,
  ): Promise<Player> {
    const baseline = Math.max(start.firstSeq, start.seq - PREROLL_FRAMES) - 1;
    const baselineNs = baseline * stream.throttleMs * NS_PER_MS;
    const { engine, position } = await startEngine(stream, baselineNs);
    engine.seekGrid(
      Math.min(baselineNs, Math.max(engine.book.now, stream.source.firstNs) + HOP_NS),
    );
    return new Player(stream, metrics, engine, {
      position,
      nextSeq: baseline + 1,
      baselineNs,
      until: start.seq - 1,
      stride: start.stride,
    });
  }

  /** Part of the records that were read, 0..1. */
  get progress(): number {
    const { start, end } = this.stream.source;
    return Math.min(1, (this.reader.offset - start) / Math.max(1, end - start));
  }

  /** Reads up to the first frame somebody wants; true when there. */
  prepare(deadlineMs: number, clock: WallClock): boolean {
    if (!this.prepared) {
      if (!this.reachBaseline(deadlineMs, clock)) return false;
      this.readBaseline();
      this.prepared = true;
    }
    const done = this.ended || this.produce(this.until, this.stride, deadlineMs, clock);
    return done && (this.ended || this.nextSeq > this.until);
  }

  /**
   * Computes frames up to grid index `upTo`; those of a multiple of `stride`, and the last of all,
   * are published.
   * @returns true when all are computed or the session has ended; false when the time was up
   *   before.
   */
  produce(upTo: number, stride: number, deadlineMs: number, clock: WallClock): boolean {
    while (this.nextSeq <= upTo && !this.ended) {
      if (clock.nowMs() >= deadlineMs) return false;
      if (!this.advance(deadlineMs, clock)) return this.waiting;
      if (this.ended) return true;
      const seq = this.readOut();
      if (seq % stride === 0 || this.ended || this.held.next === 0) this.publish(seq);
      else this.metrics.thinned.inc();
    }
    return true;
  }

  /** A second player at the same place, with the same frames held. */
  fork(): Player {
    assert(this.prepared, 'a player is forked once it plays');
    const engine = VacuumPressureEngine.restore(this.engine.save(), engineOptions(this.stream));
    engine.seekGrid(this.nextSeq * this.throttleMs * NS_PER_MS);
    const twin = new Player(
      this.stream,
      this.metrics,
      engine,
      {
        position: this.reader.offset,
        nextSeq: this.nextSeq,
        baselineNs: 0,
        until: 0,
        stride: 1,
      },
      this.held.fork(),
    );
    copyColumns(this.columns, twin.columns);
    twin.at = this.at;
    twin.totals = this.totals;
    twin.published = this.published;
    twin.coversFrom = this.coversFrom;
    twin.trades = [...this.trades];
    twin.prepared = true;
    return twin;
  }

  feedLagMs(frame: GridFrame): number {
    const { source } = this.stream;
    const nowNs = source.unixNs?.();
    if (nowNs === undefined) return 0;
    return Math.max(0, (Number(nowNs - source.originNs) - frame.heardNs) / NS_PER_MS);
  }

  /** Gives file and memory back. */
  close(): void {
    this.reader.close();
  }

  /**
   * Applies records up to the baseline frame, in hops, for a long silence is work too; false when
   * the time was up.
   */
  private reachBaseline(deadlineMs: number, clock: WallClock): boolean {
    const { engine, baselineNs } = this;
    while (this.advance(deadlineMs, clock)) {
      if (this.ended || engine.frameTs >= baselineNs) return true;
      engine.seekGrid(Math.min(baselineNs, engine.frameTs + HOP_NS));
      if (clock.nowMs() >= deadlineMs) return false;
    }
    return false;
  }

  /** Applies records until a frame is due; false when the time was up before. */
  private advance(deadlineMs: number, clock: WallClock): boolean {
    const { engine, columns } = this;
    this.waiting = false;
    while (!engine.frameDue) {
      if (this.at < columns.length) {
        const to = engine.advance(columns, this.at, columns.length);
        this.metrics.records.inc(to - this.at);
        this.at = to;
        continue;
      }
      this.saveCheckpoint();
      if (clock.nowMs() >= deadlineMs) return false;
      const rows = this.fill();
      if (rows < 0) {
        this.finished = true;
        this.ended = !engine.finish();
        return true;
      }
      if (rows === 0 && this.reader.dry) {
        this.waiting = true;
        return false;
      }
    }
    return true;
  }

  private fill(): number {
    this.at = 0;
    this.columns.length = 0;
    return this.reader.fill(this.columns);
  }

  private saveCheckpoint(): void {
    const { records, book } = this.engine;
    const { checkpoints, checkpointRecords } = this.stream;
    const seconds = Math.floor((book.now - this.stream.source.firstNs) / NS_PER_SECOND);
    const ordinal = Math.floor((records + RECORDS_PER_SECOND * seconds) / checkpointRecords);
    if (!(ordinal > 0) || checkpoints.has(ordinal)) return;
    checkpoints.put({
      ordinal,
      clockNs: book.now,
      position: this.reader.offset,
      records,
      state: this.engine.save(),
    });
  }

  /**
   * The frame before the first wanted one: what later frames count from. There is none before the
   * first record.
   */
  private readBaseline(): void {
    if (!this.ended && this.engine.frameSeq < this.nextSeq) this.readOut();
    if (!this.ended) this.nextSeq = this.engine.frameSeq;
    this.published = this.totals;
    this.coversFrom = this.nextSeq;
    this.trades = [];
  }

  /** Reads the due frame out; returns its grid index. */
  private readOut(): number {
    const { engine, frame } = this;
    engine.readFrame(frame);
    const { header } = frame;
    this.metrics.computed.inc();
    const before = this.totals.trades;
    this.totals = {
      events: header.eventId,
      bought: header.buyVolume,
      sold: header.sellVolume,
      trades: header.tradeCount,
    };
    const count = this.totals.trades - before;
    takeTrades(engine.trades, count, this.stream.source.originNs, this.trades);
    this.nextSeq = header.seq + 1;
    if (this.finished) this.ended = !engine.finish();
    return header.seq;
  }

  /** Why the frame of a grid index is not to be trusted; null when it is. */
  private gapAt(seq: number, lost: string | null): StreamGap | null {
    const { book } = this.engine;
    if (book.valid && !book.suspect && lost === null) return null;
    const from_ns = this.instantOf(seq - 1);
    const cause = lost ?? (book.suspect ? GAP_CAUSES.suspect : GAP_CAUSES.cleared);
    return { from_ns, to_ns: this.instantOf(seq), cause };
  }

  /** Why records are missing in the stretch that ends with a grid index; null when none are. */
  private lostAt(seq: number): string | null {
    const stepNs = this.throttleMs * NS_PER_MS;
    const lost = this.stream.source.gaps?.find(
      (gap) => seq * stepNs > gap.fromNs && (seq - 1) * stepNs < gap.toNs,
    );
    return lost?.cause ?? null;
  }

  /** When the record was captured that says that a frame is complete. */
  private get heardNs(): NsOfDay {
    const { at, columns, engine } = this;
    return at < columns.length ? (columns.tsRecv[at] as number) : engine.book.now;
  }

  private instantOf(seq: number): string {
    const { originNs } = this.stream.source;
    return gridInstant({ originNs, throttleMs: this.throttleMs }, seq);
  }

  private publish(seq: number): void {
    const { header } = this.frame;
    const { type: _, ...fields } = frameFields(header, this.stream.source.originNs);
    const lost = this.lostAt(seq);
    this.held.push({
      seq,
      coversFrom: this.coversFrom,
      ordinal: 0,
      state: {
        ...fields,
        // The engine cannot know of records that never came.
        book_valid: fields.book_valid && lost === null,
        cvd: header.buyVolume - header.sellVolume,
        edge: this.engine.edgeOf(this.frame),
        gap: this.gapAt(seq, lost),
      },
      arrow: this.frame.copy(),
      trades: this.trades,
      heardNs: this.heardNs,
      before: this.published,
      after: this.totals,
      text: null,
    });
    this.trades = [];
    this.coversFrom = seq + 1;
    this.published = this.totals;
  }
}

/** Copies all rows of a batch. */
function copyColumns(from: MboColumns, to: MboColumns): void {
  to.length = from.length;
  for (const [name, column] of Object.entries(from)) {
    if (ArrayBuffer.isView(column))
      (to[name as 'tsRecv'] as Float64Array).set(column as Float64Array);
  }
}

function engineOptions(stream: OpenStream) {
  return {
    tickSize: stream.product.tickSizeInt,
    originNs: stream.source.originNs,
    bucketTicks: stream.bucketTicks,
    throttleMs: stream.throttleMs,
    coefficients: stream.coefficients,
  };
}

/** An engine before `ns`: restored from the last checkpoint that fits it, or a new one. */
async function startEngine(stream: OpenStream, ns: NsOfDay) {
  const options = engineOptions(stream);
  for (;;) {
    const checkpoint = await stream.checkpoints.before(ns);
    if (!checkpoint) break;
    try {
      const engine = VacuumPressureEngine.restore(checkpoint.state, options);
      return { engine, position: checkpoint.position };
    } catch (error) {
      if (!isKnownError(error)) throw error;
      await stream.checkpoints.drop(checkpoint.ordinal);
    }
  }
  return { engine: new VacuumPressureEngine(options), position: stream.source.start };
}
