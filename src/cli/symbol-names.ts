import { decodeRecord, type Metadata, type RecordRun, SymbolMap } from '../dbn/index.ts';

/** Later than any date, as a number YYYYMMDD. */
const ANY_DATE = 99_999_999;

interface NamedInterval {
  symbol: string;
  instrumentId: number;
  /** UTC dates as numbers YYYYMMDD: from inclusive, to exclusive. */
  from: number;
  to: number;
}

function dateNumber(dt: string): number {
  return Number(dt.replaceAll('-', ''));
}

/**
 * Which symbol an instrument id has on a UTC date, and the other way round, by a header's mappings.
 */
export class SymbolNames {
  private readonly byId = new Map<number, NamedInterval[]>();
  private readonly bySymbol = new Map<string, NamedInterval[]>();

  /** @param metadata null for a stream without a header: nothing has a name. */
  constructor(metadata: Metadata | null) {
    const idsFirst = metadata?.stypeIn === 'instrument_id';
    for (const { rawSymbol, intervals } of metadata?.mappings ?? []) {
      for (const { startDate, endDate, symbol } of intervals) {
        const [id, name] = idsFirst ? [rawSymbol, symbol] : [symbol, rawSymbol];
        if (!/^\d{1,10}$/.test(id) || name === '') continue;
        this.add({ symbol: name, instrumentId: Number(id), from: startDate, to: endDate });
      }
    }
  }

  /**
   * Takes the mapping records of a live session, whose header came before them; the last one of an
   * instrument holds.
   */
  addMappings(run: RecordRun): void {
    const map = new SymbolMap();
    for (let i = 0; i < run.count; i++) map.addRecord(decodeRecord(run, i));
    for (const symbol of map.symbols) {
      for (const instrumentId of map.instrumentsOf(symbol)) {
        this.add({ symbol, instrumentId, from: 0, to: ANY_DATE });
      }
    }
  }

  /** All symbols, in the header's order. */
  symbols(): string[] {
    return [...this.bySymbol.keys()];
  }

  /** The symbol of an instrument on a date, YYYY-MM-DD; null when the header does not say. */
  symbolOf(instrumentId: number, dt: string): string | null {
    const day = dateNumber(dt);
    const there = this.byId.get(instrumentId);
    return there?.find((i) => i.from <= day && day < i.to)?.symbol ?? null;
  }

  /** The instruments that a symbol stood for on a date, YYYY-MM-DD. */
  instrumentsOf(symbol: string, dt: string): number[] {
    const day = dateNumber(dt);
    const there = this.bySymbol.get(symbol) ?? [];
    const ids = there.filter((i) => i.from <= day && day < i.to).map((i) => i.instrumentId);
    return [...new Set(ids)];
  }

  private add(interval: NamedInterval): void {
    const { instrumentId, symbol } = interval;
    const ofId = this.byId.get(instrumentId);
    const ofSymbol = this.bySymbol.get(symbol);
    if (ofId) ofId.unshift(interval);
    else this.byId.set(instrumentId, [interval]);
    if (ofSymbol) ofSymbol.push(interval);
    else this.bySymbol.set(symbol, [interval]);
  }
}
