import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GridFrame } from '../../src/serve/grid-frame.ts';
import { GRID_WRITER } from '../../src/serve/grid-update.ts';
import { HeldFrames } from '../../src/serve/held-frames.ts';
import { BEHIND_LIMIT_MS, HIGH_WATER_BYTES, MAX_TRADES_PER_FRAME } from '../../src/serve/limits.ts';
import { createMetrics } from '../../src/serve/metrics.ts';
import type { FramePart } from '../../src/serve/playable.ts';
import { Viewer, type ViewerWire } from '../../src/serve/viewer.ts';
import type { GridUpdate, WireTrade } from '../../src/wire/index.ts';

const FRAME_BYTES = 16_000;
const ARROW = new Uint8Array(FRAME_BYTES);

/** A socket whose other side reads when the test says so. */
class FakeWire implements ViewerWire {
  waitingBytes = 0;
  most = 0;
  readonly updates: GridUpdate[] = [];
  closedWith: number | null = null;

  sendText(): void {}

  sendFrame(utf8: Uint8Array, rest: readonly FramePart[]): void {
    this.waitingBytes += rest.reduce((sum, part) => sum + part.bytes.length, utf8.length);
    this.most = Math.max(this.most, this.waitingBytes);
    this.updates.push(JSON.parse(Buffer.from(utf8).toString()));
  }

  close(code: number): void {
    this.closedWith = code;
  }
}

/**
 * Frames of grid indices in steps of `stride`; frame `i` has `i` events, two trades and one lot
 * bought each.
 */
function pushFrames(held: HeldFrames<GridFrame>, from: number, count: number, stride = 1): void {
  for (let i = 0; i < count; i++) {
    const seq = from + i * stride;
    const totals = (n: number) => ({
      events: (n * (n + 1)) / 2,
      bought: n,
      sold: 0,
      trades: 2 * n,
    });
    const trade = (n: number): WireTrade => ({
      ts_ns: String(n),
      price_int: '1',
      size: 1,
      side: 'B',
    });
    held.push({
      seq,
      coversFrom: seq - stride + 1,
      ordinal: 0,
      state: { seq, ts_ns: String(seq * 25) } as GridFrame['state'],
      arrow: ARROW,
      trades: [trade(2 * seq - 1), trade(2 * seq)],
      heardNs: 0,
      before: totals(seq - stride),
      after: totals(seq),
      text: null,
    });
  }
}

function viewerOf(wire: FakeWire, seq: number): Viewer<GridFrame> {
  const viewer = new Viewer(wire, GRID_WRITER, createMetrics('vacuum_pressure'), () => {});
  viewer.begin('0123456789abcdef', seq);
  return viewer;
}

const noLag = () => 0;
const lastOf = (wire: FakeWire) => wire.updates.at(-1) as GridUpdate;

describe('a viewer that reads', () => {
  it('gets every frame from its place on, and texts are encoded once for all', () => {
    const held = new HeldFrames<GridFrame>(64);
    pushFrames(held, 100, 10);
    const wires = [new FakeWire(), new FakeWire()];
    for (const wire of wires) {
      const viewer = viewerOf(wire, 104);
      viewer.enter(held);
      viewer.pump(held, 0, noLag);
    }
    expect(wires[0]?.updates.map((u) => u.seq)).toEqual([104, 105, 106, 107, 108, 109]);
    expect(wires[1]?.updates).toEqual(wires[0]?.updates);
    expect(wires[0]?.updates[1]).toMatchObject({ events: 105, skipped: 0, buy_volume: 1 });
    expect(held.at(7)?.text).not.toBeNull();
  });

  it('waits for a place that comes later', () => {
    const held = new HeldFrames<GridFrame>(64);
    pushFrames(held, 100, 5);
    const wire = new FakeWire();
    const viewer = viewerOf(wire, 107);
    viewer.enter(held);
    pushFrames(held, 105, 5);
    viewer.pump(held, 0, noLag);
    expect(wire.updates.map((u) => u.seq)).toEqual([107, 108, 109]);
  });

  it('may have a number of frames only', () => {
    const held = new HeldFrames<GridFrame>(64);
    pushFrames(held, 0, 9);
    const wire = new FakeWire();
    const viewer = viewerOf(wire, 0);
    viewer.allow(1);
    viewer.enter(held);
    viewer.pump(held, 0, noLag);
    expect(wire.updates).toHaveLength(1);
    expect(viewer.hasEnough).toBe(true);
  });
});

