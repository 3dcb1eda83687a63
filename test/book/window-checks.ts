/**
 * Checks that windows of any stream must pass: best prices of a plain book at every second, and
 * conservation in every row.
 */
import { expect } from 'vitest';
import { SecondWindows } from '../../src/book/index.ts';
import type { MboColumns } from '../../src/dbn/index.ts';
import { type DepthRow, depthRows, type SnapshotRow, snapshotRows } from './slow-windows.ts';

export const SECOND = 1e9;
const LAST = 0x80;

/** What came out of an engine. */
export interface Windows {
  snapshots: SnapshotRow[];
  depth: DepthRow[];
  engine: SecondWindows;
}

/** Every second of a file from `fromNs` on, with depth `radius` ticks around spot. */
export function windowsOf(c: MboColumns, tickSize: number, radius: number, fromNs = 0): Windows {
  const toNs = (Math.floor(c.tsRecv[c.length - 1] / SECOND) + 2) * SECOND;
  const spans = [{ fromNs: Math.max(fromNs, Math.floor(c.tsRecv[0] / SECOND) * SECOND), toNs }];
  const engine = new SecondWindows({
    tickSize,
    originNs: c.originNs,
    gridTicks: radius,
    spans,
    depthRows: 65_536,
  });
  const depth: DepthRow[] = [];
  const take = () => {
    for (const row of depthRows(engine.depth, tickSize)) depth.push(row);
    engine.depth.rows = 0;
  };
  for (let i = 0; i < c.length; ) {
    i = engine.advance(c, i, Math.min(c.length, i + 1777));
    if (engine.full) take();
  }
  while (!engine.finish()) take();
  take();
  return { snapshots: snapshotRows(engine.snapshots), depth, engine };
}

export type Best = { price: number; qty: number } | null;

/** The vendor's rules in a few lines: two maps, no queues, no levels kept. */
class PlainBook {
  readonly orders = new Map<string, { side: string; price: number; qty: number }>();
  private snapshot = false;

  apply(c: MboColumns, i: number): void {
    const action = String.fromCharCode(c.action[i]);
    const side = String.fromCharCode(c.side[i]);
    const id = `${c.orderIdHi[i]} ${c.orderIdLo[i]}`;
    const inSnapshot = (c.flags[i] & 0x20) !== 0;
    if (action === 'R' || (inSnapshot && !this.snapshot)) this.orders.clear();
    this.snapshot = inSnapshot;
    const order = this.orders.get(id);
    if (action === 'A' || action === 'M') {
      if (c.size[i] > 0) this.orders.set(id, { side, price: c.price[i], qty: c.size[i] });
    } else if (action === 'C' && order !== undefined) {
      order.qty -= c.size[i];
      if (order.qty <= 0) this.orders.delete(id);
    }
  }

  best(side: string): Best {
    let best: Best = null;
    for (const o of this.orders.values()) {
      if (o.side !== side) continue;
      if (best === null || (side === 'B' ? o.price > best.price : o.price < best.price)) {
        best = { price: o.price, qty: 0 };
      }
      if (o.price === best.price) best.qty += o.qty;
    }
    return best;
  }
}

/** Best prices at each second's end by the plain book: whole events, the second of their F_LAST. */
export function plainBests(c: MboColumns, ends: number[]): string[] {
  const book = new PlainBook();
  const events: { from: number; to: number; ts: number }[] = [];
  for (let i = 0, from = 0; i < c.length; i++) {
    const late = i > from && c.tsRecv[i] - c.tsRecv[from] > SECOND;
    if (late) events.push({ from, to: i, ts: c.tsRecv[i - 1] });
    if (late) from = i;
    if ((c.flags[i] & LAST) === 0 && i < c.length - 1) continue;
    events.push({ from, to: i + 1, ts: c.tsRecv[i] });
    from = i + 1;
  }
  let next = 0;
  let last = '';
  return ends.map((end) => {
    const start = next;
    for (; next < events.length && events[next].ts < end; next++) {
      for (let i = events[next].from; i < events[next].to; i++) book.apply(c, i);
    }
    if (next > start || last === '') last = bestText(book.best('B'), book.best('A'));
    return last;
  });
}

/** Best prices in words. */
export const bestText = (bid: Best, ask: Best) =>
  `${bid?.price ?? null} x ${bid?.qty ?? 0} - ${ask?.price ?? null} x ${ask?.qty ?? 0}`;
/** Best prices of a window, in the same words. */
export const bestsOf = (s: SnapshotRow) => `${s.bid} x ${s.bidQty} - ${s.ask} x ${s.askQty}`;

/** Every row is conserved, and starts as the window before it ended. */
export function expectConservation({ depth }: Windows, radius: number): number {
  const at = new Map<number, Map<string, DepthRow>>();
  const spots = new Map<number, number>();
  let joined = 0;
  for (const r of depth) {
    const mine = at.get(r.end) ?? new Map<string, DepthRow>();
    at.set(r.end, mine.set(r.side + r.tick, r));
    spots.set(r.end, r.spot);
    if (r.depth !== r.start + r.add - r.pull - r.fill) expect(r).toBe('conserved');
    if (r.start < 0 || r.rest > r.depth || r.pullRest > r.pull) expect(r).toBe('in bounds');
    const spot = spots.get(r.end - SECOND);
    if (!r.valid || spot === undefined || Math.abs(r.tick - spot) > radius) continue;
    const before = at.get(r.end - SECOND)?.get(r.side + r.tick)?.depth ?? 0;
    if (r.start !== before) expect({ ...r, before }).toBe('continued');
    joined++;
  }
  return joined;
}
