/** The book against every fact that is known about the real market-by-order files. */
import { expect, it } from 'vitest';
import { FLOW, FlowLog, OrderBook, TradeLog } from '../../src/book/index.ts';
import type { MboColumns } from '../../src/dbn/index.ts';
import { readMboFile } from './book-files.ts';
import { describeConformance } from './data.ts';

const ES_TICK = 250_000_000;

function replay(c: MboColumns, tickSize: number) {
  const flows = new FlowLog();
  const trades = new TradeLog();
  const book = new OrderBook({ tickSize, flows, trades, originNs: c.originNs });
  book.applyBatch(c, 0, c.length);
  book.assertInvariants();
  return { book, flows, trades, n: book.counters };
}

/** Depth by side and tick. */
function depths(book: OrderBook): Map<string, number> {
  const at = new Map<string, number>();
  for (const side of [0, 1] as const) {
    const { tick, qty } = book.levels(side);
    for (let i = 0; i < tick.length; i++) at.set(`${side} ${tick[i]}`, qty[i]);
  }
  return at;
}

/**
 * Holds depth_end = depth_start + add - pull - fill for rows `[from, length)`, at every side and
 * tick.
 */
function expectConservation(c: MboColumns, from: number, tickSize: number): void {
  const flows = new FlowLog();
  const book = new OrderBook({ tickSize, flows, originNs: c.originNs });
  book.applyBatch(c, 0, from);
  const sum = depths(book);
  flows.consume();
  expect(flows.length).toBe(0);
  book.applyBatch(c, from, c.length);
  for (let i = 0; i < flows.closed; i++) {
    const kind = flows.code[i] & 3;
    if (kind === FLOW.HIDDEN_FILL) continue;
    const key = `${flows.code[i] >> 2} ${flows.tick[i]}`;
    sum.set(key, (sum.get(key) ?? 0) + (kind === FLOW.ADD ? 1 : -1) * flows.qty[i]);
  }
  for (const [key, qty] of [...sum]) if (qty === 0) sum.delete(key);
  expect(sum).toEqual(depths(book));
}