describe('a viewer that reads slowly', () => {
  it('is conflated: the newest frame, with everything lost counted in it', () => {
    const held = new HeldFrames<GridFrame>(64);
    const wire = new FakeWire();
    const viewer = viewerOf(wire, 0);
    viewer.enter(held);
    for (let seq = 0; seq < 200; seq++) {
      pushFrames(held, seq, 1);
      viewer.pump(held, seq * 25, noLag);
    }
    const sent = wire.updates.length;
    expect(wire.most).toBeLessThan(HIGH_WATER_BYTES + 2 * FRAME_BYTES);
    wire.waitingBytes = 0;
    viewer.pump(held, 5000, noLag);
    expect(wire.updates).toHaveLength(sent + 1);
    const update = lastOf(wire);
    expect(update.seq).toBe(199);
    expect(update.skipped).toBe(199 - sent);
    expect(update.buy_volume).toBe(200 - sent);
    expect(update.trades).toHaveLength(MAX_TRADES_PER_FRAME);
    expect(update.trades.at(-1)?.ts_ns).toBe('398');
    expect(update.trades.length + update.trades_dropped).toBe(2 * (200 - sent));
  });

  it('is closed with 1013 when it stays behind, not before', () => {
    const held = new HeldFrames<GridFrame>(64);
    const wire = new FakeWire();
    const viewer = viewerOf(wire, 0);
    viewer.enter(held);
    const step = (seq: number, nowMs: number) => {
      pushFrames(held, seq, 1);
      viewer.pump(held, nowMs, noLag);
    };
    for (let seq = 0; seq < 20; seq++) step(seq, 0);
    step(20, 1000);
    step(21, BEHIND_LIMIT_MS - 1);
    expect(wire.closedWith).toBeNull();
    step(22, BEHIND_LIMIT_MS);
    expect(wire.closedWith).toBe(1013);
  });

  it('whatever its pace and the speed: nothing is lost uncounted, memory is bounded', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 4, 10),
        fc.array(fc.record({ frames: fc.nat(30), drained: fc.nat(400_000) }), { maxLength: 40 }),
        (stride, steps) => {
          const held = new HeldFrames<GridFrame>(32);
          const wire = new FakeWire();
          const viewer = viewerOf(wire, stride);
          viewer.enter(held);
          let seq = stride;
          for (const { frames, drained } of steps) {
            pushFrames(held, seq, frames, stride);
            seq += frames * stride;
            wire.waitingBytes = Math.max(0, wire.waitingBytes - drained);
            viewer.pump(held, 0, noLag);
            expect(wire.most).toBeLessThan(HIGH_WATER_BYTES + 2 * FRAME_BYTES);
          }
          let last = stride - 1;
          for (const update of wire.updates) {
            expect(update.seq - last - 1).toBe(update.skipped + update.thinned);
            last = update.seq;
          }
          const total = (of: 'buy_volume' | 'trades_dropped') =>
            wire.updates.reduce((sum, u) => sum + u[of], 0);
          const listed = wire.updates.reduce((sum, u) => sum + u.trades.length, 0);
          if (wire.updates.length > 0) expect(total('buy_volume')).toBe(last);
          if (wire.updates.length > 0) expect(listed + total('trades_dropped')).toBe(2 * last);
        },
      ),
      { seed: 5, numRuns: 150 },
    );
  });
});
