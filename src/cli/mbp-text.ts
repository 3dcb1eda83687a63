/**
 * Rows of market-by-price as CSV and JSON: the vendor's columns, integers (1e-9 and ns), undefined
 * values empty or null.
 */
import type { MbpRows } from '../book/index.ts';
import { UNDEF_ORDER_SIZE, UNDEF_PRICE_F64 } from '../dbn/index.ts';
import { unixNsToDate } from '../lake/index.ts';
import type { SymbolNames } from './symbol-names.ts';

/** Columns before the levels. */
const RECORD_COLUMNS =
  'ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,depth,price,size,flags,' +
  'ts_in_delta,sequence';
const LEVEL_COLUMNS = ['bid_px', 'ask_px', 'bid_sz', 'ask_sz', 'bid_ct', 'ask_ct'];
const RTYPE_MBP_1 = 1;
const RTYPE_MBP_10 = 10;
const NS_PER_DAY = 86_400e9;

/** Record type that rows of so many levels go by: MBP-1, else MBP-10. */
export function mbpRtype(levels: number): number {
  return levels === 1 ? RTYPE_MBP_1 : RTYPE_MBP_10;
}

/** Names of the columns of a table of so many levels. */
export function mbpColumnNames(levels: number): string[] {
  const names = RECORD_COLUMNS.split(',');
  for (let n = 0; n < levels; n++) {
    for (const name of LEVEL_COLUMNS) names.push(`${name}_${String(n).padStart(2, '0')}`);
  }
  return [...names, 'symbol'];
}

/** Names of instruments on the date of a row, looked up once a date. */
export class RowSymbols {
  private readonly names: SymbolNames;
  private readonly fallback: (id: number) => string;
  private readonly known = new Map<number, string>();
  private day = Number.NaN;

  /** @param fallback what an instrument without a mapping is called. */
  constructor(names: SymbolNames, fallback: (id: number) => string) {
    this.names = names;
    this.fallback = fallback;
  }

  /** @param ts ns since `originNs`. */
  of(instrumentId: number, ts: number, originNs: bigint): string {
    const day = Math.floor(ts / NS_PER_DAY);
    if (day !== this.day) {
      this.day = day;
      this.known.clear();
    }
    const known = this.known.get(instrumentId);
    if (known !== undefined) return known;
    const dt = unixNsToDate(originNs + BigInt(day) * BigInt(NS_PER_DAY));
    const name = this.names.symbolOf(instrumentId, dt) ?? this.fallback(instrumentId);
    this.known.set(instrumentId, name);
    return name;
  }
}

function letter(code: number): string {
  return code === 0 ? '' : String.fromCharCode(code);
}

function csvText(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Row `r` as a line of CSV, newline included. */
export function mbpCsvLine(rows: MbpRows, r: number, symbol: string): string {
  const { originNs, levels } = rows;
  const price = (p: number) => (p === UNDEF_PRICE_F64 ? '' : String(p));
  let line =
    `${originNs + BigInt(rows.tsRecv[r]!)},${originNs + BigInt(rows.tsEvent[r]!)},` +
    `${mbpRtype(levels)},${rows.publisherId[r]},${rows.instrumentId[r]},` +
    `${letter(rows.action[r]!)},${letter(rows.side[r]!)},${rows.depth[r]},` +
    `${price(rows.price[r]!)},${size(rows.size[r]!)},${rows.flags[r]},` +
    `${rows.tsInDelta[r]},${rows.sequence[r]}`;
  for (let at = r * levels, end = at + levels; at < end; at++) {
    line +=
      `,${price(rows.bidPrice[at]!)},${price(rows.askPrice[at]!)},${rows.bidSize[at]},` +
      `${rows.askSize[at]},${rows.bidCount[at]},${rows.askCount[at]}`;
  }
  return `${line},${csvText(symbol)}\n`;
}

function size(lots: number): string {
  return lots === UNDEF_ORDER_SIZE ? '' : String(lots);
}

/** Row `r` as a line of JSON in the shape of the vendor's MBP records, newline included. */
export function mbpJsonLine(rows: MbpRows, r: number, symbol: string): string {
  const { originNs, levels } = rows;
  const price = (p: number) => (p === UNDEF_PRICE_F64 ? null : String(p));
  const each: object[] = [];
  for (let at = r * levels, end = at + levels; at < end; at++) {
    each.push({
      bid_px: price(rows.bidPrice[at]!),
      ask_px: price(rows.askPrice[at]!),
      bid_sz: rows.bidSize[at],
      ask_sz: rows.askSize[at],
      bid_ct: rows.bidCount[at],
      ask_ct: rows.askCount[at],
    });
  }
  const line = {
    ts_recv: String(originNs + BigInt(rows.tsRecv[r]!)),
    hd: {
      ts_event: String(originNs + BigInt(rows.tsEvent[r]!)),
      rtype: mbpRtype(levels),
      publisher_id: rows.publisherId[r],
      instrument_id: rows.instrumentId[r],
    },
    action: letter(rows.action[r]!),
    side: letter(rows.side[r]!),
    depth: rows.depth[r],
    price: price(rows.price[r]!),
    size: rows.size[r] === UNDEF_ORDER_SIZE ? null : rows.size[r],
    flags: rows.flags[r],
    ts_in_delta: rows.tsInDelta[r],
    sequence: rows.sequence[r],
    levels: each,
    symbol,
  };
  return `${JSON.stringify(line)}\n`;
}
