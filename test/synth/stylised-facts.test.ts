import { beforeAll, describe, expect, it } from 'vitest';
import {
  hours,
  midsPerSecond,
  record,
  rowsPerHalfHour,
  type Tape,
  type Touches,
  tradeSigns,
} from './tape.ts';

/** Mean squared change of the mid over `lag` seconds, per second, in ticks. */
function varianceRate(mids: readonly number[], lag: number): number {
  let sum = 0;
  for (let i = lag; i < mids.length; i++) sum += ((mids[i]! - mids[i - lag]!) / 2) ** 2;
  return sum / (mids.length - lag) / lag;
}

/**
 * Share of the variance of mid changes over windows that the order-flow imbalance of the touch in
 * the same windows explains (Cont, Kukanov, Stoikov 2014).
 */
function explainedByImbalance(touches: Touches, seconds: number): number {
  const { ts, bid, ask, bidLots, askLots, length } = touches;
  const windows = new Map<number, { flow: number; move: number }>();
  for (let i = 1; i < length; i++) {
    const k = Math.floor(ts[i]! / 1e9 / seconds);
    const window = windows.get(k) ?? { flow: 0, move: 0 };
    windows.set(k, window);
    if (bid[i]! >= bid[i - 1]!) window.flow += bidLots[i]!;
    if (bid[i]! <= bid[i - 1]!) window.flow -= bidLots[i - 1]!;
    if (ask[i]! <= ask[i - 1]!) window.flow -= askLots[i]!;
    if (ask[i]! >= ask[i - 1]!) window.flow += askLots[i - 1]!;
    window.move += bid[i]! + ask[i]! - bid[i - 1]! - ask[i - 1]!;
  }
  const all = [...windows.values()];
  const mean = (f: (w: { flow: number; move: number }) => number) =>
    all.reduce((sum, w) => sum + f(w), 0) / all.length;
  const flow = mean((w) => w.flow);
  const move = mean((w) => w.move);
  const covariance = mean((w) => (w.flow - flow) * (w.move - move));
  const variances = mean((w) => (w.flow - flow) ** 2) * mean((w) => (w.move - move) ** 2);
  return covariance ** 2 / variances;
}

function kurtosis(mids: readonly number[], lag: number): number {
  let second = 0;
  let fourth = 0;
  let n = 0;
  for (let i = lag; i < mids.length; i += lag, n++) {
    const move = mids[i]! - mids[i - lag]!;
    second += move ** 2;
    fourth += move ** 4;
  }
  return fourth / n / (second / n) ** 2;
}

