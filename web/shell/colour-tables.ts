import { type ColourMapName, lookupTable, type SurfaceField } from '../surface/index.ts';
import type { ThemeName } from './themes.ts';

const tables = new Map<string, Uint8Array>();

/** A map's lookup table, made once. */
function tableOf(map: string): Uint8Array {
  let table = tables.get(map);
  if (!table) {
    table = lookupTable(map as ColourMapName);
    tables.set(map, table);
  }
  return table;
}

/**
 * The lookup table for a field: its sequential map, or the diverging one, which the theme chooses
 * when it is not given.
 */
export function tableFor(
  field: SurfaceField,
  theme: ThemeName,
  sequential: string,
  diverging: string,
): Uint8Array {
  if (!field.signed) return tableOf(sequential);
  const byTheme = theme === 'light' ? 'blue-white-orange' : 'blue-black-orange';
  return tableOf(diverging || byTheme);
}
