import { NS_PER_DAY, NS_PER_SECOND, type NsOfDay, type PriceNano } from '../../core/index.ts';
import type { ColumnRequest, TableReader } from '../../lake/index.ts';

/** Seconds whose ends lie in a day, its first instant included. */
const SECOND_ENDS = NS_PER_DAY / NS_PER_SECOND + 1;

/** Columns of `silver.*.book_snapshot_1s` that `readSpots` takes, in its order. */
export function spotRequest(originNs: bigint): readonly ColumnRequest[] {
  return [{ name: 'window_end_ts_ns', origin: originNs }, { name: 'spot_ref_price_int' }];
}

/**
 * Spot references of a day by the end of their second, from a reader opened with `spotRequest`:
 * NaN where the underlying has no window, or none with a spot yet.
 */
export function readSpots(reader: TableReader): (endNs: NsOfDay) => PriceNano {
  const spots = new Float64Array(SECOND_ENDS).fill(Number.NaN);
  for (let rows = reader.next(); rows !== null; rows = reader.next()) {
    const [end, spot] = rows.columns;
    const absent = rows.nulls[1];
    for (let i = 0; i < rows.rows; i++) {
      if (absent?.[i] === 1) continue;
      spots[end![i]! / NS_PER_SECOND] = spot![i]!;
    }
  }
  return (endNs) => spots[endNs / NS_PER_SECOND] ?? Number.NaN;
}
