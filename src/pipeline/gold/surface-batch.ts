/**
 * Rows of a physics surface being gathered for the table: the fields of a second, rounded to what
 * is stored, less the cells where every field has its absent value.
 */
import { assert } from '../../core/index.ts';
import {
  absentValueOf,
  type PhysicsSurface,
  SURFACE_FIELDS,
  storeCells,
} from '../../features/index.ts';
import type { TableBatch } from '../../lake/index.ts';

/** Rows of a batch, at least; a batch ends with a second. */
const BATCH_ROWS = 16_384;

/** A key column: whole numbers a row. */
export type KeyColumn = Float64Array | Int32Array | Uint8Array;

/** Arrays of one batch after another. */
export class SurfaceBatch<Keys extends Record<string, KeyColumn>> {
  /** Rows so far. */
  rows = 0;
  /** Key columns in the order of the table, to be filled from `rows` on for a series at a time. */
  readonly keys: Keys;
  private readonly fields: readonly Float32Array[];
  private readonly seen: Uint8Array;
  private readonly kept: Int32Array;
  private readonly capacity: number;
  private readonly rowsOfSecond: number;
  private readonly biases: readonly bigint[];

  /**
   * @param seriesCells most cells of a series that are emitted in a second; `series` of them.
   * @param makeKeys allocates the key columns, of the given length.
   * @param originNs added to the first two columns, the times.
   */
  constructor(
    seriesCells: number,
    series: number,
    makeKeys: (length: number) => Keys,
    originNs: bigint,
  ) {
    this.rowsOfSecond = seriesCells * series;
    this.capacity = BATCH_ROWS + this.rowsOfSecond;
    this.keys = makeKeys(this.capacity);
    this.fields = SURFACE_FIELDS.map(() => new Float32Array(this.capacity));
    this.seen = new Uint8Array(seriesCells);
    this.kept = new Int32Array(seriesCells);
    const others = Object.keys(this.keys).length - 2 + SURFACE_FIELDS.length;
    this.biases = [originNs, originNs, ...Array.from({ length: others }, () => 0n)];
  }

  /** Whether another second might not fit. */
  get full(): boolean {
    return this.rows + this.rowsOfSecond > this.capacity;
  }

  /**
   * Takes `count` cells of a surface from place `at` of its rows on; their keys must have been
   * written from `rows` on. Cells with nothing in them are dropped.
   */
  append(surface: PhysicsSurface, at: number, count: number): void {
    const { fields, seen, rows: start } = this;
    assert(count <= seen.length, 'a series has no more cells than were announced');
    seen.fill(0, 0, count);
    SURFACE_FIELDS.forEach((field, k) => {
      storeCells(surface.rows[field], at, count, absentValueOf(field), fields[k]!, start, seen);
    });
    const kept = this.keepSeen(count);
    if (kept < count) {
      for (const column of Object.values(this.keys)) moveUp(column, start, this.kept, kept);
      for (const column of fields) moveUp(column, start, this.kept, kept);
    }
    this.rows += kept;
  }

  private keepSeen(count: number): number {
    let kept = 0;
    for (let i = 0; i < count; i++) if (this.seen[i] === 1) this.kept[kept++] = i;
    return kept;
  }

  /** The rows so far, valid until the next `append`; empties them. */
  take(): TableBatch {
    const { rows } = this;
    this.rows = 0;
    return { rows, columns: [...Object.values(this.keys), ...this.fields], bias: this.biases };
  }
}

function moveUp(
  column: KeyColumn | Float32Array,
  start: number,
  kept: Int32Array,
  count: number,
): void {
  for (let i = 0; i < count; i++) column[start + i] = column[start + kept[i]!]!;
}
