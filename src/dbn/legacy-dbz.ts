import { DataError } from '../core/index.ts';

/** Fewest bytes that tell a DBZ file. */
export const DBZ_MAGIC_BYTES = 11;

/**
 * True for the format of 2022, DBN's predecessor: its metadata is a skippable zstd frame that
 * begins with `DBZ`.
 */
export function isDbz(bytes: Uint8Array): boolean {
  const skippable = (bytes[0]! & 0xf0) === 0x50 && bytes[1] === 0x2a && bytes[2] === 0x4d;
  return (
    skippable && bytes[3] === 0x18 && bytes[8] === 0x44 && bytes[9] === 0x42 && bytes[10] === 0x5a
  );
}

/** The refusal of a DBZ file, with what to do. */
export function dbzRefused(): DataError {
  return new DataError('DBN_MAGIC', 'This is the DBZ format of 2022, which is not read', {
    offset: 0,
    expected: 'DBN: convert the file with the vendor’s `dbn` tool',
  });
}
