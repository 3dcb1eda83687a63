import {
  type DbnRecord,
  decodeRecord,
  type Metadata,
  type RecordRun,
  SymbolMap,
} from '../../dbn/index.ts';
import type { Definitions } from '../../feed/index.ts';

/** What instrument ids stand for on a date: by headers, by mapping records, by definitions. */
export class InstrumentNames {
  private readonly date: number;
  private readonly maps: readonly SymbolMap[];
  private readonly live = new SymbolMap();
  readonly definitions: Definitions | null;

  /** @param dt YYYY-MM-DD. */
  constructor(dt: string, metadata: readonly Metadata[], definitions: Definitions | null) {
    this.date = Number(dt.replaceAll('-', ''));
    this.maps = metadata.map((m) => SymbolMap.fromMetadata(m));
    this.definitions = definitions;
  }

  /** Nothing names any instrument. */
  get empty(): boolean {
    if (this.definitions && this.definitions.size > 0) return false;
    return [...this.maps, this.live].every((m) => m.instrumentIds.length === 0);
  }

  /** The symbol of an instrument; null when nothing names it. @throws DataError DEFINITIONS */
  symbolOf(instrumentId: number): string | null {
    const defined = this.definitions?.get(instrumentId);
    if (defined) return defined.symbol;
    for (const map of [...this.maps, this.live]) {
      const symbol = map.symbolOf(instrumentId, this.date);
      if (symbol !== null) return symbol;
    }
    return null;
  }

  /** Symbols that are known, of any day, sorted. */
  symbols(): string[] {
    return [...new Set(this.maps.flatMap((m) => m.symbols))].sort();
  }

  /** Takes the mapping records of a stream. */
  addMappings(run: RecordRun): void {
    for (let i = 0; i < run.count; i++) {
      const record: DbnRecord = decodeRecord(run, i);
      this.live.addRecord(record);
    }
  }
}
