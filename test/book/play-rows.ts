/** Plays hand-written rows into a book, for tests of single rules. */
import { FlowLog, OrderBook, TradeLog } from '../../src/book/index.ts';
import { sumFlows } from './compare-books.ts';
import { LAST, type Row, row, toColumns } from './records.ts';

/** Plays rows into a new book with logs, and checks what must hold. */
export function play(rows: Row[], tickSize = 1) {
  const flows = new FlowLog();
  const trades = new TradeLog();
  const book = new OrderBook({ tickSize, flows, trades });
  book.applyBatch(toColumns(rows), 0, rows.length);
  book.assertInvariants();
  return { book, flows, trades, n: book.counters };
}

/** `event kind side tick qty` of every flow. */
export const flowsOf = (log: FlowLog) =>
  [...sumFlows(log)].map(([key, qty]) => {
    const [event, , kind, side, tick] = key.split(' ');
    return `${event} ${kind} ${side} ${tick} ${qty}`;
  });

/** An add; `C` a cancel, `M` a modify. */
export const A = (side: string, id: number, price: number, size: number, flags = LAST) =>
  row('A', side, id, price, size, flags);
export const C = (side: string, id: number, price: number, size: number, flags = LAST) =>
  row('C', side, id, price, size, flags);
export const M = (side: string, id: number, price: number, size: number, flags = LAST) =>
  row('M', side, id, price, size, flags);
