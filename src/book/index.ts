export { EVENT_OPEN_LIMIT_NS, MAX_CLOCK_NS } from './apply-rows.ts';
export type { BookCounters, CounterName } from './counters.ts';
export { COUNTER_NAMES } from './counters.ts';
export { FLOW, FlowLog } from './flow-log.ts';
export { MAX_TICK, MAX_WINDOW_TICKS } from './level-ladder.ts';
export type { OrderBookOptions } from './order-book.ts';
export { NO_TICK, OrderBook } from './order-book.ts';
export { MAX_ORDERS } from './order-store.ts';
export { AGGRESSOR, TradeLog } from './trade-log.ts';
