import type { FrameArrays, GridUpdate, RuntimeConfig, WireTrade } from '../../src/wire/index.ts';
import { msOfNs, SessionModel } from '../shell/index.ts';
import {
  BUYER,
  type FrameFacts,
  FrameHistory,
  placeOfPrice,
  SELLER,
  TradeHistory,
  UNKNOWN_AGGRESSOR,
} from '../surface/index.ts';
import { HISTORY_LAYOUT } from './fields.ts';
import { FlowSeries } from './flow-series.ts';
import type { PressureFrame } from './frame-codec.ts';

const SIDES = { B: BUYER, A: SELLER, N: UNKNOWN_AGGRESSOR } as const;
/** Event time across the surface at zoom 1, s. */
const BASE_SECONDS = 60;

/** What the page knows: the grid's frames, trades and the small lines. */
export class PressureModel extends SessionModel<RuntimeConfig, PressureFrame> {
  readonly history = new FrameHistory(HISTORY_LAYOUT);
  readonly trades = new TradeHistory();
  readonly series = new FlowSeries();
  /** Columns of the newest frame. */
  arrays: FrameArrays | null = null;

  /** Forgets the picture; the stream's description stays. */
  override clear(): void {
    super.clear();
    this.trades.clear();
    this.series.clear();
    this.arrays = null;
  }

  protected stepOf(config: RuntimeConfig) {
    return { columnMs: config.throttle_ms, baseSeconds: BASE_SECONDS };
  }

  protected nsOf(header: GridUpdate): string {
    return header.ts_ns;
  }

  protected store({ header, arrays }: PressureFrame, facts: FrameFacts): void {
    this.arrays = arrays;
    this.history.append(facts, arrays);
    for (const trade of header.trades) this.takeTrade(trade);
    this.series.take(header, arrays, this.time.columnMs);
  }

  protected override truncateFrom(column: number): void {
    super.truncateFrom(column);
    this.trades.truncateFrom(column);
    this.series.truncateFrom(column);
  }

  private takeTrade(trade: WireTrade): void {
    const { originMs, columnMs } = this.time;
    const column = (msOfNs(trade.ts_ns) - originMs) / columnMs;
    const place = placeOfPrice(this.price, trade.price_int);
    this.trades.append(column, place, trade.size, SIDES[trade.side]);
  }
}
