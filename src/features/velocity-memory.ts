/**
 * What a lattice of cells remembers of its liquidity velocity: four exponential means and the last
 * change of the fastest, one step a second for every cell, whether it is looked at or not.
 *
 * A cell is an absolute place (tick, bucket, strike), so that nothing smears when spot moves; one
 * that was never seen is 0, as if it had always been there. Cells live in pages that come with the
 * first flow and go when all in them has faded, so that a spot that jumps costs nothing lasting.
 */
import { assert } from '../core/index.ts';
import { expNegative } from './natural-functions.ts';
import type { SurfaceRows } from './surface-fields.ts';

/** Time constants of the means, seconds. */
export const EMA_SECONDS = [2, 8, 32, 128] as const;

/** Weight of a new value, a_n = 1 - exp(-1/n), for a step of one second. */
export function emaWeight(seconds: number): number {
  return 1 - expNegative(1 / seconds);
}

const [A2, A8, A32, A128] = EMA_SECONDS.map(emaWeight) as [number, number, number, number];

/** A mean below this is 0: a thousandth of the least value that a table holds. */
const FADED = 1e-12;

/** Cells of a page. */
const PAGE_CELLS = 256;

/** Means of one page: `[series][cell]`, flattened. */
interface Page {
  firstCell: number;
  e2: Float64Array;
  e8: Float64Array;
  e32: Float64Array;
  e128: Float64Array;
  /** The last change of `e2`. */
  du: Float64Array;
}

function faded(value: number): number {
  return value < FADED && value > -FADED ? 0 : value;
}

/** A second without flow for cells `from` to `to` of a page; returns whether any mean is left. */
function decayCells(page: Page, from: number, to: number): boolean {
  const { e2, e8, e32, e128, du } = page;
  let alive = false;
  for (let i = from; i < to; i++) {
    const before = e2[i]!;
    const fast = faded((1 - A2) * before);
    const slow = faded((1 - A128) * e128[i]!);
    du[i] = faded(fast - before);
    e2[i] = fast;
    e8[i] = faded((1 - A8) * e8[i]!);
    e32[i] = faded((1 - A32) * e32[i]!);
    e128[i] = slow;
    alive ||= slow !== 0 || fast !== 0 || e8[i] !== 0 || e32[i] !== 0;
  }
  return alive;
}

/** A second with the velocities of `rows[at..]` for cells `from` to `to` of a page. */
function stepCells(page: Page, from: number, to: number, rows: SurfaceRows, at: number): boolean {
  const { e2, e8, e32, e128, du } = page;
  const { liquidity_velocity: velocity, u_ema_2, u_ema_8, u_ema_32, u_ema_128 } = rows;
  const { du_dt, d2u_dt2 } = rows;
  let alive = false;
  for (let i = from, r = at; i < to; i++, r++) {
    const u = velocity[r]!;
    const before = e2[i]!;
    const fast = faded(A2 * u + (1 - A2) * before);
    const slow = faded(A128 * u + (1 - A128) * e128[i]!);
    const change = faded(fast - before);
    d2u_dt2[r] = change - du[i]!;
    du_dt[r] = change;
    du[i] = change;
    e2[i] = u_ema_2[r] = fast;
    e8[i] = u_ema_8[r] = faded(A8 * u + (1 - A8) * e8[i]!);
    e32[i] = u_ema_32[r] = faded(A32 * u + (1 - A32) * e32[i]!);
    e128[i] = u_ema_128[r] = slow;
    alive ||= slow !== 0 || fast !== 0 || e8[i] !== 0 || e32[i] !== 0;
  }
  return alive;
}

/** Means of `seriesCount` lattices (sides, or rights and sides), stepped together. */
export class VelocityMemory {
  private readonly seriesCount: number;
  private readonly pages = new Map<number, Page>();

  constructor(seriesCount: number) {
    this.seriesCount = seriesCount;
  }

  /** Pages that hold anything, for limits of memory. */
  get livePages(): number {
    return this.pages.size;
  }

  /**
   * One second: `rows.liquidity_velocity` holds cells `low` to `high` of every series, `stride`
   * apart; all other cells had no flow. Writes the means and differences of the same cells.
   */
  step(rows: SurfaceRows, low: number, high: number, stride: number): void {
    const count = high - low + 1;
    assert(count <= stride, 'the seen cells fit their row');
    for (let s = 0; s < this.seriesCount; s++) {
      const at = s * stride;
      this.clear(rows, at, at + count);
      this.makePages(rows.liquidity_velocity, at, count, low);
    }
    for (const [number, page] of this.pages) {
      let alive = false;
      for (let s = 0; s < this.seriesCount; s++) {
        if (this.stepPage(page, s, rows, low, high, stride)) alive = true;
      }
      if (!alive) this.pages.delete(number);
    }
  }

  private clear(rows: SurfaceRows, from: number, to: number): void {
    rows.u_ema_2.fill(0, from, to);
    rows.u_ema_8.fill(0, from, to);
    rows.u_ema_32.fill(0, from, to);
    rows.u_ema_128.fill(0, from, to);
    rows.du_dt.fill(0, from, to);
    rows.d2u_dt2.fill(0, from, to);
  }

  private makePages(velocity: Float64Array, at: number, count: number, low: number): void {
    let known = Number.NaN;
    for (let i = 0; i < count; i++) {
      if (velocity[at + i] === 0) continue;
      const number = Math.floor((low + i) / PAGE_CELLS);
      if (number === known) continue;
      known = number;
      if (!this.pages.has(number)) this.pages.set(number, this.makePage(number));
    }
  }

  private makePage(number: number): Page {
    const cells = () => new Float64Array(this.seriesCount * PAGE_CELLS);
    const firstCell = number * PAGE_CELLS;
    return { firstCell, e2: cells(), e8: cells(), e32: cells(), e128: cells(), du: cells() };
  }

  private stepPage(
    page: Page,
    series: number,
    rows: SurfaceRows,
    low: number,
    high: number,
    stride: number,
  ): boolean {
    const base = series * PAGE_CELLS;
    const end = base + PAGE_CELLS;
    const from = base + Math.min(PAGE_CELLS, Math.max(0, low - page.firstCell));
    const to = base + Math.min(PAGE_CELLS, Math.max(0, high + 1 - page.firstCell));
    if (from >= to) return decayCells(page, base, end);
    const at = series * stride + page.firstCell + (from - base) - low;
    const before = decayCells(page, base, from);
    const seen = stepCells(page, from, to, rows, at);
    const after = decayCells(page, to, end);
    return before || seen || after;
  }
}
