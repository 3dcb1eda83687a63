import { type DbnVersion, HEADER_BYTES, recordSize, TS_OUT_BYTES } from '../../dbn/index.ts';

/** What the front of a buffer holds. */
export interface Scan {
  /** Where the whole records end, bytes. */
  end: number;
  /** Whole records. */
  count: number;
  /** What is behind them when it cannot be a record; null when it is one that has yet to come. */
  damage: string | null;
}

/**
 * Fewest bytes of a record by its type: its layout, or a bare header when the type is unknown, and
 * the trailer. Consumers may rely on it.
 */
export function leastBytes(version: DbnVersion, tsOut: boolean): Uint16Array {
  const table = new Uint16Array(256);
  const trailer = tsOut ? TS_OUT_BYTES : 0;
  for (let rtype = 0; rtype < 256; rtype++) {
    table[rtype] = (recordSize(rtype, version) || HEADER_BYTES) + trailer;
  }
  return table;
}

/** Finds the whole records in the first `filled` bytes. */
export function scanRecords(bytes: Uint8Array, filled: number, least: Uint16Array): Scan {
  let at = 0;
  let count = 0;
  while (at + 1 < filled) {
    const size = bytes[at]! * 4;
    const rtype = bytes[at + 1]!;
    if (size < least[rtype]!) {
      const type = `0x${rtype.toString(16).padStart(2, '0')}`;
      const damage = `${size} bytes for a record of type ${type}, which has ${least[rtype]}`;
      return { end: at, count, damage };
    }
    if (at + size > filled) break;
    at += size;
    count++;
  }
  return { end: at, count, damage: null };
}
