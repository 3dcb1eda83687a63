export { FIRST_TRADING_DAY, tradingDays } from './calendar.ts';
export {
  FUTURES_DATASET,
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
  FUTURES_PRODUCTS,
  type FuturesProduct,
  type FuturesSpec,
  frontSymbol,
  futuresProduct,
  futuresSpecs,
  listedContracts,
} from './futures-products.ts';
export type { TruthColumns } from './truth-log.ts';
