import type { Metadata } from './metadata.ts';
import type { DbnRecord } from './record-object.ts';
import { utcDateOf } from './utc-date.ts';

/**
 * `symbol` stands for an instrument from `start` (inclusive) to `end` (exclusive), dates YYYYMMDD.
 */
interface Span {
  start: number;
  end: number;
  instrumentId: number;
  symbol: string;
}

/** Later than any date. */
const NEVER = 99_999_999;
/** Times from here on mean that a mapping has no end: 2^63 ns is in the year 2262. */
const OPEN_TIME = 1n << 63n;

/**
 * Which symbol an instrument id stands for on a date, and the other way round: from a header's
 * mappings, of either direction, and from the mapping records of a live stream. Ids are unique
 * within a dataset and a day only.
 */
export class SymbolMap {
  private readonly byId = new Map<number, Span[]>();
  private readonly bySymbol = new Map<string, Span[]>();

  /** The map that a header holds; empty for requests of all symbols, whose headers have none. */
  static fromMetadata(metadata: Metadata): SymbolMap {
    const map = new SymbolMap();
    const inverse = metadata.stypeIn === 'instrument_id';
    for (const { rawSymbol, intervals } of metadata.mappings) {
      for (const { startDate, endDate, symbol } of intervals) {
        if (symbol === '') continue;
        const id = Number(inverse ? rawSymbol : symbol);
        const name = inverse ? symbol : rawSymbol;
        if (Number.isInteger(id)) map.add(id, name, startDate, endDate);
      }
    }
    return map;
  }

  /**
   * Adds a mapping; where mappings overlap, the one added last holds. Dates are YYYYMMDD, `end`
   * exclusive.
   */
  add(instrumentId: number, symbol: string, start = 0, end = NEVER): void {
    const span = { start, end, instrumentId, symbol };
    append(this.byId, instrumentId, span);
    append(this.bySymbol, symbol, span);
  }

  /** Takes a live stream's mapping record: the symbol that was resolved to, from its start on. */
  addRecord(record: DbnRecord): void {
    const out = String(record['stype_out_symbol']);
    const symbol = out === String(record.instrument_id) ? String(record['stype_in_symbol']) : out;
    const start = record['start_ts'] as bigint;
    const end = record['end_ts'] as bigint;
    const from = start >= OPEN_TIME ? 0 : utcDateOf(start);
    // An end within a day still covers that day.
    const to = end === 0n || end >= OPEN_TIME ? NEVER : utcDateOf(end - 1n) + 1;
    this.add(record.instrument_id, symbol, from, to);
  }

  /** The symbol of an instrument on a UTC date YYYYMMDD; null when there is none. */
  symbolOf(instrumentId: number, date: number): string | null {
    return lastOn(this.byId.get(instrumentId), date)?.symbol ?? null;
  }

  /** The symbol of an instrument at a moment, Unix ns: that of its UTC date. */
  symbolAt(instrumentId: number, ns: bigint): string | null {
    return this.symbolOf(instrumentId, utcDateOf(ns));
  }

  /**
   * The instruments that a symbol stands for on a UTC date, or on any when it is left out;
   * ascending.
   */
  instrumentsOf(symbol: string, date?: number): number[] {
    const spans = this.bySymbol.get(symbol) ?? [];
    const on = spans.filter((s) => date === undefined || (s.start <= date && date < s.end));
    return [...new Set(on.map((s) => s.instrumentId))].sort((a, b) => a - b);
  }

  /** All symbols that stand for an instrument on some date, sorted. */
  get symbols(): string[] {
    return [...this.bySymbol.keys()].sort();
  }

  /** All instruments with a symbol on some date, ascending. */
  get instrumentIds(): number[] {
    return [...this.byId.keys()].sort((a, b) => a - b);
  }
}

function append<K>(map: Map<K, Span[]>, key: K, span: Span): void {
  const spans = map.get(key);
  if (spans) spans.push(span);
  else map.set(key, [span]);
}

function lastOn(spans: Span[] | undefined, date: number): Span | null {
  for (let i = (spans?.length ?? 0) - 1; i >= 0; i--) {
    const span = spans![i]!;
    if (span.start <= date && date < span.end) return span;
  }
  return null;
}
