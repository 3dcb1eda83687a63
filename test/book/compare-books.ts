/** Holds a fast book against the slow one. */
import { expect } from 'vitest';
import type { FlowLog, OrderBook, TradeLog } from '../../src/book/index.ts';
import type { SlowBook } from './slow-book.ts';

const KINDS = ['add', 'pull', 'fill', 'hidden'];

/** Flow of a log or a slow book, summed per event, kind, side and tick. */
export function sumFlows(flows: FlowLog | SlowBook['flows']): Map<string, number> {
  const sums = new Map<string, number>();
  const add = (key: string, q: number) => sums.set(key, (sums.get(key) ?? 0) + q);
  if (Array.isArray(flows)) {
    for (const f of flows) add(`${f.event} ${f.ts} ${f.kind} ${f.side} ${f.tick}`, f.qty);
  } else {
    for (let i = 0; i < flows.closed; i++) {
      const kind = KINDS[flows.code[i] & 3];
      const side = flows.code[i] >> 2 ? 'A' : 'B';
      add(`${flows.eventId[i]} ${flows.ts[i]} ${kind} ${side} ${flows.tick[i]}`, flows.qty[i]);
    }
  }
  return sums;
}

/** Levels, queues, state and counters are equal. */
export function expectSameBook(fast: OrderBook, slow: SlowBook): void {
  for (const side of [0, 1] as const) {
    const want = slow.levels(side === 0 ? 'B' : 'A');
    const got = fast.levels(side);
    expect([...got.tick]).toEqual(want.map((l) => l.tick));
    expect([...got.qty]).toEqual(want.map((l) => l.qty));
    expect([...got.orders]).toEqual(want.map((l) => l.queue.length));
    for (const level of want) {
      let ahead = 0;
      for (const o of level.queue) {
        const id = BigInt(o.id);
        const lo = Number(id & 0xffffffffn);
        const hi = Number(id >> 32n);
        expect(fast.queueAhead(lo, hi)).toBe(ahead);
        expect(fast.orderOf(lo, hi)).toEqual({
          side,
          tick: level.tick,
          qty: o.qty,
          restSince: o.since,
        });
        ahead += o.qty;
      }
    }
  }
  expect(stateOf(fast)).toEqual({
    now: slow.now,
    eventOpen: slow.eventOpen,
    eventCount: slow.events,
    valid: slow.valid,
    partial: slow.partial,
    suspect: slow.suspect,
    orderCount: slow.orders.size,
    counters: slow.n,
  });
}

/** What a book shows beside its levels. */
export function stateOf(book: OrderBook) {
  const { now, eventOpen, eventCount, valid, partial, suspect, orderCount, counters } = book;
  return { now, eventOpen, eventCount, valid, partial, suspect, orderCount, counters };
}

export function tradesOf(log: TradeLog) {
  return Array.from({ length: log.closed }, (_, i) => ({
    ts: log.ts[i],
    event: log.eventId[i],
    price: log.price[i],
    size: log.size[i],
    side: 'BAN'[log.side[i]],
  }));
}

/** Two sums of flows are equal; by hand, because a general comparison of large maps is slow. */
export function expectSameFlows(got: Map<string, number>, want: Map<string, number>): void {
  for (const [key, qty] of want)
    if (got.get(key) !== qty) expect(`${key} ${got.get(key)}`).toBe(`${key} ${qty}`);
  expect(got.size).toBe(want.size);
}
