import type { Prng } from '../core/index.ts';
import type { ValuedOption } from './option-values.ts';

/** Standard deviation of the strikes that people choose, steps from the money. */
const CHOICE_SD = 3;

/**
 * Chooses options as people do: mostly near the money among those that expire today, now and then
 * any.
 */
export class OptionChoice {
  private readonly all: number;
  private readonly strikes: number;
  private readonly lowest: number;
  private readonly step: number;
  private readonly prng: Prng;

  /**
   * @param options by strike, the call before the put, the first `expiring` of one expiry at equal
   * distances.
   */
  constructor(options: readonly ValuedOption[], expiring: number, prng: Prng) {
    this.all = options.length;
    this.strikes = expiring / 2;
    this.lowest = options[0]!.strike;
    this.step = options[2]!.strike - this.lowest;
    this.prng = prng;
  }

  /** Index of an option, the underlying being at `price` (1e-9 currency). */
  next(price: number): number {
    const { prng } = this;
    const k = Math.round((price - this.lowest) / this.step + prng.normal() * CHOICE_SD);
    if (k >= 0 && k < this.strikes) return 2 * k + (prng.u32() & 1);
    return prng.int(this.all);
  }
}
