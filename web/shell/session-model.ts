import type { GapNotice } from '../../src/wire/index.ts';
import type { FrameHead, StreamConfig, StreamFrame } from '../stream/index.ts';
import {
  type FrameFacts,
  type FrameHistory,
  GapHistory,
  type PriceScale,
  placeOfPrice,
  rowOfPrice,
  type TimeScale,
} from '../surface/index.ts';
import { ExchangeClock, msOfNs } from './exchange-clock.ts';

/** How a frame continues the ones before it. */
export interface Continuity {
  /** Steps that are missing without the server having left them out for this viewer. */
  missing: number;
  /** Another session's first frame, or a jump that the user asked for. */
  jumped: boolean;
}

/** What a page knows of the market: everything received, in the shape that drawing needs. */
export abstract class SessionModel<
  C extends StreamConfig = StreamConfig,
  F extends StreamFrame = StreamFrame,
> {
  abstract readonly history: FrameHistory;
  readonly gaps = new GapHistory();
  config: C | null = null;
  clock = new ExchangeClock('UTC');
  price: PriceScale = { tickNano: 1e9, bucketTicks: 1, decimals: 2 };
  time: TimeScale = { originMs: 0, columnMs: 1000, baseSeconds: 60, offsetMs: () => 0 };
  /** Head of the newest frame. */
  header: F['header'] | null = null;
  /** Row of spot in the newest frame; NaN when unknown. */
  spotRow = Number.NaN;
  /**
   * Frames received, and frames lost because this page read too slowly, since the page was opened.
   */
  frames = 0;
  skipped = 0;
  private session = '';
  private jump: 'none' | 'seek' | 'restart' = 'none';

  /**
   * Takes a stream's description; another session forgets what was there. True when it was another.
   */
  takeConfig(config: C): boolean {
    const other = config.session !== this.session;
    this.config = config;
    if (!other) return false;
    this.session = config.session;
    this.clear();
    this.clock = new ExchangeClock(config.time_zone);
    const { clock } = this;
    this.price = {
      tickNano: Number(config.tick_size_int),
      bucketTicks: config.bucket_ticks,
      decimals: config.price_decimals,
    };
    this.time = {
      originMs: Date.parse(`${config.dt}T00:00:00Z`),
      ...this.stepOf(config),
      offsetMs: (ms) => clock.offsetMs(ms),
    };
    return true;
  }

  /**
   * The next frame may come from elsewhere because the user asked for it; a restart also clears the
   * picture.
   */
  expectJump(kind: 'seek' | 'restart'): void {
    this.jump = kind;
  }

  /** Adds a frame. */
  takeFrame(frame: F): Continuity {
    const { header } = frame;
    const continuity = this.place(header);
    this.header = header;
    this.spotRow = rowOfPrice(this.price, header.spot_ref_price_int);
    const facts = {
      seq: header.seq,
      spotRow: this.spotRow,
      bidRow: placeOfPrice(this.price, header.best_bid_price_int),
      askRow: placeOfPrice(this.price, header.best_ask_price_int),
      midRow: placeOfPrice(this.price, header.mid_price_int),
      bookValid: header.book_valid,
      skipped: header.skipped + header.thinned,
    };
    this.store(frame, facts);
    this.frames++;
    this.skipped += header.skipped;
    return continuity;
  }

  /** The server no longer holds the frames that were asked for. */
  takeGap(notice: GapNotice): void {
    this.gaps.add({ from: notice.from_seq, to: notice.to_seq, cause: notice.reason });
  }

  /** Instant of the newest frame, ms since epoch; NaN before it. */
  get nowMs(): number {
    return this.header ? msOfNs(this.nsOf(this.header)) : Number.NaN;
  }

  /** Forgets the picture; the stream's description stays. */
  clear(): void {
    this.history.clear();
    this.gaps.clear();
    this.header = null;
    this.spotRow = Number.NaN;
  }

  /** Event time of a column, and how much of it the picture spans at zoom 1. */
  protected abstract stepOf(config: C): Pick<TimeScale, 'columnMs' | 'baseSeconds'>;
  /** Instant of a frame, ns since epoch. */
  protected abstract nsOf(header: F['header']): string;
  /** Keeps a frame that has its place. */
  protected abstract store(frame: F, facts: FrameFacts): void;

  /** Forgets what lies at or after a time column. */
  protected truncateFrom(column: number): void {
    this.history.truncateFrom(column);
    this.gaps.truncateFrom(column);
  }

  private place(header: FrameHead): Continuity {
    const { history } = this;
    const leftOut = header.skipped + header.thinned;
    const expected = history.empty ? header.seq : history.newestColumn + 1 + leftOut;
    const continues = header.seq === expected && this.jump !== 'restart';
    const jumped = !continues && (this.jump !== 'none' || header.seq < expected);
    if (!continues && this.jump === 'restart') this.clear();
    else if (header.seq <= history.newestColumn) this.truncateFrom(header.seq);
    const missing = history.empty ? 0 : Math.max(0, header.seq - expected);
    if (missing > 0) {
      const cause = jumped ? 'not played: moved forward' : 'frames missing';
      this.gaps.add({ from: history.newestColumn + 1, to: header.seq - 1, cause });
    }
    if (header.gap) this.addGap(header.gap.from_ns, header.gap.to_ns, header.gap.cause);
    if (!continues) this.jump = 'none';
    return { missing: jumped ? 0 : missing, jumped };
  }

  private addGap(fromNs: string, toNs: string, cause: string): void {
    const { originMs, columnMs } = this.time;
    const from = Math.floor((msOfNs(fromNs) - originMs) / columnMs);
    const to = Math.ceil((msOfNs(toNs) - originMs) / columnMs) - 1;
    this.gaps.add({ from, to: Math.max(from, to), cause });
  }
}
