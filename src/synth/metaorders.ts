import type { Prng } from '../core/index.ts';

/** Hidden parent orders that trade at the same time. */
const ACTIVE_METAORDERS = 3;
/** Tail exponent of their length: the sign autocorrelation decays like lag^-(exponent - 1). */
const LENGTH_EXPONENT = 1.6;
/** Longest parent order, child trades. */
const MAX_LENGTH = 20_000;

/**
 * Signs of market orders with a long memory: each trade is a child of one of a few parent orders
 * whose lengths have a power-law tail (Lillo, Mike, Farmer, Phys. Rev. E 71, 2005: autocorrelation
 * exponent = length exponent - 1 = 0.6).
 */
export class Metaorders {
  private readonly left = new Int32Array(ACTIVE_METAORDERS);
  private readonly sign = new Int8Array(ACTIVE_METAORDERS);
  private readonly prng: Prng;

  constructor(prng: Prng) {
    this.prng = prng;
  }

  /** +1 for a buy, -1 for a sell. */
  nextSign(): number {
    const { prng, left, sign } = this;
    const k = prng.int(ACTIVE_METAORDERS);
    if (left[k] === 0) {
      const length = Math.exp(prng.exponential() / LENGTH_EXPONENT);
      left[k] = Math.min(MAX_LENGTH, Math.ceil(length));
      sign[k] = prng.u32() & 1 ? 1 : -1;
    }
    left[k]!--;
    return sign[k]!;
  }
}
