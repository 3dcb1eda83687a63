/**
 * Which instrument of a day file a symbol means.
 */
import { DataError } from '../core/index.ts';
import { type Metadata, SymbolMap } from '../dbn/index.ts';
import type { InstrumentActivity } from './day-index.ts';

/** Symbols named in a SYMBOL_NOT_FOUND message. */
const MAX_SYMBOLS_NAMED = 20;

/** A chosen instrument and the symbol that the data give it. */
export interface SelectedInstrument {
  symbol: string;
  instrument: InstrumentActivity;
}

/** What selection looks at. */
export interface SelectionSource {
  metadata: Metadata;
  /** Instruments of the file, most records first. */
  instruments: readonly InstrumentActivity[];
}

/** A contract of `root`: month letter and year digits follow it. */
function isContractOf(symbol: string, root: string): boolean {
  return symbol.startsWith(root) && /^[FGHJKMNQUVXZ]\d{1,2}$/.test(symbol.slice(root.length));
}

function symbolsIn(source: SelectionSource, dt: string): Map<string, InstrumentActivity> {
  const found = new Map<string, InstrumentActivity>();
  const names = SymbolMap.fromMetadata(source.metadata);
  const date = Number(dt.replaceAll('-', ''));
  for (const instrument of source.instruments) {
    const symbol = names.symbolOf(instrument.instrumentId, date) ?? instrument.symbol ?? null;
    if (symbol !== null && !found.has(symbol)) found.set(symbol, instrument);
  }
  const only = source.instruments[0];
  const named = source.metadata.symbols[0];
  if (found.size === 0 && source.instruments.length === 1 && only && named) found.set(named, only);
  return found;
}

/**
 * Finds the instrument of a contract or ticker, or of a root (`ES`): the contract of it with the
 * most records.
 * A file without mappings that holds one instrument and names one symbol is that symbol's.
 * @throws DataError SYMBOL_NOT_FOUND naming the symbols there are, most active first.
 */
export function selectInstrument(
  source: SelectionSource,
  symbol: string,
  dt: string,
): SelectedInstrument {
  const found = symbolsIn(source, dt);
  const exact = found.get(symbol);
  if (exact) return { symbol, instrument: exact };
  for (const [name, instrument] of found) {
    if (isContractOf(name, symbol)) return { symbol: name, instrument };
  }
  const names = [...found.keys()];
  const more =
    names.length > MAX_SYMBOLS_NAMED ? ` and ${names.length - MAX_SYMBOLS_NAMED} more` : '';
  const listed = names.slice(0, MAX_SYMBOLS_NAMED).join(' ');
  throw new DataError('SYMBOL_NOT_FOUND', `no records of ${symbol.slice(0, 40)} on ${dt}`, {
    found: listed ? listed + more : 'no symbol at all',
  });
}
