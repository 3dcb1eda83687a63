import { NS_PER_DAY } from '../core/index.ts';

/** Volatility a year at the money. */
const AT_THE_MONEY = 0.13;
/** Its relative change per relative distance of strike from forward, and per its square. */
const SKEW = -26;
const CURVATURE = 900;
/** The smile never falls below this share of the middle. */
const LEAST_SHARE = 0.5;
const NS_PER_YEAR = 365 * NS_PER_DAY;

/** An option to be valued. */
export interface ValuedOption {
  right: 'C' | 'P';
  /** 1e-9 currency. */
  strike: number;
  /** When it expires, ns since 00:00 UTC of the day. */
  expiryNs: number;
}

/** The standard normal distribution function, to 1e-7: Abramowitz and Stegun 26.2.17. */
function normalBelow(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const poly =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = 0.3989422804014327 * Math.exp((-x * x) / 2) * poly;
  return x > 0 ? 1 - tail : tail;
}

/** Volatility a year by strike, given the forward price in the same unit. */
export function smile(strike: number, forward: number): number {
  const m = strike / forward - 1;
  return AT_THE_MONEY * Math.max(LEAST_SHARE, 1 + SKEW * m + CURVATURE * m * m);
}

/** Value of a European call on a forward, without interest: Black 1976. */
function callValue(forward: number, strike: number, rootYears: number): number {
  if (rootYears <= 0) return Math.max(0, forward - strike);
  const sd = smile(strike, forward) * rootYears;
  const d1 = Math.log(forward / strike) / sd + sd / 2;
  return Math.max(0, forward * normalBelow(d1) - strike * normalBelow(d1 - sd));
}

/** What options are worth at one forward price and time: a smile about Black's model. */
export class OptionValues {
  /** 1e-9 currency, by option. */
  readonly value: Float64Array;
  private readonly options: readonly ValuedOption[];

  constructor(options: readonly ValuedOption[]) {
    this.options = options;
    this.value = new Float64Array(options.length);
  }

  /** Values all options at a forward price (1e-9 currency) and time (ns of day). */
  update(forward: number, ns: number): void {
    const { options, value } = this;
    for (let i = 0; i < options.length; i++) {
      const { right, strike, expiryNs } = options[i]!;
      const rootYears = Math.sqrt(Math.max(0, expiryNs - ns) / NS_PER_YEAR);
      const call = callValue(forward, strike, rootYears);
      value[i] = right === 'C' ? call : Math.max(0, call - forward + strike);
    }
  }
}
