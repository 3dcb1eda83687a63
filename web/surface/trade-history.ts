/** Trades kept for drawing. A power of two. */
export const HISTORY_TRADES = 65_536;

/** Aggressor of a trade. */
export const BUYER = 0;
/** See `BUYER`. */
export const SELLER = 1;
/** The aggressor is not known. */
export const UNKNOWN_AGGRESSOR = 2;

/** The trades behind the dots: a ring of columns, rows, sizes and aggressors, in order of time. */
export class TradeHistory {
  readonly columns = new Float64Array(HISTORY_TRADES);
  readonly rows = new Float64Array(HISTORY_TRADES);
  readonly sizes = new Float64Array(HISTORY_TRADES);
  readonly sides = new Uint8Array(HISTORY_TRADES);
  /** Trades appended so far; the last HISTORY_TRADES of them are held. */
  count = 0;

  /** Adds a trade at a time column (with fraction) and row (with fraction). */
  append(column: number, row: number, size: number, side: number): void {
    const i = this.count++ & (HISTORY_TRADES - 1);
    this.columns[i] = column;
    this.rows[i] = row;
    this.sizes[i] = size;
    this.sides[i] = side;
  }

  /** Forgets the trades at and after a column (a seek backwards). */
  truncateFrom(column: number): void {
    const oldest = Math.max(0, this.count - HISTORY_TRADES);
    while (
      this.count > oldest &&
      this.columns[(this.count - 1) & (HISTORY_TRADES - 1)]! >= column
    ) {
      this.count--;
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.count = 0;
  }

  /** Number of the first held trade at or after a column. */
  firstAt(column: number): number {
    let low = Math.max(0, this.count - HISTORY_TRADES);
    let high = this.count;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (this.columns[mid & (HISTORY_TRADES - 1)]! < column) low = mid + 1;
      else high = mid;
    }
    return low;
  }
}

/** Trades of one side that fall on one spot of the screen, drawn as one dot. */
export interface TradeCluster {
  x: number;
  y: number;
  size: number;
  side: number;
  trades: number;
}

/**
 * Merges the trades from column `from` to `to` that share a cell of `cellPx` pixels and a side.
 * Clusters under `minSize` lots are left out. Positions are size-weighted means.
 */
export function clusterTrades(
  trades: TradeHistory,
  from: number,
  to: number,
  place: { x: (column: number) => number; y: (row: number) => number },
  cellPx: number,
  minSize: number,
): TradeCluster[] {
  const cells = new Map<number, TradeCluster>();
  for (let n = trades.firstAt(from); n < trades.count; n++) {
    const i = n & (HISTORY_TRADES - 1);
    if (trades.columns[i]! > to) break;
    const x = place.x(trades.columns[i]!);
    const y = place.y(trades.rows[i]!);
    const size = trades.sizes[i]!;
    const side = trades.sides[i]!;
    const cellX = Math.floor(x / cellPx) + 4096;
    const key = (cellX * 16_384 + Math.floor(y / cellPx) + 4096) * 4 + side;
    const cluster = cells.get(key);
    if (!cluster) {
      cells.set(key, { x, y, size, side, trades: 1 });
      continue;
    }
    const total = cluster.size + size;
    if (total > 0) {
      cluster.x += ((x - cluster.x) * size) / total;
      cluster.y += ((y - cluster.y) * size) / total;
    }
    cluster.size = total;
    cluster.trades++;
  }
  return [...cells.values()].filter((c) => c.size >= minSize);
}
