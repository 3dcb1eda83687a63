/**
 * A hash of a column's values in their order: the same however the rows were batched, another one
 * as soon as any value, its place or its absence differs. Every step is invertible, so that a
 * single difference always shows; two lanes of 32 bits make an accident of two unlikely.
 */
import { createHash } from 'node:crypto';

const SEED_A = 0x9e3779b9;
const SEED_B = 0x85ebca6b;

/** Running state of one column. */
export class ColumnHash {
  /** The two lanes. */
  readonly state = Uint32Array.of(SEED_A, SEED_B);

  /**
   * Takes rows.
   * @param words 32-bit words, `wordsPerRow` a row, from the start of the array.
   * @param absent per row 1 where the value is absent (its words are then 0); null for a column
   * that always has values, which is another hash than one that may not have.
   */
  add(words: Uint32Array, rows: number, wordsPerRow: number, absent: Uint8Array | null): void {
    if (absent) addNullable(this.state, words, rows, wordsPerRow, absent);
    else addWords(this.state, words, rows * wordsPerRow);
  }
}

function addWords(state: Uint32Array, words: Uint32Array, count: number): void {
  let a = state[0]! | 0;
  let b = state[1]! | 0;
  for (let i = 0; i < count; i++) {
    const w = words[i]! | 0;
    a = Math.imul(a ^ w, 0x9e3779b1);
    a = (a << 13) | (a >>> 19);
    b = Math.imul((b + w) | 0, 0x85ebca77);
    b = (b << 7) | (b >>> 25);
  }
  state[0] = a;
  state[1] = b;
}

function addNullable(
  state: Uint32Array,
  words: Uint32Array,
  rows: number,
  wordsPerRow: number,
  absent: Uint8Array,
): void {
  let a = state[0]! | 0;
  let b = state[1]! | 0;
  for (let i = 0; i < rows; i++) {
    // Word -1 of a row says whether there is a value.
    for (let k = -1; k < wordsPerRow; k++) {
      const w = (k < 0 ? absent[i]! : words[i * wordsPerRow + k]!) | 0;
      a = Math.imul(a ^ w, 0x9e3779b1);
      a = (a << 13) | (a >>> 19);
      b = Math.imul((b + w) | 0, 0x85ebca77);
      b = (b << 7) | (b >>> 25);
    }
  }
  state[0] = a;
  state[1] = b;
}

/** A text as a word: FNV-1a of its UTF-16 units. */
export function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** One hash of a table's columns, hex. */
export function contentHash(rows: number, columns: readonly ColumnHash[]): string {
  const hash = createHash('sha256');
  hash.update(String(rows));
  for (const { state } of columns) hash.update(`,${state[0]!}:${state[1]!}`);
  return hash.digest('hex');
}
