/** Rows of a table whose first requested column is the window's end, second after second. */
import { DataError } from '../../core/index.ts';
import type { TableReader, TableRows } from '../../lake/index.ts';

/** Takes rows `from` to `to` (exclusive) of a batch; called once a batch that has any. */
export type UseRows = (batch: TableRows, from: number, to: number) => void;

/** First row from `from` on whose end is not before `endNs`. */
function firstNotBefore(
  ends: ArrayLike<number>,
  from: number,
  rows: number,
  endNs: number,
): number {
  let row = from;
  while (row < rows && ends[row]! < endNs) row++;
  return row;
}

/** A cursor over rows that ascend by window. */
export class SecondCursor {
  /** Rows passed over because their second was not asked for. */
  passed = 0;
  private readonly reader: TableReader;
  private batch: TableRows | null;
  private at = 0;
  private lastNs = Number.NEGATIVE_INFINITY;

  constructor(reader: TableReader) {
    this.reader = reader;
    this.batch = reader.next();
  }

  /** Window end of the next row, ns since the day's start; null after the last. */
  get nextNs(): number | null {
    while (this.batch !== null && this.at === this.batch.rows) {
      this.batch = this.reader.next();
      this.at = 0;
    }
    return this.batch === null ? null : this.batch.columns[0]![this.at]!;
  }

  /** Passes over all rows of seconds that end before `endNs`. */
  skipTo(endNs: number): void {
    for (let next = this.nextNs; next !== null && next < endNs; next = this.nextNs) {
      const batch = this.batch!;
      const row = firstNotBefore(batch.columns[0]!, this.at, batch.rows, endNs);
      this.passed += row - this.at;
      this.at = row;
    }
  }

  /**
   * Gives the rows of the second that ends at `endNs`, having passed over those before.
   * @returns how many.
   * @throws DataError CONTRACT when seconds do not ascend.
   */
  take(endNs: number, use: UseRows): number {
    this.skipTo(endNs);
    let rows = 0;
    while (this.nextNs === endNs) {
      const batch = this.batch!;
      const ends = batch.columns[0]!;
      let to = this.at;
      while (to < batch.rows && ends[to] === endNs) to++;
      use(batch, this.at, to);
      rows += to - this.at;
      this.at = to;
    }
    const next = this.nextNs;
    if (next !== null && next < Math.max(endNs, this.lastNs)) {
      throw new DataError('CONTRACT', 'rows do not ascend by window', {
        found: `the second that ends ${next} ns after the day's start`,
        expected: `none before ${endNs} ns`,
      });
    }
    this.lastNs = endNs;
    return rows;
  }
}
