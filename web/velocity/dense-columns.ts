import { SIDE_CODES } from '../../src/wire/index.ts';
import {
  SHOWN_QUANTITIES,
  SIDE_QUANTITIES,
  type SideQuantity,
  STORED_COLUMNS,
  type StoredColumn,
} from './fields.ts';
import type { SurfaceRows } from './window-codec.ts';

/** Rows on each side of spot within which a wall is looked for, as the run diagnostics do. */
const WALL_REACH = 64;
/** Share of the largest prominence of its way from which on a level is a wall. */
export const WALL_SHARE = 0.6;

/** Where the sides of the book lie, as rows of the frame; NaN when a side is missing. */
export interface Touch {
  bid: number;
  ask: number;
}

/**
 * The velocity surface of one window as dense columns: absent rows are 0 (nu: 1), exactly. One
 * object is reused from window to window: copy what is to be kept.
 */
export class DenseColumns {
  /** [rows] each; valid until the next `fill`. */
  readonly values: Record<StoredColumn, Float32Array>;
  private readonly half: number;
  private readonly bucketTicks: number;
  private readonly prominence: Float32Array;

  /** @param rows of the frame, odd; spot is the middle one. */
  constructor(rows: number, bucketTicks: number) {
    const arrays = STORED_COLUMNS.map((name) => [name, new Float32Array(rows)]);
    this.values = Object.fromEntries(arrays);
    this.half = (rows - 1) / 2;
    this.bucketTicks = bucketTicks;
    this.prominence = new Float32Array(rows);
  }

  /** Takes a window's rows. Rows outside the frame are left out. */
  fill(surface: SurfaceRows<'velocity'> | null, touch: Touch): void {
    for (const name of STORED_COLUMNS) this.values[name].fill(name.startsWith('nu') ? 1 : 0);
    if (surface) this.scatter(surface);
    for (const name of SHOWN_QUANTITIES) this.compose(name, touch, this.values[name]);
    this.compose('Omega_prom', touch, this.prominence);
    this.findWalls();
  }

  private scatter({ rows, columns }: SurfaceRows<'velocity'>): void {
    const { half, bucketTicks, values } = this;
    for (let i = 0; i < rows; i++) {
      const k = half + Math.floor(columns.rel_ticks[i]! / bucketTicks);
      if (k < 0 || k > 2 * half) continue;
      const side = columns.side[i] === SIDE_CODES.A ? 'ask' : 'bid';
      for (const name of SIDE_QUANTITIES) values[`${name}_${side}`][k] = columns[name][i]!;
    }
  }

  /**
   * What `book` shows at each price: asks from the best ask up, bids from the best bid down, and
   * between them, or where a side is missing, whichever is larger.
   */
  private compose(name: SideQuantity, { bid, ask }: Touch, out: Float32Array): void {
    const asks = this.values[`${name}_ask`];
    const bids = this.values[`${name}_bid`];
    for (let k = 0; k < out.length; k++) {
      const larger = Math.abs(asks[k]!) >= Math.abs(bids[k]!) ? asks : bids;
      out[k] = (k >= ask ? asks : k <= bid ? bids : larger)[k]!;
    }
  }

  /** Prominence of each level as a share of the largest one of its way, 0 where it is negative. */
  private findWalls(): void {
    const { half, prominence } = this;
    const { wall } = this.values;
    for (const sign of [1, -1]) {
      let largest = 0;
      for (let k = 1; k <= WALL_REACH; k++) {
        largest = Math.max(largest, prominence[half + sign * k] ?? 0);
      }
      for (let k = 1; largest > 0 && k <= Math.min(half, WALL_REACH); k++) {
        wall[half + sign * k] = Math.max(0, prominence[half + sign * k]!) / largest;
      }
    }
  }
}
