/**
 * Parts of rows that were read: views, nothing is copied.
 */
import type { TableReader, TableRows } from '../lake/index.ts';

/** Rows `from` to `to` (exclusive). */
export function sliceRows(rows: TableRows, from: number, to: number): TableRows {
  return {
    rows: to - from,
    columns: rows.columns.map((c) => c.subarray(from, to)),
    high: rows.high.map((h) => h?.subarray(from, to) ?? null),
    nulls: rows.nulls.map((n) => n?.subarray(from, to) ?? null),
    texts: rows.texts,
  };
}

/** First row whose first column is not less than `value`; rows ascend by it. */
export function firstRowFrom(rows: TableRows, value: number): number {
  const keys = rows.columns[0]!;
  let lo = 0;
  let hi = rows.rows;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (keys[mid]! < value) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

/** A value; NaN where there is none. */
export function knownValue(rows: TableRows, column: number, row: number): number {
  return rows.nulls[column]?.[row] === 1 ? Number.NaN : rows.columns[column]![row]!;
}

/** Rows in memory as a reader of one batch. */
export function readerOf(rows: TableRows): TableReader {
  let next: TableRows | null = rows;
  return {
    totalRows: rows.rows,
    counters: {},
    next() {
      const batch = next;
      next = null;
      return batch;
    },
    close() {},
  };
}
