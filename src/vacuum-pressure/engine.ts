import { AGGRESSOR, FlowLog, MAX_CLOCK_NS, NO_TICK, OrderBook, TradeLog } from '../book/index.ts';
import type { NsOfDay, PriceNano } from '../core/index.ts';
import { assert, NS_PER_DAY, NS_PER_MS, NS_PER_SECOND } from '../core/index.ts';
import type { MboColumns } from '../dbn/index.ts';
import type { FrameHeader, NetEdge } from '../wire/index.ts';
import { FrameBuffer } from '../wire/index.ts';
import { CellStore } from './cell-store.ts';
import { CheckpointReader, CheckpointWriter, damaged } from './checkpoint.ts';
import type { Coefficients } from './coefficients.ts';
import { DEFAULT_COEFFICIENTS } from './coefficients.ts';
import { edgeSums, netEdge } from './edge.ts';
import { EmissionGrid } from './emission-grid.ts';
import { FrameReader } from './frame-reader.ts';
import { RunningMedian } from './running-median.ts';
import { restoreTrades, saveTrades } from './trades-checkpoint.ts';

/** A silence longer than this, ns, is left out: the grid goes on at the record that ends it. */
export const MAX_SILENCE_NS = NS_PER_DAY;

/** What an engine is made with. */
export interface VacuumPressureOptions {
  /** Smallest price step, 1e-9 currency. */
  tickSize: PriceNano;
  /** Unix ns that clocks count from: 00:00 UTC of the session date. */
  originNs: bigint;
  /** Ticks of a row. Default 1. */
  bucketTicks?: number;
  /** Event time between frames, whole ms. Default 25. */
  throttleMs?: number;
  /** Weights of pressure and vacuum. Default: the published ones. */
  coefficients?: Coefficients;
}

/**
 * Records in, 101-row frames out, on a fixed grid of event time: the book, its flows and their
 * decaying rates.
 *
 * `advance` consumes rows until a frame is due; `readFrame` reads it out and moves on. What a frame
 * holds depends on the records before it and on nothing else: not on batches, on the grid, or on
 * which frames were read.
 */
export class VacuumPressureEngine {
  /** Trades since the frame before the last `readFrame`: valid until the next `advance`. */
  readonly trades: TradeLog;
  readonly tickSize: PriceNano;
  readonly originNs: bigint;
  readonly bucketTicks: number;
  readonly coefficients: Coefficients;
  /** A frame waits for `readFrame`; `advance` consumes nothing until then. */
  frameDue = false;
  /** Records consumed. */
  records = 0;
  /** Silences that were longer than `MAX_SILENCE_NS`. */
  silencesCut = 0;
  /** Lots bought and sold by aggressors so far, and trades. */
  buyVolume = 0;
  sellVolume = 0;
  tradeCount = 0;

  private readonly flows: FlowLog;
  private orderBook: OrderBook;
  private readonly cells: CellStore;
  private readonly reader: FrameReader;
  private readonly grid: EmissionGrid;
  private readonly median = new RunningMedian();
  private readonly sample = new FrameBuffer();
  /** Next whole second, ns: when the edge is sampled for its scale, whatever the grid. */
  private nextSecond = -Infinity;
  private edgeScale = 0;
  /** Events at the last sample. */
  private sampledEvents = 0;
  /** Time of the last read-out: cells may stand in its epoch, so none may be before it. */
  private lastRead = -Infinity;
  private tradesCounted = 0;
  private tradesRead = false;
  private finished = false;

  constructor(options: VacuumPressureOptions) {
    this.tickSize = options.tickSize;
    this.originNs = options.originNs;
    this.bucketTicks = options.bucketTicks ?? 1;
    this.coefficients = options.coefficients ?? DEFAULT_COEFFICIENTS;
    this.flows = new FlowLog();
    this.trades = new TradeLog();
    const { tickSize, originNs, flows, trades } = this;
    this.orderBook = new OrderBook({ tickSize, originNs, flows, trades });
    this.cells = new CellStore(this.bucketTicks);
    this.reader = new FrameReader(this.bucketTicks, this.coefficients);
    this.grid = new EmissionGrid(options.throttleMs ?? 25);
  }

  /** The book; look at it only while a frame is due. */
  get book(): OrderBook {
    return this.orderBook;
  }

  /** Prices forgotten because more than `MAX_CELLS` were touched. */
  get cellsForgotten(): number {
    return this.cells.forgotten;
  }

  /** Time of the frame that is due, or of the next one, ns since the origin. */
  get frameTs(): NsOfDay {
    return this.grid.next;
  }

  /** Its index on the grid. */
  get frameSeq(): number {
    return this.grid.next / this.grid.step;
  }