describe('stylised facts of the placebo market', () => {
  let tape: Tape;
  let mids: number[];

  beforeAll(() => {
    tape = record('ES', hours(15, 16, { signal: 0, seed: 5, rate: 200 }));
    mids = midsPerSecond(tape.touches);
  });

  it('keeps the spread at one tick nearly always', () => {
    let one = 0;
    let all = 0;
    const { ts, bid, ask, length } = tape.touches;
    for (let i = 1; i < length; i++) {
      const time = ts[i]! - ts[i - 1]!;
      all += time;
      if (ask[i - 1]! - bid[i - 1]! === 1) one += time;
    }
    expect(one / all).toBeGreaterThan(0.98);
    expect(one / all).toBeLessThan(1);
  });

  it('has its deepest level some ticks away from the touch, and a long tail', () => {
    const { depth } = tape;
    const peak = depth.indexOf(Math.max(...depth));
    expect(peak).toBeGreaterThanOrEqual(5);
    expect(peak).toBeLessThanOrEqual(40);
    expect(depth[0]!).toBeLessThan(0.75 * depth[peak]!);
    expect(depth[110]!).toBeLessThan(0.5 * depth[peak]!);
    expect(depth[110]!).toBeGreaterThan(1);
    expect(tape.model.orders.size).toBeGreaterThan(3000);
    expect(tape.model.levels.size).toBeGreaterThan(600);
  });

  it('moves a few times a second at most, without drift or bounce: a flat signature plot', () => {
    const movesPerSecond = varianceRate(mids, 1);
    expect(movesPerSecond).toBeGreaterThan(0.5);
    expect(movesPerSecond).toBeLessThan(4);
    for (const lag of [5, 10, 30]) {
      expect(varianceRate(mids, lag) / movesPerSecond).toBeGreaterThan(0.7);
      expect(varianceRate(mids, lag) / movesPerSecond).toBeLessThan(1.4);
    }
  });

  it('moves by order flow, but not by it alone: imbalance explains about half', () => {
    const r2 = [1, 5, 10].map((seconds) => explainedByImbalance(tape.touches, seconds));
    expect(Math.min(...r2)).toBeGreaterThan(0.25);
    expect(Math.max(...r2)).toBeLessThan(0.8);
    const mean = r2.reduce((a, b) => a + b, 0) / r2.length;
    expect(mean).toBeGreaterThan(0.4);
    expect(mean).toBeLessThan(0.72);
  });

  it('has fat tails that thin out with the horizon', () => {
    expect(kurtosis(mids, 1)).toBeGreaterThan(3.8);
    expect(kurtosis(mids, 5)).toBeGreaterThan(3.3);
  });

  it('comes in bursts: counts per second vary far more than independent arrivals would', () => {
    const counts = new Map<number, number>();
    for (let i = 0; i < tape.touches.length; i++) {
      const second = Math.floor(tape.touches.ts[i]! / 1e9);
      counts.set(second, (counts.get(second) ?? 0) + 1);
    }
    const values = [...counts.values()].slice(1);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    expect(variance / mean).toBeGreaterThan(10);
  });
});

it('trade signs have a long memory: autocorrelation about lag^-0.6', () => {
  const bins = [4, 8, 16, 32, 64];
  const sums = bins.map(() => 0);
  for (const seed of [1, 2, 3]) {
    const signs = tradeSigns('ES', hours(15, 15.25, { rate: 800, seed }));
    bins.forEach((from, k) => {
      let sum = 0;
      for (let lag = from; lag < 2 * from; lag++) {
        for (let i = lag; i < signs.length; i++) sum += signs[i]! * signs[i - lag]!;
      }
      sums[k]! += sum / from / signs.length;
    });
  }
  const x = bins.map((from) => Math.log(from * 1.44));
  const y = sums.map((sum) => Math.log(sum));
  const mean = (a: number[]) => a.reduce((s, v) => s + v, 0) / a.length;
  const mx = mean(x);
  const my = mean(y);
  const slope =
    x.reduce((s, v, i) => s + (v - mx) * (y[i]! - my), 0) /
    x.reduce((s, v) => s + (v - mx) ** 2, 0);
  expect(slope).toBeGreaterThan(-0.78);
  expect(slope).toBeLessThan(-0.45);
});

it('the day is U-shaped, and its busy session has the rate that was asked for', () => {
  const seeds = [1, 2, 3];
  const days = seeds.map((seed) => rowsPerHalfHour('ES', hours(13, 22, { rate: 20, seed })));
  const perSecond = (fromHour: number, toHour: number) => {
    const rows = days.flatMap((day) => day.slice(fromHour * 2, toHour * 2));
    return rows.reduce((a, b) => a + b, 0) / seeds.length / ((toHour - fromHour) * 3600);
  };
  const noon = perSecond(17, 18);
  expect(perSecond(14.5, 15)).toBeGreaterThan(1.4 * noon);
  expect(perSecond(20.5, 21)).toBeGreaterThan(1.2 * noon);
  expect(perSecond(13, 13.5)).toBeLessThan(0.5 * noon);
  expect(perSecond(21, 22)).toBeLessThan(0.4 * noon);
  expect(perSecond(14.5, 21)).toBeGreaterThan(20 * 0.75);
  expect(perSecond(14.5, 21)).toBeLessThan(20 * 1.35);
});
