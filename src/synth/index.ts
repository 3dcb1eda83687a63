export { FIRST_TRADING_DAY, tradingDays } from './calendar.ts';
export { dayFileName } from './day-file-name.ts';
export { synthesizeDefinitions } from './definition-file.ts';
export { equityDay } from './equity-day.ts';
export { EQUITY_DATASET } from './equity-products.ts';
export { FutureOptionDay } from './future-option-day.ts';
export {
  FuturesDay,
  futuresFileName,
  synthesizeFuturesDay,
  synthesizePath,
} from './futures-day.ts';
export {
  FuturesMarket,
  type FuturesMarketOptions,
  MIN_FILL_CAPACITY,
} from './futures-market.ts';
export {
  type Contract,
  FUTURES_DATASET,
  FUTURES_PRODUCTS,
  type FuturesProduct,
  type FuturesSpec,
  frontSymbol,
  futuresProduct,
  futuresSpecs,
  listedContracts,
} from './futures-products.ts';
export {
  synthesizeShareDefinitions,
  synthesizeShareOptionDefinitions,
} from './option-definitions.ts';
export { listedFutureOptions, listedShareOptions, OPRA_DATASET } from './option-listings.ts';
export { synthesizeOptionStatistics } from './option-statistics.ts';
export { OrderDay, type OrderDayOptions } from './order-day.ts';
export { PathCursor, PricePath } from './price-path.ts';
export type { SessionTrades } from './session-trades.ts';
export { ShareOptionDay } from './share-option-day.ts';
export { synthesizeStatistics } from './statistics-file.ts';
export type { TruthColumns } from './truth-log.ts';
