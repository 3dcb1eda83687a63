import type { DbnRecord } from '../../dbn/index.ts';

/**
 * The symbol that a mapping record gives its instrument: what was resolved to, or, where that is
 * only the id again, what was asked for. Source: Databento docs, Live API.
 */
export function mappedSymbol(record: DbnRecord): string {
  const out = String(record['stype_out_symbol']);
  return /^\d+$/.test(out) ? String(record['stype_in_symbol']) : out;
}
