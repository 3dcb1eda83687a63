import { Prng } from '../core/index.ts';

/** Random numbers of one instrument's day: `seed` any safe integer, `day` a day number. */
export function seededPrng(seed: number, day: number, instrumentId: number): Prng {
  const low = new Prng(seed >>> 0).u32();
  const high = new Prng(Math.floor(seed / 2 ** 32)).u32();
  const mixed =
    low ^
    Math.imul(high, 0xc2b2ae35) ^
    Math.imul(day, 0x9e3779b1) ^
    Math.imul(instrumentId, 0x85ebca6b);
  return new Prng(mixed >>> 0);
}
