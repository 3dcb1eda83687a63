import { describe, expect, it } from 'vitest';
import { ByteBudget } from '../../src/serve/byte-budget.ts';
import { strideOf } from '../../src/serve/channel.ts';
import { ClientAllowance } from '../../src/serve/client-allowance.ts';
import { CLIENT_MESSAGE_BURST, SLICE_MS, WIRE_INTERVAL_MS } from '../../src/serve/limits.ts';
import { PlaybackClock } from '../../src/serve/playback-clock.ts';
import { Slices } from '../../src/serve/slices.ts';
import type { WallClock } from '../../src/serve/wall-clock.ts';

describe('the playback clock', () => {
  it('places event time on an absolute schedule, whatever happens in between', () => {
    const clock = new PlaybackClock(2, 1000, 50e9);
    expect(clock.dueMs(52e9)).toBe(2000);
    expect(clock.positionNs(1500)).toBe(51e9);
    clock.anchor(5000, 60e9, 0.5);
    expect(clock.dueMs(61e9)).toBe(7000);
    expect(clock.positionNs(7000)).toBe(61e9);
  });

  it('thins frames only where playback is faster than the wire', () => {
    expect(strideOf(1, 25, WIRE_INTERVAL_MS)).toBe(1);
    expect(strideOf(1, 10, WIRE_INTERVAL_MS)).toBe(1);
    expect(strideOf(0.1, 25, WIRE_INTERVAL_MS)).toBe(1);
    expect(strideOf(10, 25, WIRE_INTERVAL_MS)).toBe(10);
    expect(strideOf(2.5, 25, WIRE_INTERVAL_MS)).toBe(3);
    expect(strideOf(4, 100, WIRE_INTERVAL_MS)).toBe(1);
    expect(strideOf(100, 1000, WIRE_INTERVAL_MS)).toBe(3);
    expect(strideOf(0, 25, WIRE_INTERVAL_MS)).toBe(1);
  });
});

describe('slices', () => {
  it('share the event loop: a round of many jobs is no longer than a slice', async () => {
    let now = 0;
    const rounds: number[] = [];
    const clock: WallClock = {
      nowMs: () => now,
      after: () => ({ cancel: () => {} }),
      soon: (run) =>
        setImmediate(() => {
          const from = now;
          run();
          rounds.push(now - from);
        }),
    };
    const slices = new Slices(clock);
    const left = [50, 30, 10];
    const jobs = left.map((_, i) =>
      slices.run((deadlineMs) => {
        while (now < deadlineMs && (left[i] as number) > 0) {
          now += 0.5;
          left[i] = (left[i] as number) - 0.5;
        }
        return left[i] === 0;
      }),
    );
    await Promise.all(jobs);
    expect(left).toEqual([0, 0, 0]);
    expect(Math.max(...rounds)).toBeLessThanOrEqual(SLICE_MS + 1);
  });

  it('a job that throws fails alone', async () => {
    const clock: WallClock = {
      nowMs: () => 0,
      after: () => ({ cancel: () => {} }),
      soon: (run) => void setImmediate(run),
    };
    let now = 0;
    const slices = new Slices({ ...clock, nowMs: () => now++ });
    const bad = slices.run(() => {
      throw new Error('no');
    });
    const good = slices.run(() => true);
    await expect(bad).rejects.toThrow('no');
    await good;
  });
});

describe('what a client may send', () => {
  it('is a burst, then what time gives back', () => {
    const allowance = new ClientAllowance(0);
    for (let i = 0; i < CLIENT_MESSAGE_BURST; i++) expect(allowance.take(0)).toBe(true);
    expect(allowance.take(0)).toBe(false);
    expect(allowance.take(51)).toBe(true);
    expect(allowance.take(51)).toBe(false);
  });
});

describe('the byte budget', () => {
  it('holds the most recently used within its bytes', () => {
    const budget = new ByteBudget(100);
    budget.put('a', new Uint8Array(40));
    budget.put('b', new Uint8Array(40));
    expect(budget.get('a')).toBeDefined();
    budget.put('c', new Uint8Array(40));
    expect(budget.get('b')).toBeUndefined();
    expect(budget.get('a')).toBeDefined();
    budget.put('huge', new Uint8Array(101));
    expect(budget.get('huge')).toBeUndefined();
    expect(budget.usedBytes).toBe(80);
  });
});
