import { describe, expect, it } from 'vitest';
import { MboColumns } from '../../src/dbn/index.ts';
import { FuturesMarket, futuresSpecs } from '../../src/synth/index.ts';
import { bestsOf, expectConservation, plainBests, windowsOf } from './window-checks.ts';

const DT = '2026-01-05';

/** Half a minute of a synthetic market at midday, its opening snapshot included. */
function market(root: string, seed: number): MboColumns {
  const startNs = 16 * 3600e9;
  const [spec] = futuresSpecs(root, DT);
  const options = { seed, dt: DT, signal: 0.5, rate: 4000, startNs, endNs: startNs + 30e9 };
  const generated = new FuturesMarket(spec!, options);
  const part = new MboColumns(16_384, BigInt(Date.parse(DT)) * 1_000_000n);
  const whole = new MboColumns(200_000, part.originNs);
  while (generated.fill(part) > 0) {
    for (let i = 0; i < part.length; i++) {
      for (const name of ['tsRecv', 'tsEvent', 'price', 'orderIdLo', 'orderIdHi'] as const) {
        whole[name][whole.length] = part[name][i]!;
      }
      for (const name of ['size', 'flags', 'action', 'side'] as const) {
        whole[name][whole.length] = part[name][i]!;
      }
      whole.length++;
    }
  }
  return whole;
}

describe('windows of a synthetic day', () => {
  it.each([
    ['ES', 1, 250_000_000],
    ['MNQ', 2, 250_000_000],
  ] as const)('%s: best prices of a plain book; every row conserved', (root, seed, tick) => {
    const c = market(root, seed);
    expect(c.length).toBeGreaterThan(30_000);
    const windows = windowsOf(c, tick, 264);
    const { snapshots } = windows;
    const ends = snapshots.map((s) => s.end);
    expect(snapshots.map(bestsOf)).toEqual(plainBests(c, ends));
    expect(expectConservation(windows, 264)).toBeGreaterThan(3000);
    expect(snapshots.filter((s) => s.trades > 0).length).toBeGreaterThan(20);
    expect(windows.depth.some((r) => r.rest > 0 && r.rest < r.depth)).toBe(true);
    expect(windows.depth.some((r) => r.pullRest > 0 && r.pullRest < r.pull)).toBe(true);
  });
});
