import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WindowSpan } from '../../src/book/index.ts';
import { generateRows } from './generate-rows.ts';
import type { Row } from './records.ts';
import { runWindows } from './run-windows.ts';
import { type SnapshotRow, slowWindows } from './slow-windows.ts';

const TICK = 250_000_000;
const START = 1e12;

/** The same rows, `times` as slow. */
function stretch(rows: Row[], times: number): Row[] {
  const at = (ts: number) => (ts > 2 ** 60 ? ts : Math.floor(START + (ts - START) * times));
  return rows.map((r) => ({ ...r, ts: at(r.ts), tsEvent: at(r.tsEvent ?? r.ts) }));
}

/** Everything but the mean price, which is compared to twelve digits of the largest price. */
const exact = (rows: SnapshotRow[]) => rows.map((r) => ({ ...r, vwap: r.vwap !== null }));

function expectSameRows(got: object[], want: object[]): void {
  for (let i = 0; i < Math.max(got.length, want.length); i++) {
    if (JSON.stringify(got[i]) !== JSON.stringify(want[i])) expect(got[i]).toEqual(want[i]);
  }
}

function check(rows: Row[], tickSize: number, radius: number, spans: WindowSpan[], batch?: number) {
  const got = runWindows(rows, { tickSize, radius, spans, batch });
  const want = slowWindows(rows, tickSize, radius, spans);
  expectSameRows(exact(got.snapshots), exact(want.snapshots));
  expectSameRows(got.depth, want.depth);
  const largest = Math.max(
    0,
    ...rows.filter((r) => r.action === 'T').map((r) => Math.abs(r.price)),
  );
  got.snapshots.forEach(({ vwap }, i) => {
    const off = Math.abs((vwap ?? 0) - (want.snapshots[i].vwap ?? 0));
    expect(off).toBeLessThanOrEqual(largest * 1e-21);
  });
  got.engine.book.assertInvariants();
  return got;
}

const seconds = (from: number, to: number): WindowSpan => ({
  fromNs: START + from * 1e9,
  toNs: START + to * 1e9,
});

describe('one-second windows against slow obvious ones', () => {
  it('agree on an orderly market, slow and fast', () => {
    for (const [seed, times] of [
      [1, 1],
      [2, 3],
      [3, 20],
      [4, 60],
      [5, 200],
    ] as const) {
      const rows = stretch(generateRows({ seed, count: 2500, nasty: 0, tickSize: TICK }), times);
      const last = Math.ceil((rows.at(-1)!.ts - START) / 1e9);
      const { depth } = check(rows, TICK, 9, [seconds(-1, last + 2)], 61);
      expect(depth.length).toBeGreaterThan(last);
    }
  });

  it('agree when every twentieth record is odd', () => {
    for (let seed = 10; seed < 18; seed++) {
      const rows = stretch(generateRows({ seed, count: 1500, nasty: 0.05, tickSize: TICK }), 5);
      check(rows, TICK, 40, [seconds(0, 12)], 97);
    }
  });

  it('agree on any stream, in any batches, over any spans', () => {
    const spans = fc.array(fc.tuple(fc.nat(4), fc.integer({ min: 1, max: 5 })), { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.nat(),
          nasty: fc.double({ min: 0, max: 0.6, noNaN: true }),
          times: fc.constantFrom(1, 10, 100, 700),
          radius: fc.integer({ min: 0, max: 30 }),
          batch: fc.integer({ min: 1, max: 150 }),
          steps: spans,
        }),
        ({ seed, nasty, times, radius, batch, steps }) => {
          const rows = generateRows({ seed, count: 120, nasty, tickSize: TICK, orders: 12 });
          let at = -1;
          const list = steps.map(([gap, length]) => {
            const span = seconds(at + gap, at + gap + length);
            at += gap + length;
            return span;
          });
          check(stretch(rows, times), TICK, radius, list, batch);
        },
      ),
      { seed: 11, numRuns: 300 },
    );
  });
});

describe('depth over the windows', () => {
  it('is conserved: what a window starts with is what the last one ended with', () => {
    const rows = stretch(generateRows({ seed: 5, count: 3000, nasty: 0, tickSize: TICK }), 30);
    const last = Math.ceil((rows.at(-1)!.ts - START) / 1e9);
    const spans = [seconds(0, last + 1)];
    const { depth } = runWindows(rows, { tickSize: TICK, radius: 40, spans });
    const at = new Map(depth.map((r) => [`${r.end} ${r.side} ${r.tick}`, r]));
    let joined = 0;
    for (const r of depth) {
      expect(r.depth).toBe(r.start + r.add - r.pull - r.fill);
      expect(r.rest).toBeLessThanOrEqual(r.depth);
      expect(r.pullRest).toBeLessThanOrEqual(r.pull);
      const before = at.get(`${r.end - 1e9} ${r.side} ${r.tick}`);
      expect(r.start).toBe(before?.depth ?? 0);
      if (before) joined++;
    }
    expect(joined).toBeGreaterThan(1000);
  });
});