  /**
   * Consumes rows `[from, to)` until a frame is due.
   * @returns the next row to consume: `from` while a frame is due, `to` when all are consumed.
   */
  advance(columns: MboColumns, from: number, to: number): number {
    assert(!this.finished, 'advance after finish');
    if (this.frameDue) return from;
    if (this.tradesRead) this.dropTrades();
    let i = from;
    while (i < to) {
      if (this.nextSecond === -Infinity) this.start(clockOf(columns, i, this.book.now));
      // Rows before the first valid clock have no time to stop at: one by one.
      const timeless = this.nextSecond === -Infinity;
      const stop = timeless ? Infinity : Math.min(this.grid.next, this.nextSecond);
      const until = this.book.applyUntil(columns, i, timeless ? i + 1 : to, stop);
      this.records += until - i;
      i = until;
      this.takeIn();
      if (i === to) break;
      if (timeless) continue;
      if (this.stopAt(stop, clockOf(columns, i, this.book.now))) break;
    }
    return i;
  }

  /** Reads the frame that is due into `out`; the next grid time is then the one to come. */
  readFrame(out: FrameBuffer): void {
    assert(this.frameDue, 'readFrame without a frame due');
    this.readAt(this.grid.next, out);
    this.grid.next += this.grid.step;
    this.frameDue = false;
    this.tradesRead = true;
  }

  /** The net edge of a frame that this engine read out; null while there is no market. */
  edgeOf(frame: FrameBuffer): NetEdge | null {
    return netEdge(frame.columns, frame.header, this.tickSize, this.bucketTicks);
  }

  /**
   * The end of the data: true while a frame is still to be read, so that the last records are in
   * one. An event left open counts as closed. Nothing may be advanced afterwards.
   */
  finish(): boolean {
    if (!this.finished) {
      this.finished = true;
      this.book.finish();
      this.takeIn();
    }
    if (this.frameDue) return true;
    const { next, step } = this.grid;
    this.frameDue = Number.isFinite(next) && next - step <= this.book.now;
    while (this.frameDue && this.nextSecond <= next) this.sampleEdge();
    return this.frameDue;
  }

  /**
   * Frames start with the first grid time at or after `ts` (ns since the origin); Infinity: no
   * frames.
   */
  seekGrid(ts: NsOfDay): void {
    this.grid.seek(Math.max(ts, this.lastRead), this.book.now);
    this.frameDue = false;
  }

  /** Changes the grid; state is not touched. @throws OperatingError USAGE outside the limits. */
  setThrottle(throttleMs: number): void {
    this.grid.setThrottle(throttleMs, this.book.now);
    this.frameDue = false;
  }

  /**
   * The engine as bytes, from which `restore` goes on with the same bits: book, sums, grid, scale
   * of the edge and the trades that no frame has shown yet.
   */
  save(): Uint8Array {
    const w = new CheckpointWriter();
    w.put(this.identity());
    w.put(
      Float64Array.of(
        this.grid.step,
        this.grid.next,
        this.nextSecond,
        this.lastRead,
        this.edgeScale,
        this.sampledEvents,
        this.records,
        this.silencesCut,
        this.buyVolume,
        this.sellVolume,
        this.tradeCount,
      ),
    );
    this.cells.save(w);
    this.median.save(w);
    const shown = this.tradesRead ? this.trades.closed : 0;
    saveTrades(this.trades, shown, w);
    w.put(this.book.save());
    return w.finish();
  }

  /**
   * The engine that `save` wrote. A throttle other than the saved one changes the grid, nothing
   * else.
   * @throws DataError CHECKPOINT when the bytes are damaged or belong to another product or
   *   configuration.
   */
  static restore(state: Uint8Array, options: VacuumPressureOptions): VacuumPressureEngine {
    const engine = new VacuumPressureEngine(options);
    const r = new CheckpointReader(state);
    const identity = engine.identity();
    const saved = new Float64Array(r.take(identity.byteLength));
    const fits = saved.every((value, i) => value === identity[i]);
    if (!fits) throw damaged('another product, session or coefficients');
    const numbers = new Float64Array(r.take(88));
    const [step, next, nextSecond, lastRead, edgeScale, sampledEvents, ...counts] = numbers;
    const throttle = engine.grid.step;
    Object.assign(engine.grid, { step, next });
    Object.assign(engine, { nextSecond, lastRead, edgeScale, sampledEvents });
    const [records, silencesCut, buyVolume, sellVolume, tradeCount] = counts;
    Object.assign(engine, { records, silencesCut, buyVolume, sellVolume, tradeCount });
    engine.cells.restore(r);
    engine.median.restore(r);
    engine.tradesCounted = restoreTrades(engine.trades, r);
    const { flows, trades } = engine;
    engine.orderBook = OrderBook.restore(new Uint8Array(r.take()), { flows, trades });
    if (throttle !== step) engine.setThrottle(throttle / NS_PER_MS);
    return engine;
  }

