/**
 * Silver's `depth_and_flow_1s`, second after second, into the inputs of a surface.
 */
import { DataError } from '../../core/index.ts';
import type { PhysicsSurface } from '../../features/index.ts';
import type { ColumnRequest, TableReader, TableRows } from '../../lake/index.ts';

/** Which cell of the lattice a price lies in; not a number where it is in none. */
export interface CellOfPrice {
  cellOf(price: number): number;
}

/**
 * Columns that are read: the second, the place, the side, the quantities, for options the right.
 * @param place the column of the price that makes the lattice.
 * @param originNs subtracted from times, so that a float64 holds them exactly.
 */
export function flowColumns(
  place: 'price_int' | 'strike_price_int',
  originNs: bigint,
): ColumnRequest[] {
  const names = [
    place,
    'side',
    'add_qty',
    'pull_qty_total',
    'fill_qty',
    'depth_qty_start',
    'depth_qty_end',
    'depth_qty_rest',
    ...(place === 'strike_price_int' ? ['right'] : []),
  ];
  const second = { name: 'window_end_ts_ns', origin: originNs };
  return [second, ...names.map((name) => ({ name }))];
}

/** A cursor over the table. */
export class FlowRows {
  /** Rows of cells that the second does not see: parts of a bucket at the edge of the grid. */
  cutRows = 0;
  rowsRead = 0;
  private readonly reader: TableReader;
  private batch: TableRows | null;
  private at = 0;

  constructor(reader: TableReader) {
    this.reader = reader;
    this.batch = reader.next();
  }

  /**
   * Adds the rows of the second that ends at `endNs` to `surface`, whose seen cells are `low` to
   * `high`. Rows of one cell are summed.
   * @throws DataError CONTRACT when rows come before that belong to no second of the snapshots.
   */
  addSecond(
    endNs: number,
    surface: PhysicsSurface,
    lattice: CellOfPrice,
    low: number,
    high: number,
  ): void {
    while (this.batch !== null) {
      const from = this.at;
      this.at = addRows(this.batch, from, endNs, surface, lattice, low, high, this);
      this.rowsRead += this.at - from;
      if (this.at < this.batch.rows) {
        const next = this.batch.columns[0]![this.at]!;
        if (next < endNs) throw strayRow(next, endNs);
        return;
      }
      this.batch = this.reader.next();
      this.at = 0;
    }
  }

  /** @throws DataError CONTRACT when there are rows after the last second of the snapshots. */
  end(): void {
    if (this.batch !== null && this.at < this.batch.rows) {
      throw strayRow(this.batch.columns[0]![this.at]!, Number.POSITIVE_INFINITY);
    }
  }
}

function strayRow(ns: number, endNs: number): DataError {
  return new DataError('CONTRACT', 'depth_and_flow_1s has a second that book_snapshot_1s has not', {
    found: `rows of the second that ends ${ns} ns after the day's start`,
    expected: Number.isFinite(endNs) ? `the one that ends at ${endNs} ns next` : 'no more rows',
  });
}

/** Adds rows while they are of the second; returns the first that is not. */
function addRows(
  batch: TableRows,
  from: number,
  endNs: number,
  surface: PhysicsSurface,
  lattice: CellOfPrice,
  low: number,
  high: number,
  counts: { cutRows: number },
): number {
  const [ends, prices, sides, adds, pulls, fills, starts, stands, rests, rights] = batch.columns;
  const { add, pull, fill, depthStart, depthEnd, depthRest } = surface.inputs;
  const { stride } = surface;
  let row = from;
  for (; row < batch.rows && ends![row] === endNs; row++) {
    const cell = lattice.cellOf(prices![row]!);
    if (!(cell >= low && cell <= high)) {
      counts.cutRows++;
      continue;
    }
    const series = rights === undefined ? sides![row]! : 2 * rights[row]! + sides![row]!;
    const i = series * stride + cell - low;
    add[i] = add[i]! + adds![row]!;
    pull[i] = pull[i]! + pulls![row]!;
    fill[i] = fill[i]! + fills![row]!;
    depthStart[i] = depthStart[i]! + starts![row]!;
    depthEnd[i] = depthEnd[i]! + stands![row]!;
    depthRest[i] = depthRest[i]! + rests![row]!;
  }
  return row;
}
