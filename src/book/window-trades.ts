/** Trades of one window: volumes by aggressor and their mean price. */
import type { Lots, PriceNano } from '../core/index.ts';
import { AGGRESSOR, type TradeLog } from './trade-log.ts';

/** Sums since `reset`, and the last trade of all. */
export class WindowTrades {
  buyVolume: Lots = 0;
  sellVolume: Lots = 0;
  /** Trades, those without an aggressor included. */
  count = 0;
  /** Price of the last trade, 1e-9 currency; NaN before the first. */
  last: PriceNano = Number.NaN;
  /** Price that `moment` counts from, so that sums stay whole numbers. */
  private base: PriceNano = 0;
  private moment = 0;

  /** Adds the closed trades of a log. */
  take(log: TradeLog): void {
    const { price, size, side, closed } = log;
    for (let i = 0; i < closed; i++) {
      const aggressor = side[i];
      this.count++;
      if (aggressor === AGGRESSOR.NONE) continue;
      if (this.buyVolume + this.sellVolume === 0) this.base = price[i];
      if (aggressor === AGGRESSOR.BUY) this.buyVolume += size[i];
      else this.sellVolume += size[i];
      this.moment += (price[i] - this.base) * size[i];
    }
    if (closed > 0) this.last = price[closed - 1];
  }

  /** Mean price of the trades with an aggressor, by volume, currency; NaN when there was none. */
  vwap(): number {
    return (this.base + this.moment / (this.buyVolume + this.sellVolume)) / 1e9;
  }

  /** Starts the next window. */
  reset(): void {
    this.buyVolume = 0;
    this.sellVolume = 0;
    this.count = 0;
    this.moment = 0;
  }
}
