import { Prng } from '../core/index.ts';

/** Random numbers of one instrument's day: `seed` any safe integer, `day` a day number. */
export function seededPrng(seed: number, day: number, instrumentId: number): Prng {
  const mixed = Math.imul(day, 0x9e3779b1) ^ Math.imul(instrumentId, 0x85ebca6b);
  return new Prng((new Prng(seed).u32() ^ mixed) >>> 0);
}
