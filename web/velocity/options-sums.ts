import { RIGHT_CODES, SIDE_CODES } from '../../src/wire/index.ts';
import { RIGHTS, type Right } from './strike-history.ts';
import type { SurfaceRows } from './window-codec.ts';

/** Strikes nearest to spot that are summed. */
export const NEAR_STRIKES = 5;

/** Sums over the strikes near spot, of one right and side. */
export interface OptionsSum {
  right: Right;
  side: 'bid' | 'ask';
  /** Liquidity velocity, 1/s. */
  velocity: number;
  omega: number;
}

/** A strike that stands out. */
export interface StrongStrike {
  strike: number;
  right: Right;
  /** Both sides together, 1/s. */
  velocity: number;
}

/** The listed strikes nearest to a tick, nearest first. */
export function nearestStrikes(listed: readonly number[], tick: number): number[] {
  const byDistance = [...listed].sort((a, b) => Math.abs(a - tick) - Math.abs(b - tick) || a - b);
  return byDistance.slice(0, NEAR_STRIKES);
}

/** Calls and puts, bids and asks, summed over the given strikes. */
export function sumOptions(
  { rows, columns }: SurfaceRows<'options'>,
  strikes: readonly number[],
): OptionsSum[] {
  const sums = RIGHTS.flatMap((right) =>
    (['bid', 'ask'] as const).map((side) => ({ right, side, velocity: 0, omega: 0 })),
  );
  for (let i = 0; i < rows; i++) {
    if (!strikes.includes(columns.strike_tick[i]!)) continue;
    const put = columns.right[i] === RIGHT_CODES.P ? 2 : 0;
    const sum = sums[put + (columns.side[i] === SIDE_CODES.A ? 1 : 0)]!;
    sum.velocity += columns.liquidity_velocity[i]!;
    sum.omega += columns.Omega[i]!;
  }
  return sums;
}

/** The `count` strikes and rights with the largest velocity, whatever its sign; none that are 0. */
export function strongestStrikes(
  { rows, columns }: SurfaceRows<'options'>,
  count: number,
): StrongStrike[] {
  const found = new Map<number, StrongStrike>();
  for (let i = 0; i < rows; i++) {
    const strike = columns.strike_tick[i]!;
    const right = columns.right[i] === RIGHT_CODES.C ? 'C' : 'P';
    const key = 2 * strike + (right === 'C' ? 0 : 1);
    const entry = found.get(key) ?? { strike, right, velocity: 0 };
    entry.velocity += columns.liquidity_velocity[i]!;
    found.set(key, entry);
  }
  return [...found.values()]
    .filter((s) => s.velocity !== 0)
    .sort((a, b) => Math.abs(b.velocity) - Math.abs(a.velocity) || a.strike - b.strike)
    .slice(0, count);
}
