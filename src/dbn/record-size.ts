import { layoutOf } from './layout-of.ts';
import type { DbnVersion } from './version.ts';

/** Bytes of the header that starts every record. */
export const HEADER_BYTES = 16;
/** Bytes of the `ts_out` trailer. */
export const TS_OUT_BYTES = 8;
/** Bytes of the longest record that a length byte can state. */
export const MAX_RECORD_BYTES = 255 * 4;

const TABLES: readonly Uint16Array[] = ([1, 2, 3] as const).map((version) => {
  const table = new Uint16Array(256);
  for (let rtype = 0; rtype < 256; rtype++) table[rtype] = layoutOf(rtype, version)?.size ?? 0;
  return table;
});

/** Bytes of a record of `rtype` without its trailer; 0 for a type that is not known. */
export function recordSize(rtype: number, version: DbnVersion): number {
  return TABLES[version - 1]![rtype]!;
}

/**
 * Fewest bytes that a record of `rtype` may have: its layout and trailer, or a bare header when it
 * is unknown.
 */
export function minRecordBytes(rtype: number, version: DbnVersion, tsOut: boolean): number {
  const size = recordSize(rtype, version) || HEADER_BYTES;
  return size + (tsOut ? TS_OUT_BYTES : 0);
}
