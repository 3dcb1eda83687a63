import { describe, expect, it } from 'vitest';
import { ASK, BID } from '../../src/core/index.ts';
import { MoveLaw } from '../../src/synth/move-law.ts';
import { areaUnderCurve, hours, midsPerSecond, record, type Tape } from './tape.ts';

interface Draw {
  pUp: number;
  up: boolean;
  imbalance: number;
}

/** Each drawn move with the queue imbalance that a viewer saw just before it. */
function draws({ truth, touches }: Tape): Draw[] {
  const out: Draw[] = [];
  let k = 0;
  for (let i = 0; i < truth.length; i++) {
    if (truth.direction[i] === 0) continue;
    while (k + 1 < touches.length && touches.ts[k + 1]! < truth.tsRecv[i]!) k++;
    const bidLots = touches.bidLots[k]!;
    const askLots = touches.askLots[k]!;
    const imbalance = (bidLots - askLots) / (bidLots + askLots);
    out.push({ pUp: truth.pUp[i]!, up: truth.direction[i]! > 0, imbalance });
  }
  return out;
}

const auc = (rows: Draw[], score: (d: Draw) => number) =>
  areaUnderCurve(
    rows.map(score),
    rows.map((d) => d.up),
  );

describe('the known truth', () => {
  it('is a fair coin at signal 0: the queues say nothing about the next move', () => {
    const rows = draws(record('ES', hours(15, 16, { signal: 0, seed: 3, rate: 200 })));
    expect(rows.length).toBeGreaterThan(2500);
    expect(new Set(rows.map((d) => d.pUp))).toEqual(new Set([0.5]));
    const chance = 3.5 / Math.sqrt(12 * rows.length) / Math.sqrt(0.25);
    expect(Math.abs(auc(rows, (d) => d.imbalance) - 0.5)).toBeLessThan(chance);
    const share = rows.filter((d) => d.up).length / rows.length;
    expect(Math.abs(share - 0.5)).toBeLessThan(3.5 * Math.sqrt(0.25 / rows.length));
  });

  it('is in the book at signal 1, in more than the queues, and its probabilities are right', () => {
    const rows = draws(record('ES', hours(15, 16, { signal: 1, seed: 3, rate: 200 })));
    const queues = auc(rows, (d) => d.imbalance);
    expect(queues).toBeGreaterThan(0.65);
    expect(auc(rows, (d) => d.pUp)).toBeGreaterThan(queues + 0.02);
    for (let bin = 0; bin < 5; bin++) {
      const inside = rows.filter((d) => Math.min(4, Math.floor(d.pUp * 5)) === bin);
      expect(inside.length).toBeGreaterThan(100);
      const mean = inside.reduce((a, d) => a + d.pUp, 0) / inside.length;
      const share = inside.filter((d) => d.up).length / inside.length;
      const chance = 4 * Math.sqrt((mean * (1 - mean)) / inside.length);
      expect(Math.abs(share - mean)).toBeLessThan(chance);
    }
  });

  it('shows before a run: where it leans hard, the mid goes there over the next seconds', () => {
    const { truth, touches } = record('ES', hours(15, 16, { signal: 1, seed: 4, rate: 200 }));
    const mids = midsPerSecond(touches);
    const first = Math.ceil(touches.ts[0]! / 1e9);
    const change = { up: [] as number[], down: [] as number[] };
    for (let i = 0; i < truth.length; i++) {
      const now = Math.floor(truth.tsRecv[i]! / 1e9) - first;
      if (truth.direction[i] !== 0 || now < 0 || now + 5 >= mids.length) continue;
      const ticks = (mids[now + 5]! - mids[now]!) / 2;
      if (truth.pUp[i]! > 0.75) change.up.push(ticks);
      if (truth.pUp[i]! < 0.25) change.down.push(ticks);
    }
    const mean = (a: number[]) => a.reduce((s, x) => s + x, 0) / a.length;
    expect(Math.min(change.up.length, change.down.length)).toBeGreaterThan(100);
    expect(mean(change.up)).toBeGreaterThan(0.4);
    expect(mean(change.down)).toBeLessThan(-0.4);
  });

  it('leans the same way for seconds, not only until the next move', () => {
    const { truth } = record('ES', hours(15, 16, { signal: 1, seed: 4, rate: 200 }));
    const logOdds: number[] = [];
    for (let i = 0; i < truth.length; i++) {
      const p = truth.pUp[i]!;
      if (truth.direction[i] === 0) logOdds.push(Math.log(p / (1 - p)));
    }
    const variance = logOdds.reduce((sum, x) => sum + x * x, 0) / logOdds.length;
    const alike = (lag: number) => {
      let sum = 0;
      for (let i = lag; i < logOdds.length; i++) sum += logOdds[i]! * logOdds[i - lag]!;
      return sum / (logOdds.length - lag) / variance;
    };
    expect(alike(1)).toBeGreaterThan(0.3);
    expect(alike(3)).toBeGreaterThan(0.15);
    expect(Math.abs(alike(60))).toBeLessThan(0.1);
  });

  it('has a row for each second and move, in time order, and the mid goes where it says', () => {
    const { truth, touches } = record('ES', hours(15, 15.1, { rate: 200 }));
    const seconds = [];
    let path = 0;
    let ordered = true;
    for (let i = 0; i < truth.length; i++) {
      ordered &&= i === 0 || truth.tsRecv[i]! >= truth.tsRecv[i - 1]!;
      if (truth.direction[i] === 0) seconds.push(Math.floor(truth.tsRecv[i]! / 1e9));
      else expect(Math.sign(truth.ticks[i]!)).toBe(truth.direction[i]);
      path += truth.ticks[i]!;
    }
    expect(ordered).toBe(true);
    expect(seconds).toEqual(Array.from({ length: 360 }, (_, k) => 15 * 3600 + k));
    const last = touches.length - 1;
    const mid = (i: number) => (touches.bid[i]! + touches.ask[i]!) / 2;
    expect(mid(last) - mid(0)).toBe(path);
  });
});

describe('the law of moves', () => {
  const law = (rate: number) => new MoveLaw(1, rate, 0);
  const logOdds = (p: number) => Math.log(p / (1 - p));

  it('is that of docs/formulas.md', () => {
    expect(logOdds(law(300).upProbability(30, 10))).toBeCloseTo(2.2 * 0.5, 9);
    const flow = law(1200);
    flow.added[BID] = 35;
    flow.removed[ASK] = 25;
    flow.added[ASK] = 20;
    const share = (35 + 25 - 20) / (35 + 25 + 20 + 1200);
    expect(logOdds(flow.upProbability(10, 10))).toBeCloseTo(35 * Math.sqrt(1200 / 300) * share, 9);
    expect(flow.haste()).toBeCloseTo(1 + 5 * (2 * share - 0.05), 9);
    for (let step = 0; step < 5 * 20; step++) flow.fade();
    expect(flow.added[BID]).toBeCloseTo(35 / Math.E, 9);
  });

  it('stays within its bounds, and is a fair coin without a signal', () => {
    expect(law(300).upProbability(1000, 1)).toBeLessThanOrEqual(0.98);
    const flow = law(30);
    flow.added[ASK] = 1e6;
    expect(flow.upProbability(1, 1000)).toBe(0.02);
    expect(new MoveLaw(0, 300, 0).upProbability(1000, 1)).toBe(0.5);
  });
});
