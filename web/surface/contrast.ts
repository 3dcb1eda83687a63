/** How values become colours. */
export type ContrastMode = 'linear' | 'log' | 'percentile';

/** The modes in the order of their key. */
export const CONTRAST_MODES = ['percentile', 'linear', 'log'] as const satisfies ContrastMode[];

/**
 * Lowest and highest share of the visible values that are still told apart; the linear mode goes to
 * the largest, the logarithmic one begins at 0.
 */
export const LOW_PERCENTILE = 0.01;
/** See `LOW_PERCENTILE`. */
export const HIGH_PERCENTILE = 0.995;

/** The range that spans the colour map. Signed fields are symmetric around zero. */
export interface ColourRange {
  low: number;
  high: number;
  mode: ContrastMode;
  signed: boolean;
  /** Size of a value at which the logarithmic mode turns from linear to logarithmic. */
  knee: number;
}

/** The range before anything was visible. */
export const UNKNOWN_RANGE: ColourRange = {
  low: -1,
  high: 1,
  mode: 'percentile',
  signed: true,
  knee: 1,
};

/**
 * The p-quantile (0..1) of ascending values, linear between neighbours; NaN when there are none.
 */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  const n = sorted.length;
  if (n === 0) return Number.NaN;
  const at = Math.min(1, Math.max(0, p)) * (n - 1);
  const i = Math.floor(at);
  const a = sorted[i]!;
  const b = sorted[Math.min(i + 1, n - 1)]!;
  return a + (b - a) * (at - i);
}

/**
 * The range for what is visible. `values` may be in any order and is sorted in place.
 * `bound`: the widest range that the field's definition allows, used by the linear mode;
 * `knee`: see `ColourRange`.
 */
export function colourRange(
  values: Float32Array,
  mode: ContrastMode,
  signed: boolean,
  bound: number | null,
  knee: number,
): ColourRange {
  if (signed) for (let i = 0; i < values.length; i++) values[i] = Math.abs(values[i]!);
  values.sort();
  const top = values.length > 0 ? values[values.length - 1]! : 0;
  const cut = mode === 'percentile';
  let high = mode === 'linear' ? (bound ?? top) : quantileOfSorted(values, HIGH_PERCENTILE);
  if (!(high > 0)) high = top > 0 ? top : 1;
  let low = signed ? -high : 0;
  if (cut && !signed) {
    const p = quantileOfSorted(values, LOW_PERCENTILE);
    low = p < high ? p : 0;
  }
  return { low, high, mode, signed, knee };
}

/** Where a value falls in the colour map, 0 to 1. The shader does the same. */
export function normalise(value: number, range: ColourRange): number {
  let t: number;
  if (range.mode === 'log') {
    const { knee } = range;
    const top = Math.log1p(range.high / knee);
    const scaled = (Math.sign(value) * Math.log1p(Math.abs(value) / knee)) / top;
    t = range.signed ? 0.5 + 0.5 * scaled : scaled;
  } else {
    t = (value - range.low) / (range.high - range.low);
  }
  return Math.min(1, Math.max(0, t));
}

/** The value at a place of the colour map, 0 to 1: the inverse of `normalise`. */
export function valueAt(t: number, range: ColourRange): number {
  if (range.mode !== 'log') return range.low + t * (range.high - range.low);
  const scaled = range.signed ? 2 * t - 1 : t;
  const { knee } = range;
  const top = Math.log1p(range.high / knee);
  return Math.sign(scaled) * knee * Math.expm1(Math.abs(scaled) * top);
}
