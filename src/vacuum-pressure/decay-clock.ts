/**
 * The weights of forward decay (Cormode et al., ICDE 2009): an event at time t counts `exp((t - t_ref) / tau)`.
 *
 * The reference time moves in epochs of 4 x 30 s x ln 2. Over one epoch the four weights grow by exactly 2^4, 2^12,
 * 2^24 and 2^60 (tau = 30, 10, 5, 2 s), so that moving sums to a later epoch is exact whenever it happens. The weights
 * of the shorter time constants are powers (3, 6, 15) of the longest one's. Only +, -, * and floor on float64: the
 * same bits on every machine.
 */

/** Time constants of the rates, s, in the order of the sums of a flow. */
export const TAU_S = [2, 5, 10, 30] as const;
/** Powers of two that a sum of each `TAU_S` loses from one epoch to the next. */
export const EPOCH_BITS = [60, 24, 12, 4] as const;

/** An epoch, ns: 120e9 ln 2, as an integer and the rest, so that its multiples stay exact. */
const EPOCH_NS_INTEGER = 83_177_661_667;
const EPOCH_NS_REST = 0.19343713006785457;
const EPOCH_NS = EPOCH_NS_INTEGER + EPOCH_NS_REST;

const LN2 = Math.LN2;
const STEPS = 64;

/** exp by its series, for the table alone: x in [0, 4 ln 2]. */
function seriesExp(x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; n < 40; n++) {
    term *= x / n;
    sum += term;
  }
  return sum;
}

/** 2^(i / STEPS) for i = 0 .. 4 STEPS, a few more for rounding at the end of an epoch. */
const EXP2_TABLE = Float64Array.from({ length: 4 * STEPS + 2 }, (_, i) => {
  const octave = Math.floor(i / STEPS);
  return seriesExp(((i % STEPS) / STEPS) * LN2) * 2 ** octave;
});

/** The epoch that `ts` (ns) lies in. */
export function epochOf(ts: number): number {
  return Math.floor(ts / EPOCH_NS);
}

/** `exp((ts - start of epoch) / 30 s)`, in [1, 16]; relative error under 1e-15. */
export function weightOf(ts: number, epoch: number): number {
  const rest = ts - epoch * EPOCH_NS_INTEGER - epoch * EPOCH_NS_REST;
  let y = rest * (4 / EPOCH_NS);
  if (!(y > 0)) y = 0;
  if (y > 4) y = 4;
  const i = Math.floor(y * STEPS + 0.5);
  const r = (y - i / STEPS) * LN2;
  const p = 1 + r * (1 + (r / 2) * (1 + (r / 3) * (1 + (r / 4) * (1 + r / 5))));
  return EXP2_TABLE[i] * p;
}

/** Exact powers 2^-n, n = 0..1022. */
export const HALVES = Float64Array.from({ length: 1023 }, (_, n) => 2 ** -n);
/** Sums below this become 0 when they move to a later epoch, so that no arithmetic meets a subnormal. */
export const VANISHED = 1e-200;
