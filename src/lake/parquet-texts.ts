/**
 * Texts of a column on their way into DuckDB: a code a row, without a text per row.
 */
import type { DuckDb } from './parquet-database.ts';
import type { WritableVector } from './parquet-vector.ts';
import { hashText } from './table-hash.ts';

/** Codes and what they mean. */
interface Coded {
  codes: Uint8Array | Uint16Array | Uint32Array;
  texts: readonly string[];
}

/** Bytes of the handle that DuckDB has of a text, as 32-bit words. */
const HANDLE_WORDS = 4;

/** The texts of a vector's rows, ready to be poured. */
export interface TextImage {
  /** Where each text that occurs stands first, and the text. */
  firsts: { at: number; text: string }[];
  /** Per row: the row that its text stands in. */
  source: Uint16Array;
}

/** Prepares and fills vectors of texts; one per column. */
export class CodedTexts {
  private readonly duck: DuckDb;
  private texts: readonly string[] = [];
  private hashes: number[] = [];

  constructor(duck: DuckDb) {
    this.duck = duck;
  }

  /**
   * Prepares rows `[at, at + rows)`.
   * @param hashes gets the hash of each row's text; 0 where there is none.
   * @returns the first row whose code means nothing; -1 when there is none.
   */
  prepare(
    { codes, texts }: Coded,
    nulls: Uint8Array | null,
    at: number,
    rows: number,
    hashes: Uint32Array,
    image: TextImage,
  ): number {
    this.learn(texts);
    const first = new Map<number, number>();
    const { source } = image;
    image.firsts = [];
    for (let i = 0, last = -1, lastAt = 0; i < rows; i++) {
      if (nulls?.[at + i]) {
        source[i] = i;
        hashes[i] = 0;
        continue;
      }
      const code = codes[at + i]!;
      if (code !== last) {
        const known = first.get(code);
        const text = texts[code];
        if (known === undefined && text === undefined) return i;
        if (known === undefined) image.firsts.push({ at: i, text: text! });
        lastAt = known ?? i;
        first.set(code, lastAt);
        last = code;
      }
      source[i] = lastAt;
      hashes[i] = this.hashes[code]!;
    }
    return -1;
  }

  /**
   * Fills a vector and flushes it. Each text that occurs is handed over once; the other rows get a
   * copy of its 16-byte handle, whose bytes live as long as the vector.
   */
  pour({ firsts, source }: TextImage, vector: WritableVector, rows: number): void {
    for (const { at, text } of firsts) vector.setItem(at, text);
    vector.flush();
    if (firsts.length < rows) this.spread(vector, source, rows);
  }

  private spread(vector: WritableVector, source: Uint16Array, rows: number): void {
    type Handles = { dataView: DataView; flush(): void };
    type OverVector = { fromRawVector(vector: unknown, rows: number): Handles };
    const overVector = this.duck.DuckDBHugeIntVector as unknown as OverVector;
    const handles = overVector.fromRawVector(vector.vector, rows);
    const view = handles.dataView;
    const words = new Int32Array(view.buffer, view.byteOffset, rows * HANDLE_WORDS);
    for (let i = 0; i < rows; i++) {
      const from = source[i]! * HANDLE_WORDS;
      const to = i * HANDLE_WORDS;
      if (from === to) continue;
      words[to] = words[from]!;
      words[to + 1] = words[from + 1]!;
      words[to + 2] = words[from + 2]!;
      words[to + 3] = words[from + 3]!;
    }
    handles.flush();
  }

  private learn(texts: readonly string[]): void {
    if (texts === this.texts && texts.length === this.hashes.length) return;
    this.texts = texts;
    this.hashes = texts.map(hashText);
  }
}
