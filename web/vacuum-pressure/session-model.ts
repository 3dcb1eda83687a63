import type {
  FrameArrays,
  GapNotice,
  GridUpdate,
  RuntimeConfig,
  SessionActivity,
  WireTrade,
} from '../../src/wire/index.ts';
import { ExchangeClock, msOfNs } from '../shell/index.ts';
import {
  BUYER,
  FrameHistory,
  GapHistory,
  type PriceScale,
  placeOfPrice,
  rowOfPrice,
  SELLER,
  type TimeScale,
  TradeHistory,
  UNKNOWN_AGGRESSOR,
} from '../surface/index.ts';
import { FlowSeries } from './flow-series.ts';

const SIDES = { B: BUYER, A: SELLER, N: UNKNOWN_AGGRESSOR } as const;

/** How a frame continues the ones before it. */
export interface Continuity {
  /** Steps that are missing without the server having left them out for this viewer. */
  missing: number;
  /** Another session's first frame, or a jump that the user asked for. */
  jumped: boolean;
}

/** What the page knows of the market: everything received, in the shape that drawing needs. */
export class SessionModel {
  readonly history = new FrameHistory();
  readonly trades = new TradeHistory();
  readonly gaps = new GapHistory();
  readonly series = new FlowSeries();
  config: RuntimeConfig | null = null;
  activity: SessionActivity | null = null;
  clock = new ExchangeClock('UTC');
  price: PriceScale = { tickNano: 1e9, bucketTicks: 1, decimals: 2 };
  time: TimeScale = { originMs: 0, columnMs: 25, offsetMs: () => 0 };
  /** Newest frame. */
  header: GridUpdate | null = null;
  arrays: FrameArrays | null = null;
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
  takeConfig(config: RuntimeConfig): boolean {
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
      columnMs: config.throttle_ms,
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
  takeFrame(header: GridUpdate, arrays: FrameArrays): Continuity {
    const continuity = this.place(header);
    this.header = header;
    this.arrays = arrays;
    this.spotRow = rowOfPrice(this.price, header.spot_ref_price_int);
    this.history.append(
      {
        seq: header.seq,
        spotRow: this.spotRow,
        bidRow: placeOfPrice(this.price, header.best_bid_price_int),
        askRow: placeOfPrice(this.price, header.best_ask_price_int),
        midRow: placeOfPrice(this.price, header.mid_price_int),
        bookValid: header.book_valid,
        skipped: header.skipped + header.thinned,
      },
      arrays,
    );
    for (const trade of header.trades) this.takeTrade(trade);
    this.series.take(header, arrays, this.time.columnMs);
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
    return this.header ? msOfNs(this.header.ts_ns) : Number.NaN;
  }

  /** Forgets the picture; the stream's description stays. */
  clear(): void {
    this.history.clear();
    this.trades.clear();
    this.gaps.clear();
    this.series.clear();
    this.header = null;
    this.arrays = null;
    this.spotRow = Number.NaN;
  }

  private place(header: GridUpdate): Continuity {
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

  private truncateFrom(column: number): void {
    this.history.truncateFrom(column);
    this.trades.truncateFrom(column);
    this.gaps.truncateFrom(column);
    this.series.truncateFrom(column);
  }

  private addGap(fromNs: string, toNs: string, cause: string): void {
    const { originMs, columnMs } = this.time;
    const from = Math.floor((msOfNs(fromNs) - originMs) / columnMs);
    const to = Math.ceil((msOfNs(toNs) - originMs) / columnMs) - 1;
    this.gaps.add({ from, to: Math.max(from, to), cause });
  }

  private takeTrade(trade: WireTrade): void {
    const { originMs, columnMs } = this.time;
    const column = (msOfNs(trade.ts_ns) - originMs) / columnMs;
    const place = placeOfPrice(this.price, trade.price_int);
    this.trades.append(column, place, trade.size, SIDES[trade.side]);
  }
}