  /** What must be equal for a checkpoint to fit. */
  private identity(): Float64Array {
    const { tickSize, originNs, bucketTicks, coefficients } = this;
    const high = Number(originNs >> 32n);
    const low = Number(originNs & 0xffffffffn);
    return Float64Array.of(tickSize, bucketTicks, high, low, ...Object.values(coefficients));
  }

  /** The first record's clock sets both grids going. */
  private start(clock: number): void {
    if (clock === -Infinity) return;
    this.nextSecond = (Math.floor(clock / NS_PER_SECOND) + 1) * NS_PER_SECOND;
    this.grid.seek(this.grid.next, clock);
  }

  /** Does what is due at `stop`, before a row at `clock`. Returns true when that is a frame. */
  private stopAt(stop: number, clock: number): boolean {
    if (clock - stop > MAX_SILENCE_NS) {
      this.silencesCut++;
      this.nextSecond = Math.floor(clock / NS_PER_SECOND) * NS_PER_SECOND;
      const { next, step } = this.grid;
      if (next < clock) this.grid.next = Math.floor(clock / step) * step;
      return false;
    }
    if (stop === this.nextSecond) this.sampleEdge();
    this.frameDue = stop === this.grid.next;
    return this.frameDue;
  }

  /** Takes in what the book has recorded of the events completed so far. */
  private takeIn(): void {
    this.cells.apply(this.flows);
    this.countTrades();
  }

  private countTrades(): void {
    const { trades } = this;
    for (let i = this.tradesCounted; i < trades.closed; i++) {
      if (trades.side[i] === AGGRESSOR.BUY) this.buyVolume += trades.size[i];
      else if (trades.side[i] === AGGRESSOR.SELL) this.sellVolume += trades.size[i];
      this.tradeCount++;
    }
    this.tradesCounted = trades.closed;
    // Nobody will see trades from before the first frame's own stretch of time.
    if (this.grid.next - this.grid.step > this.book.now) this.dropTrades();
  }

  private dropTrades(): void {
    this.trades.consume();
    this.tradesCounted = 0;
    this.tradesRead = false;
  }

  /** The market at the next whole second, for the scale of the edge. */
  private sampleEdge(): void {
    const { sample, nextSecond } = this;
    this.nextSecond += NS_PER_SECOND;
    // A second in which nothing happened says nothing about how large things get.
    if (this.book.eventCount === this.sampledEvents) return;
    this.sampledEvents = this.book.eventCount;
    this.readAt(nextSecond, sample);
    if (sample.header.mid === null || !sample.header.bookValid) return;
    const { above, below } = edgeSums(
      sample.columns,
      sample.header,
      this.tickSize,
      this.bucketTicks,
    );
    this.median.add(Math.abs(above + below));
    this.edgeScale = this.median.median();
  }

  private readAt(ts: NsOfDay, out: FrameBuffer): void {
    this.lastRead = ts;
    const mid2 = this.book.lastMidHalfTicks;
    const spotTick = Number.isNaN(mid2) ? null : Math.floor((mid2 + 1) / 2);
    this.reader.read(this.cells, this.book, spotTick, ts, out);
    this.writeHeader(out.header, ts, spotTick);
  }

  private writeHeader(h: FrameHeader, ts: NsOfDay, spotTick: number | null): void {
    const { book, tickSize } = this;
    const { bestBidTick, bestAskTick } = book;
    const hasBid = bestBidTick !== NO_TICK;
    const hasAsk = bestAskTick !== NO_TICK;
    h.seq = ts / this.grid.step;
    h.ts = ts;
    h.eventId = book.eventCount;
    h.bestBid = hasBid ? bestBidTick * tickSize : null;
    h.bestAsk = hasAsk ? bestAskTick * tickSize : null;
    h.mid = hasBid && hasAsk ? ((bestBidTick + bestAskTick) * tickSize) / 2 : null;
    h.spot = spotTick === null ? null : spotTick * tickSize;
    h.spotTick = spotTick ?? 0;
    h.spotStale = h.mid === null;
    h.bookValid = book.valid;
    h.bookPartial = book.partial;
    h.crossed = book.crossed;
    h.locked = book.locked;
    h.buyVolume = this.buyVolume;
    h.sellVolume = this.sellVolume;
    h.tradeCount = this.tradeCount;
    h.records = this.records;
    h.edgeScale = this.edgeScale;
  }
}

/** Clock at which row `i` would be applied: never backwards, and never a time that is none. */
function clockOf(columns: MboColumns, i: number, now: NsOfDay): NsOfDay {
  const ts = columns.tsRecv[i];
  return ts > now && ts <= MAX_CLOCK_NS ? ts : now;
}
