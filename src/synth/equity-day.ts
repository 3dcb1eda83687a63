import { parseDate } from './calendar.ts';
import { EQUITY_DATASET, EquityValue, equityProduct, equitySpec } from './equity-products.ts';
import { OrderDay, type OrderDayOptions } from './order-day.ts';
import type { PricePath } from './price-path.ts';
import { TradingSession } from './trading-session.ts';

/**
 * One market-by-order day file of a share, as XNAS.ITCH sends it: cleared at the window's start,
 * filled when the venue opens at 04:00 New York; its price follows `path`, that of the driver's
 * front contract on the same date.
 * @throws DataError PRODUCT_UNKNOWN, or USAGE for a date without trading.
 */
export function equityDay(ticker: string, path: PricePath, options: OrderDayOptions): OrderDay {
  const product = equityProduct(ticker);
  const session = new TradingSession(parseDate(options.dt), 'shares');
  const openNs = session.nextOpenNs(options.startNs ?? 0);
  const spec = equitySpec(product, new EquityValue(product, path, options).at(openNs));
  const value = new EquityValue(product, path, options);
  const anchor = (ns: number) => value.at(ns);
  return new OrderDay(EQUITY_DATASET, [spec], { ...options, anchor, signal: 0 });
}
