/** Consolidated quotes written by hand, as columns. Prices in 1e-9 currency, times in ns. */
import { Cmbp1Columns, UNDEF_PRICE_F64 } from '../../src/dbn/index.ts';

export const LAST = 128;
export const SNAPSHOT = 32;
export const BAD_BOOK = 4;
export const MS = 1e6;
export const SECOND = 1e9;

/** Price, lots and venue of a side; null = empty. */
export type Quote = readonly [price: number, lots: number, venue?: number] | null;

export interface QuoteRow {
  ts: number;
  id: number;
  action: 'A' | 'C' | 'M' | 'R' | 'T' | 'N';
  side: 'A' | 'B' | 'N';
  /** Of the trade. */
  price: number | null;
  size: number;
  flags: number;
  bid: Quote;
  ask: Quote;
}

/** A change of the quote. */
export function quote(ts: number, bid: Quote, ask: Quote, more: Partial<QuoteRow> = {}): QuoteRow {
  const row = { ts, id: 1, action: 'A', side: 'N', price: null, size: 0, flags: LAST, bid, ask };
  return { ...row, ...more } as QuoteRow;
}

/** A trade while the quote is `bid` x `ask`. */
export function trade(
  ts: number,
  side: 'A' | 'B' | 'N',
  price: number,
  size: number,
  bid: Quote,
  ask: Quote,
  more: Partial<QuoteRow> = {},
): QuoteRow {
  return { ...quote(ts, bid, ask), action: 'T', side, price, size, ...more };
}

/** The rows as columns. */
export function quoteColumns(rows: readonly QuoteRow[], originNs = 0n): Cmbp1Columns {
  const c = new Cmbp1Columns(Math.max(1, rows.length), originNs);
  c.length = rows.length;
  for (const [i, row] of rows.entries()) {
    c.tsRecv[i] = row.ts;
    c.tsEvent[i] = row.ts;
    c.instrumentId[i] = row.id;
    c.action[i] = row.action.charCodeAt(0);
    c.side[i] = row.side.charCodeAt(0);
    c.price[i] = row.price ?? UNDEF_PRICE_F64;
    c.size[i] = row.size;
    c.flags[i] = row.flags;
    c.publisherId[i] = 30;
    c.bidPrice[i] = row.bid?.[0] ?? UNDEF_PRICE_F64;
    c.bidSize[i] = row.bid?.[1] ?? 0;
    c.bidPublisher[i] = row.bid?.[2] ?? 0;
    c.askPrice[i] = row.ask?.[0] ?? UNDEF_PRICE_F64;
    c.askSize[i] = row.ask?.[1] ?? 0;
    c.askPublisher[i] = row.ask?.[2] ?? 0;
  }
  return c;
}