describeConformance('books of real market-by-order files', (pathOf) => {
  it('ES, 2023-12-25: a holiday with a snapshot that no clear leads', async () => {
    const c = await readMboFile(pathOf('dbn/esh4-20231225.mbo.v1.dbn.zst'), '2023-12-25');
    const { book, n } = replay(c, ES_TICK);
    expect(c.length).toBe(68_792);
    expect(n).toMatchObject({
      adds: 29_216,
      cancels: 17_999,
      modifies: 12_233,
      trades: 2_973,
      fills: 6_371,
      unknownCancels: 0,
      unknownModifies: 0,
      unknownFills: 7,
      overCancels: 0,
      duplicateAdds: 0,
      offGridPrices: 0,
      clears: 1,
      snapshots: 1,
      forcedCloses: 1,
      crossedEvents: 891,
    });
    expect(book.eventCount).toBe(47_022 + 1);
    expect(book.orderCount).toBe(11_217);
    expect(book.levelCounts).toEqual({ bid: 922, ask: 565 });
    expect([book.bestBidTick, book.bestAskTick]).toEqual([4810 * 4, 4810.25 * 4]);
    expect(book.depthAt(0, book.bestBidTick)).toBe(22);
    expect(book.depthAt(1, book.bestAskTick)).toBe(28);
    expect([book.valid, book.partial, book.suspect]).toEqual([true, false, false]);
    expectConservation(c, 8_725, ES_TICK);
  });

  it('ES, 2023-12-25: crossed only before the 23:00 open, and once just after', async () => {
    const c = await readMboFile(pathOf('dbn/esh4-20231225.mbo.v1.dbn.zst'), '2023-12-25');
    const book = new OrderBook({ tickSize: ES_TICK });
    const open = 23 * 3600e9;
    const next = book.applyUntil(c, 0, c.length, open);
    expect(book.eventOpen).toBe(false);
    expect(book.counters.crossedEvents).toBe(890);
    const after = book.applyUntil(c, next, c.length, open + 1e6);
    expect(book.counters.crossedEvents).toBe(891);
    book.applyBatch(c, after, c.length);
    expect(book.counters.crossedEvents).toBe(891);
  });

  it('ES, the weekly snapshot alone', async () => {
    const c = await readMboFile(pathOf('dbn/esh4-20231224-snapshot.mbo.v1.dbn.zst'), '2023-12-24');
    const { book, flows, n } = replay(c, ES_TICK);
    expect(c.length).toBe(8_725);
    expect(n).toMatchObject({ adds: 8_725, snapshots: 1, clears: 1, forcedCloses: 0 });
    expect([book.valid, book.eventCount, book.orderCount]).toEqual([true, 1, 8_725]);
    expect(flows.length).toBe(0);
  });

  it('ES, 2024-05-08: a clear, a deep snapshot and two seconds', async () => {
    const c = await readMboFile(pathOf('dbn/esm4-20240508-snapshot.mbo.v1.dbn.zst'), '2024-05-08');
    const { book, n } = replay(c, ES_TICK);
    expect(c.length).toBe(13_796);
    expect(n).toMatchObject({ clearRecords: 1, clears: 1, snapshots: 1, crossedEvents: 0 });
    expect(book.orderCount).toBe(13_598);
    expect(book.levelCounts).toEqual({ bid: 976, ask: 571 });
    expect([book.bestBidTick, book.bestAskTick]).toEqual([5214 * 4, 5214.25 * 4]);
    expect(book.depthAt(0, book.bestBidTick)).toBe(28);
    expect(book.depthAt(1, book.bestAskTick)).toBe(17);
    expectConservation(c, 13_602, ES_TICK);
  });

  it('CL, 2025-09-24: begins in mid-session', async () => {
    const c = await readMboFile(pathOf('dbn/clx5-20250924-no-snapshot.mbo.v3.dbn'), '2025-09-24');
    const { book, n } = replay(c, 10_000_000);
    expect(c.length).toBe(38_212);
    expect(n).toMatchObject({ unknownCancels: 1_224, unknownModifies: 216, unknownFills: 30 });
    expect([book.orderCount, book.partial]).toEqual([147, true]);
    expectConservation(c, 0, 10_000_000);
  });

  it('MES, 2025-01-21: what was traded is what was filled', async () => {
    const c = await readMboFile(pathOf('dbn/mesh5-20250121.mbo.v2.dbn.zst'), '2025-01-21');
    const { n, trades } = replay(c, ES_TICK);
    let filled = 0;
    for (let i = 0; i < c.length; i++) if (c.action[i] === 70) filled += c.size[i];
    expect(c.length).toBe(4_176);
    expect(filled).toBe(292);
    expect(n.buyVolume + n.sellVolume + n.sidelessVolume).toBe(292);
    expect(trades.size.subarray(0, trades.closed).reduce((s, x) => s + x, 0)).toBe(292);
    expectConservation(c, 0, ES_TICK);
  });

  it('gives the same book and flows whatever the batches are, and across a restart', async () => {
    const c = await readMboFile(pathOf('dbn/esh4-20231225.mbo.v1.dbn.zst'), '2023-12-25');
    const whole = replay(c, ES_TICK);
    const flows = new FlowLog();
    const trades = new TradeLog();
    let book = new OrderBook({ tickSize: ES_TICK, flows, trades, originNs: c.originNs });
    let restarts = 0;
    for (let i = 0, step = 1; i < c.length; i += step, step = (step * 7) % 4099 || 1) {
      book.applyBatch(c, i, Math.min(c.length, i + step));
      if (i % 5 !== 0 || book.eventOpen) continue;
      book = OrderBook.restore(book.save(), { flows, trades });
      restarts++;
    }
    expect(restarts).toBeGreaterThan(3);
    expect(Buffer.from(book.save()).equals(whole.book.save())).toBe(true);
    expect(flows.length).toBe(whole.flows.length);
    for (const column of ['ts', 'tick', 'code', 'qty', 'eventId'] as const) {
      const cut = (log: FlowLog) => log[column].subarray(0, log.length);
      expect(cut(flows)).toEqual(cut(whole.flows));
    }
  });
});
