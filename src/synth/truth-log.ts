/**
 * What the generator knew, as columns: row `i` in `[0, length)` of each. Rows are in time order.
 */
export interface TruthColumns {
  length: number;
  /**
   * ts_recv of the moment the row is about, ns of day: a move's first record, or a whole second.
   */
  tsRecv: Float64Array;
  /** Probability that the next mid move is up. */
  pUp: Float64Array;
  /** Rate of mid moves at that moment, per second. */
  movesPerSecond: Float64Array;
  /** +1 or -1 on the row of a drawn move; 0 on the row of a second. */
  direction: Int8Array;
  /** Ticks that the mid went in the drawn move; 0 on the row of a second. */
  ticks: Int16Array;
}

function columns(capacity: number): TruthColumns {
  return {
    length: 0,
    tsRecv: new Float64Array(capacity),
    pUp: new Float64Array(capacity),
    movesPerSecond: new Float64Array(capacity),
    direction: new Int8Array(capacity),
    ticks: new Int16Array(capacity),
  };
}

function resized(from: TruthColumns, capacity: number): TruthColumns {
  const out = columns(capacity);
  const n = from.length;
  out.length = n;
  out.tsRecv.set(from.tsRecv.subarray(0, n));
  out.pUp.set(from.pUp.subarray(0, n));
  out.movesPerSecond.set(from.movesPerSecond.subarray(0, n));
  out.direction.set(from.direction.subarray(0, n));
  out.ticks.set(from.ticks.subarray(0, n));
  return out;
}

/** Grows as the market goes on, until somebody takes it. */
export class TruthLog {
  private rows = columns(1024);
  private lastTs = 0;

  /**
   * Appends a row; see `TruthColumns` for the meaning. A time before the last row's is set to that.
   */
  push(
    tsRecv: number,
    pUp: number,
    movesPerSecond: number,
    direction: number,
    ticks: number,
  ): void {
    if (this.rows.length === this.rows.tsRecv.length) {
      this.rows = resized(this.rows, this.rows.length * 2);
    }
    const { rows } = this;
    const i = rows.length++;
    this.lastTs = Math.max(this.lastTs, tsRecv);
    rows.tsRecv[i] = this.lastTs;
    rows.pUp[i] = pUp;
    rows.movesPerSecond[i] = movesPerSecond;
    rows.direction[i] = direction;
    rows.ticks[i] = ticks;
  }

  /** All rows so far, for the caller to keep; the log starts afresh. */
  take(): TruthColumns {
    const out = resized(this.rows, this.rows.length);
    this.rows = columns(1024);
    return out;
  }
}
