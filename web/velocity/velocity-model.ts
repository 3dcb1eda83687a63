import type { BatchStart, VelocityConfig } from '../../src/wire/index.ts';
import { SessionModel } from '../shell/index.ts';
import { type FrameFacts, FrameHistory, rowOfPrice } from '../surface/index.ts';
import { DenseColumns } from './dense-columns.ts';
import { layoutFor } from './fields.ts';
import { type ForecastReading, readForecast } from './forecast-reading.ts';
import { StrikeHistory } from './strike-history.ts';
import type { SurfaceRows, VelocityWindow } from './window-codec.ts';

/** Event time between windows, ms. */
const WINDOW_MS = 1000;
/** Event time across the surface at zoom 1, s. */
export const BASE_SECONDS = 180;
/** Rows before a stream has said how many there are. */
const USUAL_ROWS = 401;

/** What the page knows: the surfaces of the windows, and what was said about what follows. */
export class VelocityModel extends SessionModel<VelocityConfig, VelocityWindow> {
  history = new FrameHistory(layoutFor(USUAL_ROWS));
  strikes = new StrikeHistory(this.history.layout.frames);
  /** The newest window's forecast; null before the first and after a clear. */
  forecast: ForecastReading | null = null;
  /** Rows of the newest options' surface; null when there is none. */
  options: SurfaceRows<'options'> | null = null;
  private dense = new DenseColumns(USUAL_ROWS, 1);
  /** Per slot of history. */
  private forecasts: (ForecastReading | null)[] = [];

  /** Takes a stream's description; another grid needs another memory. */
  override takeConfig(config: VelocityConfig): boolean {
    const rows = 2 * Math.floor(config.grid_max_ticks / config.bucket_ticks) + 1;
    if (rows !== this.history.layout.rows) {
      const { epoch } = this.history;
      this.history = new FrameHistory(layoutFor(rows));
      this.history.epoch = epoch + 1;
      this.strikes = new StrikeHistory(this.history.layout.frames);
    }
    this.dense = new DenseColumns(rows, config.bucket_ticks);
    return super.takeConfig(config);
  }

  /** Forgets the picture; the stream's description stays. */
  override clear(): void {
    super.clear();
    this.strikes.clear();
    this.forecasts = [];
    this.forecast = null;
    this.options = null;
  }

  /** Place on the vertical axis of the middle at a time column; NaN when it is not known. */
  midAt(column: number): number {
    const frame = this.history.frameAt(column);
    return frame < 0 ? Number.NaN : this.history.midRows[this.history.slotOf(frame)]!;
  }

  /** What was said at the window shown at a time column; null when nothing was. */
  forecastAt(column: number): ForecastReading | null {
    const frame = this.history.frameAt(column);
    return frame < 0 ? null : (this.forecasts[this.history.slotOf(frame)] ?? null);
  }

  protected stepOf() {
    return { columnMs: WINDOW_MS, baseSeconds: BASE_SECONDS };
  }

  protected nsOf(header: BatchStart): string {
    return header.window_end_ts_ns;
  }

  protected store(window: VelocityWindow, facts: FrameFacts): void {
    const { history, price, spotRow } = this;
    const { best_bid_price_int: bid, best_ask_price_int: ask } = window.header;
    const first = spotRow - history.layout.spotIndex;
    const touch = { bid: rowOfPrice(price, bid) - first, ask: rowOfPrice(price, ask) - first };
    this.dense.fill(window.velocity, touch);
    history.append(facts, this.dense.values);
    const slot = history.slotOf(history.frameCount - 1);
    this.storeOptions(slot, window);
    this.forecast = readForecast(window);
    this.forecasts[slot] = this.forecast;
  }

  private storeOptions(slot: number, { header, options }: VelocityWindow): void {
    const { config, price } = this;
    const spot = header.spot_ref_price_int;
    const spotTick = spot === null ? Number.NaN : Math.round(Number(spot) / price.tickNano);
    this.options = config?.options.available ? options : null;
    this.strikes.store(slot, this.options, spotTick, config?.grid_max_ticks ?? 0);
  }
}
