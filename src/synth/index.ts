export { FIRST_TRADING_DAY, tradingDays } from './calendar.ts';
export { synthesizeDefinitions } from './definition-file.ts';
export {
  FuturesDay,
  type FuturesDayOptions,
  futuresFileName,
  synthesizeFuturesDay,
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
export type { SessionTrades } from './session-trades.ts';
export { synthesizeStatistics } from './statistics-file.ts';
export type { TruthColumns } from './truth-log.ts';
