import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrame } from '../../src/wire/index.ts';
import { generateRows } from '../book/generate-rows.ts';
import { LAST, type Row } from '../book/records.ts';
import { bitsOf, type Emitted, feed, flush, framesOf, makeEngine, TICK } from './run-engine.ts';

const market = (seed: number, count = 1200, nasty = 0.05) =>
  generateRows({ seed, count, nasty, tickSize: TICK });

/** What a frame shows, without what tells in how many records or on which grid it came. */
const shown = ({ header, bytes }: Emitted) =>
  bitsOf({ header: { ...header, records: 0, seq: 0 }, bytes });

/**
 * Every quantity in two records of one event instead of one: adds grow by a modify, cancels come in
 * parts.
 */
function inParts(rows: Row[], share: number): Row[] {
  const live = new Map<Row['id'], number>();
  return rows.flatMap((r) => {
    const part = Math.floor(r.size * share);
    const size = live.get(r.id);
    if (r.action === 'A') live.set(r.id, r.size);
    if (r.action === 'M' && size !== undefined) live.set(r.id, r.size);
    if (r.action === 'C' && size !== undefined) live.set(r.id, size - r.size);
    if (part === 0 || r.size - part === 0) return [r];
    const first = { ...r, size: part, flags: r.flags & ~LAST };
    if (r.action === 'A' && size === undefined) return [first, { ...r, action: 'M' }];
    if (r.action === 'C' && size !== undefined && r.size <= size) {
      return [first, { ...r, size: r.size - part }];
    }
    return [r];
  });
}

describe('frames depend on the records alone', () => {
  it('not on where batches end', () => {
    const rows = market(1);
    const whole = framesOf(rows).map(bitsOf);
    expect(whole.length).toBeGreaterThan(30);
    fc.assert(
      fc.property(fc.array(fc.nat(rows.length), { maxLength: 300 }), (cuts) => {
        expect(framesOf(rows, {}, cuts).map(bitsOf)).toEqual(whole);
      }),
      { seed: 21, numRuns: 15 },
    );
    const alone = rows.map((_, i) => i);
    expect(framesOf(rows, {}, alone).map(bitsOf)).toEqual(whole);
  });

  it('not on how a quantity is split', () => {
    const rows = market(2, 1500, 0);
    const whole = framesOf(rows).map(shown);
    for (const share of [0.1, 0.5, 0.9]) {
      const parts = inParts(rows, share);
      expect(parts.length).toBeGreaterThan(rows.length * 1.1);
      expect(framesOf(parts).map(shown)).toEqual(whole);
    }
  });

  it('not on how often frames are read, nor on gaps without records', () => {
    // Gaps of minutes: the frames read within them move sums through epochs that others skip.
    const rows = market(3, 1500).map((r, i) => ({ ...r, ts: r.ts + Math.floor(i / 400) * 97e9 }));
    const at = (frames: Emitted[]) => new Map(frames.map((f) => [f.header.ts, shown(f)]));
    const rare = at(framesOf(rows, { throttleMs: 1000 }));
    expect(rare.size).toBeGreaterThan(290);
    for (const throttleMs of [100, 250]) {
      const often = at(framesOf(rows, { throttleMs }));
      for (const [ts, bits] of rare) if (often.has(ts)) expect(often.get(ts)).toBe(bits);
      expect([...rare.keys()].filter((ts) => !often.has(ts)).length).toBeLessThanOrEqual(1);
    }
  });

  it('not on whether sums move to the next epoch before or after late flows reach them', () => {
    // The 13th epoch of the weights ends here; the records lie densely around it.
    const boundary = 13 * 120e9 * Math.LN2;
    const rows = market(6, 3000, 0).map((r, i) => ({ ...r, ts: boundary + (i - 1500) * 5e5 }));
    const at = (frames: Emitted[]) => new Map(frames.map((f) => [f.header.ts, shown(f)]));
    const often = at(framesOf(rows, { throttleMs: 10 }));
    const rare = framesOf(rows, { throttleMs: 1000 });
    expect(rare.length).toBe(3);
    for (const { header, bytes } of rare) {
      expect(decodeFrame(bytes).v_add.every(Number.isFinite)).toBe(true);
      const same = often.get(header.ts);
      if (same !== undefined) expect(shown({ header, bytes })).toBe(same);
    }
    expect(often.has(rare[1].header.ts)).toBe(true);
  });

  it('not on where emission starts', () => {
    const rows = market(4, 2500);
    const all = framesOf(rows);
    const middle = all[Math.floor(all.length / 2)].header.ts;
    const engine = makeEngine();
    engine.seekGrid(middle - 1);
    const late = [...feed(engine, rows), ...flush(engine)];
    const after = all.filter((f) => f.header.ts >= middle);
    expect(late.map(bitsOf)).toEqual(after.map(bitsOf));
  });

  it('not on frames being off or on another grid before', () => {
    const rows = market(5, 2500);
    const all = framesOf(rows);
    const engine = makeEngine({ throttleMs: 10 });
    const first = feed(engine, rows.slice(0, 800));
    expect(first.length).toBeGreaterThan(0);
    engine.seekGrid(Infinity);
    expect(feed(engine, rows.slice(800, 1600))).toEqual([]);
    engine.setThrottle(25);
    engine.seekGrid(0);
    const rest = [...feed(engine, rows.slice(1600)), ...flush(engine)];
    const from = rest[0].header.ts;
    expect(rest.map(bitsOf)).toEqual(all.filter((f) => f.header.ts >= from).map(bitsOf));
  });
});
