import { describe, expect, it } from 'vitest';
import { OrderBook } from '../../src/book/index.ts';
import { ACTION, FLAG, MboColumns, SIDE } from '../../src/dbn/index.ts';
import {
  equityDay,
  type OrderDay,
  type OrderDayOptions,
  PathCursor,
  type PricePath,
  synthesizePath,
} from '../../src/synth/index.ts';
import { DT, hours } from './tape.ts';

const TICK = 10_000_000;

function qqq(options: OrderDayOptions): { path: PricePath; day: OrderDay } {
  const path = synthesizePath('ES', options);
  return { path, day: equityDay('QQQ', path, options) };
}

/** What a plain replay of ITCH's rules finds wrong, and how often each action came. */
function replay(day: OrderDay) {
  const orders = new Map<number, number>();
  const counts: Record<string, number> = {};
  const wrong = { unknown: 0, duplicate: 0, modify: 0, over: 0, unlikeFill: 0, named: 0, clock: 0 };
  const columns = new MboColumns(4096);
  let last = 0;
  let fill = { id: 0, size: 0 };
  let traded = 0;
  while (day.fill(columns) > 0) {
    for (let i = 0; i < columns.length; i++) {
      const id = columns.orderIdHi[i]! * 2 ** 32 + columns.orderIdLo[i]!;
      const size = columns.size[i]!;
      const action = columns.action[i]!;
      const name = String.fromCharCode(action);
      counts[name] = (counts[name] ?? 0) + 1;
      if (columns.tsRecv[i]! < last) wrong.clock++;
      last = columns.tsRecv[i]!;
      if (action === ACTION.MODIFY) wrong.modify++;
      if (action === ACTION.TRADE && id !== 0) wrong.named++;
      if (action === ACTION.TRADE && columns.side[i] !== SIDE.NONE) traded = size;
      if (action === ACTION.FILL) {
        if (size !== traded || !orders.has(id)) wrong.unlikeFill++;
        fill = { id, size };
      }
      if (action === ACTION.ADD) {
        if (orders.has(id)) wrong.duplicate++;
        orders.set(id, size);
      }
      if (action !== ACTION.CANCEL) continue;
      const left = orders.get(id);
      if (left === undefined) wrong.unknown++;
      else if (size > left) wrong.over++;
      else if (size === left) orders.delete(id);
      else orders.set(id, left - size);
      if (fill.size > 0 && (fill.id !== id || fill.size !== size)) wrong.unlikeFill++;
      fill = { id: 0, size: 0 };
    }
  }
  return { counts, wrong, orders };
}

describe('the synthetic share', () => {
  const options = hours(15, 15.2, { rate: 300, seed: 3 });

  it('keeps the rules of ITCH: no modifies, partial cancels, trade-fill-cancel', () => {
    const { counts, wrong } = replay(qqq(options).day);
    expect(wrong).toEqual({
      unknown: 0,
      duplicate: 0,
      modify: 0,
      over: 0,
      unlikeFill: 0,
      named: 0,
      clock: 0,
    });
    expect(Object.keys(counts).sort()).toEqual(['A', 'C', 'F', 'R', 'T']);
    expect(counts['R']).toBe(1);
    expect(counts['T']).toBeGreaterThan(1000);
  });

  it('builds a book that never crosses, a cent or two wide', () => {
    const { day } = qqq(options);
    const book = new OrderBook({ tickSize: TICK });
    const columns = new MboColumns(4096);
    let crossed = 0;
    let wide = 0;
    let events = 0;
    while (day.fill(columns) > 0) {
      for (let i = 0; i < columns.length; i++) {
        book.applyBatch(columns, i, i + 1);
        if ((columns.flags[i]! & FLAG.LAST) === 0 || columns.tsRecv[i]! < 15.001 * 3600e9) continue;
        events++;
        if (book.bestAskTick <= book.bestBidTick) crossed++;
        if (book.bestAskTick - book.bestBidTick > 2) wide++;
      }
    }
    expect(events).toBeGreaterThan(50_000);
    expect(crossed).toBe(0);
    expect(wide / events).toBeLessThan(0.02);
    expect(book.counters).toMatchObject({
      unknownCancels: 0,
      unknownModifies: 0,
      duplicateAdds: 0,
    });
    expect(book.valid).toBe(true);
  });

  it('follows the path of the future: one market', () => {
    const { path, day } = qqq(options);
    const columns = new MboColumns(4096);
    while (day.fill(columns) > 0) day.takeTruth();
    const future = new PathCursor(path);
    const share = new PathCursor(day.path);
    const logs: [number, number][] = [];
    for (let s = 15.01 * 3600; s < 15.2 * 3600; s += 5) {
      logs.push([Math.log(future.priceAt(s * 1e9)), Math.log(share.priceAt(s * 1e9))]);
    }
    const changes = logs.slice(1).map(([a, b], i) => [a - logs[i]![0], b - logs[i]![1]]);
    const sum = (f: (x: number, y: number) => number) =>
      changes.reduce((total, [x, y]) => total + f(x!, y!), 0);
    const correlation = sum((x, y) => x * y) / Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y));
    expect(correlation).toBeGreaterThan(0.8);
    const beta = sum((x, y) => x * y) / sum((x) => x * x);
    expect(beta).toBeGreaterThan(0.9);
    expect(beta).toBeLessThan(1.4);
    expect(share.priceAt(0)).toBeGreaterThan(500e9);
  });

  it('is cleared at midnight UTC, opens at 04:00 New York with orders, thin at first', () => {
    const { day } = qqq({ seed: 1, dt: DT, rate: 10, signal: 0, endNs: 15 * 3600e9 });
    const columns = new MboColumns(200_000);
    day.fill(columns);
    expect([columns.action[0], columns.tsRecv[0], columns.flags[0]]).toEqual([
      ACTION.CLEAR,
      0,
      130,
    ]);
    expect(columns.action[1]).toBe(ACTION.ADD);
    expect(columns.tsEvent[1]! / 3600e9).toBeCloseTo(9, 3);
    const flags = new Set(columns.flags.subarray(0, columns.length));
    expect([...flags].sort((a, b) => a - b)).toEqual([0, 130]);
    const between = (from: number, to: number) =>
      columns.tsRecv
        .subarray(0, columns.length)
        .filter((ns) => ns >= from * 3600e9 && ns < to * 3600e9).length;
    expect(between(0.001, 9)).toBe(0);
    expect(between(14.5, 15)).toBeGreaterThan(5 * between(10, 10.5));
  });

  it('comes out the same for the same seed, whatever the batches; another seed differs', () => {
    const short = hours(15, 15.02, { rate: 300, seed: 3 });
    const rows = (capacity: number, seed = 3) => {
      const { day } = qqq({ ...short, seed });
      const columns = new MboColumns(capacity);
      const out: number[] = [];
      while (day.fill(columns) > 0) out.push(...columns.price.subarray(0, columns.length));
      return out;
    };
    expect(rows(500)).toEqual(rows(20_000));
    expect(rows(500)).not.toEqual(rows(500, 4));
  });
});
