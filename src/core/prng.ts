/**
 * Seeded random numbers for the synthetic market: the same seed gives the same sequence on every
 * machine.
 *
 * xoshiro128** 1.1 (Blackman, Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS
 * 2021), seeded by splitmix32. 32-bit integer arithmetic only, so no rounding differs between
 * platforms.
 */
export class Prng {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  /** @param seed any integer; its low 32 bits and the high ones both count. */
  constructor(seed: number) {
    let s = (seed ^ Math.floor(seed / 4294967296)) >>> 0;
    const next = () => {
      s = (s + 0x9e3779b9) >>> 0;
      let z = s;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return (z ^ (z >>> 15)) >>> 0;
    };
    this.a = next();
    this.b = next();
    this.c = next();
    this.d = next();
  }

  /** A uniform integer in [0, 2^32). */
  u32(): number {
    const m = Math.imul(this.b, 5);
    const result = Math.imul((m << 7) | (m >>> 25), 9) >>> 0;
    const t = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= t;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result;
  }

  /** A uniform float in [0, 1) with 53 random bits. */
  float(): number {
    return ((this.u32() >>> 5) * 67108864 + (this.u32() >>> 6)) / 9007199254740992;
  }

  /**
   * A uniform integer in [0, n), n up to 2^32; unbiased enough for markets (bias under n / 2^53).
   */
  int(n: number): number {
    return Math.floor(this.float() * n);
  }

  /** An exponential deviate with mean 1. */
  exponential(): number {
    return -Math.log(1 - this.float());
  }

  /**
   * A standard normal deviate: Marsaglia's polar method, one of the pair. Without `Math.cos`, whose
   * last bit differs between engine versions.
   */
  normal(): number {
    for (;;) {
      const x = 2 * this.float() - 1;
      const y = 2 * this.float() - 1;
      const s = x * x + y * y;
      if (s > 0 && s < 1) return x * Math.sqrt((-2 * Math.log(s)) / s);
    }
  }
}
