/** DBN versions this package reads and writes. */
export type DbnVersion = 1 | 2 | 3;
/** The newest version read; a greater one is refused, as its layouts are unknown. */
export const LATEST_VERSION: DbnVersion = 3;
/** Width of a symbol field in a version 1 file, bytes; the longest symbol is one byte shorter. */
export const SYMBOL_LENGTH_V1 = 22;
/**
 * Width of a symbol field in version 2 and 3 files, bytes, where metadata does not say otherwise.
 */
export const SYMBOL_LENGTH = 71;

/** Narrows a number to a version that this package knows. */
export function isDbnVersion(n: number): n is DbnVersion {
  return n === 1 || n === 2 || n === 3;
}
