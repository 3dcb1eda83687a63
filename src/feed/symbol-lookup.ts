/**
 * From an instrument id to the symbol it had on a date, by a header's mappings.
 */
import type { Metadata, SymbolMapping } from '../dbn/index.ts';

function dateNumber(dt: string): number {
  return Number(dt.replaceAll('-', ''));
}

/** The names of instrument ids on one date. */
export function symbolsById(metadata: Metadata, dt: string): Map<number, string> {
  const day = dateNumber(dt);
  const idsAreTargets = metadata.stypeIn !== 'instrument_id';
  const names = new Map<number, string>();
  for (const mapping of metadata.mappings) addMapping(mapping, day, idsAreTargets, names);
  return names;
}

function addMapping(
  { rawSymbol, intervals }: SymbolMapping,
  day: number,
  idsAreTargets: boolean,
  names: Map<number, string>,
): void {
  for (const { startDate, endDate, symbol } of intervals) {
    if (day < startDate || day >= endDate) continue;
    const [id, name] = idsAreTargets ? [symbol, rawSymbol] : [rawSymbol, symbol];
    if (/^\d{1,10}$/.test(id) && name) names.set(Number(id), name);
  }
}
