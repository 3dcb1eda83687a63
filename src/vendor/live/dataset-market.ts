/**
 * The market of one dataset as all sessions see it: its records, its symbols, its clock, its books.
 */
import type { RecordRun, Schema } from '../../dbn/index.ts';
import type { DataFolder } from '../data-folder.ts';
import type { DataFile } from '../data-folder-index.ts';
import type { SymbolDirectory } from '../data-folder-symbols.ts';
import { type GatewayClock, MarketClock } from './gateway-clock.ts';
import { MarketLane } from './market-lane.ts';
import { RestingOrders } from './resting-orders.ts';

/** Between the last record and the first of the next lap. */
const LAP_PAUSE_NS = 1_000_000_000n;
/** Parts applied to the books before other work is let in. */
const PARTS_PER_BREATH = 16;

/** Schemas that move with trading. */
const TRADING = /^(mbo|mbp-10?|trades|c?bbo-1[sm]|t?c?bbo|cmbp-1|ohlcv-1s|ohlcv-1m)$/;

/** How a market is played. */
export interface MarketOptions {
  speed: number;
  /** Where the market stands before anyone comes, Unix ns; null: where its data begins. */
  fromNs: bigint | null;
  loop: boolean;
  /** One clock for all sessions; else each has its own, from the start. */
  shared: boolean;
  /** Move times so that the start of the market is the wall's time of its opening. */
  shifted: boolean;
  clock: GatewayClock;
}

/** Records before some moment, held for the next question: books only ever go forward. */
interface BooksAt {
  lane: MarketLane;
  orders: RestingOrders;
  atNs: bigint;
}

/** See the file comment. */
export class DatasetMarket {
  readonly dataset: string;
  readonly symbols: SymbolDirectory;
  /** Time of the first record, Unix ns. */
  readonly firstNs: bigint;
  private readonly lapNs: bigint | null;
  private readonly all: readonly DataFile[];
  private readonly options: MarketOptions;
  private readonly clock: MarketClock;
  private shift: bigint | null = null;
  private books: BooksAt | null = null;
  private booksBusy: Promise<unknown> = Promise.resolve();

  constructor(folder: DataFolder, dataset: string, options: MarketOptions) {
    this.dataset = dataset;
    this.options = options;
    this.symbols = folder.symbols(dataset);
    this.all = folder.files(dataset);
    const span = spanOf(this.all);
    this.firstNs = span?.firstNs ?? 0n;
    this.lapNs = options.loop && span ? span.lastNs - span.firstNs + LAP_PAUSE_NS : null;
    this.clock = this.makeClock();
  }

  /** The clock that a session goes by; it runs from now on. */
  openClock(): MarketClock {
    const clock = this.options.shared ? this.clock : this.makeClock();
    clock.open();
    this.shift ??= this.options.shifted ? this.options.clock.unixNs() - clock.nowNs : 0n;
    return clock;
  }

  /** Where the market is, Unix ns of the recording; its start where sessions have own clocks. */
  get nowNs(): bigint {
    return this.clock.nowNs;
  }

  /** What is added to every time on its way out, ns. */
  get shiftNs(): bigint {
    return this.shift ?? 0n;
  }

  /** The records of a schema from a moment on. Close it. */
  lane(schema: Schema, fromNs: bigint): MarketLane {
    const files = this.all.filter((f) => f.schema === schema);
    return new MarketLane({ schema, files, lapNs: this.lapNs, firstNs: this.firstNs }, fromNs);
  }

  /** Every instrument with a record of the schema. */
  instruments(schema: Schema): Set<number> {
    const files = this.all.filter((f) => f.schema === schema);
    return new Set(files.flatMap((f) => [...f.instruments]));
  }

  /**
   * Snapshots of the books as they were just before `ns`: of the instruments given, or of all.
   * Books that go forward with a clock are kept; going back costs a new start.
   */
  async snapshots(instruments: ReadonlySet<number> | null, ns: bigint): Promise<Uint8Array[]> {
    const turn = this.booksBusy.then(async () => {
      const { orders, lane } = await this.booksAt(ns);
      const ids = instruments ? [...instruments] : orders.instruments();
      return [...new Set(ids)].flatMap((id) => {
        const known = orders.publishersOf(id);
        const publishers = known.length > 0 ? known : [lane.headPublisher ?? 0];
        return publishers.map((publisher) => orders.snapshot(publisher, id, ns));
      });
    });
    this.booksBusy = turn.catch(() => undefined);
    return turn;
  }

  /** Gives files back. */
  close(): void {
    this.books?.lane.close();
    this.books = null;
  }

  private makeClock(): MarketClock {
    const { fromNs, speed, clock } = this.options;
    return new MarketClock(fromNs ?? this.usualStart(), speed, clock);
  }

  /** The first record; where time passes, that of trading: not a definition hours before. */
  private usualStart(): bigint {
    if (this.options.speed === 0) return this.firstNs;
    return spanOf(this.all.filter((f) => TRADING.test(f.schema)))?.firstNs ?? this.firstNs;
  }

  private async booksAt(ns: bigint): Promise<BooksAt> {
    if (this.books && this.books.atNs > ns) this.close();
    this.books ??= { lane: this.lane('mbo', 0n), orders: new RestingOrders(), atNs: 0n };
    const { books } = this;
    let parts = 0;
    for (;;) {
      const part = books.lane.take(ns);
      if (!part) break;
      if (books.lane.tookLap()) books.orders.clear();
      books.orders.apply(part.run as RecordRun, part.from, part.to);
      if (++parts % PARTS_PER_BREATH === 0) await new Promise((done) => setImmediate(done));
    }
    books.atNs = ns;
    return books;
  }
}

/** From the first record of the files to the last; null when there is none. */
function spanOf(files: readonly DataFile[]): { firstNs: bigint; lastNs: bigint } | null {
  let span: { firstNs: bigint; lastNs: bigint } | null = null;
  for (const { records, firstNs, lastNs } of files) {
    if (records === 0) continue;
    span ??= { firstNs, lastNs };
    if (firstNs < span.firstNs) span.firstNs = firstNs;
    if (lastNs > span.lastNs) span.lastNs = lastNs;
  }
  return span;
}
