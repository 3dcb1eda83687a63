/**
 * The key of a table's rows as they pass by: their order, and the extremes of its first column.
 */
import { DataError } from '../core/index.ts';
import type { CopyField } from './parquet-columns.ts';

/** Follows the key columns of rows, a vector at a time. */
export class KeyTrack {
  /** Least and greatest value of the first key column (else the first column); null of no rows. */
  least: bigint | null = null;
  greatest: bigint | null = null;
  private readonly fields: readonly CopyField[];
  private readonly key: readonly number[];
  private readonly ranged: number;
  private readonly table: string;
  /** The last row's words, low and high, of each key column. */
  private readonly last: Uint32Array;
  private started = false;

  /** @param key names of the columns by which rows must strictly ascend; none: in any order. */
  constructor(fields: readonly CopyField[], key: readonly string[], table: string) {
    this.fields = fields;
    this.table = table;
    this.key = key.map((name) => fields.findIndex((f) => f.name === name));
    const first = this.key[0] ?? 0;
    this.ranged = fields[first]?.type === 'int64' ? first : -1;
    this.last = new Uint32Array(this.key.length * 2);
  }

  /**
   * Takes rows, each column as the words that are hashed.
   * @throws DataError CONTRACT when a row is not after the one before it.
   */
  take(columns: readonly Uint32Array[], rows: number, firstRow: number): void {
    if (this.ranged >= 0) this.range(columns[this.ranged]!, rows);
    if (this.key.length === 0 || rows === 0) return;
    const order = new Int8Array(rows);
    this.key.forEach((column, k) => {
      this.compare(order, this.fields[column]!, columns[column]!, rows, k);
    });
    for (let i = this.started ? 0 : 1; i < rows; i++) {
      if (order[i]! > 0) continue;
      const names = this.key.map((c) => this.fields[c]!.name).join(', ');
      throw new DataError('CONTRACT', `${this.table}, key (${names})`, {
        row: firstRow + i,
        found: order[i] === 0 ? 'the same key as the row before' : 'a key before the last',
        expected: 'ascending keys',
      });
    }
    this.started = true;
  }

  private compare(
    order: Int8Array,
    field: CopyField,
    words: Uint32Array,
    rows: number,
    k: number,
  ): void {
    const wide = field.type === 'int64' || field.type === 'uint64' ? 2 : 1;
    // A signed top word is turned so that it orders as an unsigned one.
    const flip = field.type.startsWith('int') ? 0x80000000 : 0;
    let low = this.last[2 * k]!;
    let high = this.last[2 * k + 1]!;
    for (let i = 0; i < rows; i++) {
      const nextHigh = (words[wide * i + wide - 1]! ^ flip) >>> 0;
      const nextLow = wide === 2 ? words[2 * i]! : 0;
      if (order[i] === 0) {
        if (nextHigh !== high) order[i] = nextHigh > high ? 1 : -1;
        else if (nextLow !== low) order[i] = nextLow > low ? 1 : -1;
      }
      low = nextLow;
      high = nextHigh;
    }
    this.last[2 * k] = low;
    this.last[2 * k + 1] = high;
  }

  private range(lanes: Uint32Array, rows: number): void {
    if (rows === 0) return;
    let least = 0;
    let greatest = 0;
    for (let i = 1; i < rows; i++) {
      if (isBelow(lanes, i, least)) least = i;
      else if (isBelow(lanes, greatest, i)) greatest = i;
    }
    const values = new BigInt64Array(lanes.buffer, lanes.byteOffset, rows);
    const low = values[least]!;
    const high = values[greatest]!;
    if (this.least === null || low < this.least) this.least = low;
    if (this.greatest === null || high > this.greatest) this.greatest = high;
  }
}

function isBelow(lanes: Uint32Array, i: number, j: number): boolean {
  const a = lanes[2 * i + 1]! | 0;
  const b = lanes[2 * j + 1]! | 0;
  return a < b || (a === b && lanes[2 * i]! < lanes[2 * j]!);
}
