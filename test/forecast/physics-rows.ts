/** Windows of gold's rows, made up with a seed. */
import { Prng } from '../../src/core/index.ts';
import type { BookSurfaceRows, OptionSurfaceRows } from '../../src/forecast/index.ts';
import { WindowPhysics } from '../../src/forecast/index.ts';
import type { SlowRow, SlowStrike } from './physics-slow.ts';

/** A book whose touch is `bid` and `ask` steps from the cell of spot, `reach` steps deep. */
export function someBook(seed: number, bid = -1, ask = 1, reach = 200): SlowRow[] {
  const random = new Prng(seed);
  const rows: SlowRow[] = [];
  for (let step = -reach; step <= reach; step++) {
    for (const side of ['A', 'B'] as const) {
      const there = side === 'A' ? step >= ask : step <= bid;
      if (random.float() < 0.2) continue;
      const value = (scale: number) => Math.fround(scale * (random.float() - 0.5));
      const uP = there ? value(2) : 0;
      const g = side === 'A' ? 0 - uP : uP;
      const omega = there ? Math.fround(4 * random.float()) : 0;
      rows.push({ step, side, g, uNear: value(1), uPSlow: there ? value(1) : 0, omega });
    }
  }
  return rows;
}

/** Strikes every 20 steps, the first `offset` from spot. */
export function someStrikes(seed: number, offset = 3): SlowStrike[] {
  const random = new Prng(seed);
  return Array.from({ length: 25 }, (_, i) => [0, 1].map(() => (i - 12) * 20 + offset))
    .flat()
    .map((step) => ({ step, omega: Math.fround(10 * random.float()) }));
}

/** The same rows as columns. */
export function bookColumns(rows: readonly SlowRow[], bucketTicks = 1): BookSurfaceRows {
  return {
    relTicks: Int32Array.from(rows, (r) => r.step * bucketTicks),
    side: Uint8Array.from(rows, (r) => (r.side === 'A' ? 0 : 1)),
    pressureGrad: Float32Array.from(rows, (r) => r.g),
    uNear: Float32Array.from(rows, (r) => r.uNear),
    uPSlow: Float32Array.from(rows, (r) => r.uPSlow),
    omega: Float32Array.from(rows, (r) => r.omega),
  };
}

/** The same strikes as columns, when spot's cell begins at tick `cellTick`. */
export function strikeColumns(
  strikes: readonly SlowStrike[],
  cellTick: number,
  bucketTicks = 1,
): OptionSurfaceRows {
  return {
    strikeTick: Int32Array.from(strikes, (s) => cellTick + s.step * bucketTicks),
    omega: Float32Array.from(strikes, (s) => s.omega),
  };
}

/** A window whose spot is `spotTick` and whose mid is `mid` ticks. */
export function computeWindow(
  rows: readonly SlowRow[],
  strikes: readonly SlowStrike[] = [],
  { mid = 20_000, spotTick = 20_000, bucketTicks = 1 } = {},
): WindowPhysics {
  const physics = new WindowPhysics(bucketTicks);
  const cellTick = Math.floor(spotTick / bucketTicks) * bucketTicks;
  physics.begin();
  physics.addBook(bookColumns(rows, bucketTicks), 0, rows.length);
  const options = strikeColumns(strikes, cellTick, bucketTicks);
  physics.addOptions(options, 0, strikes.length, spotTick);
  physics.finish(mid, spotTick);
  return physics;
}
