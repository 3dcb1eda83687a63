/**
 * The weights of forward decay (Cormode et al., ICDE 2009): an event at time t counts `exp((t -
 * t_ref) / tau)`.
 *
 * The reference time moves in epochs of 4 x 30 s x ln 2. Over one epoch the four weights grow by
 * exactly 2^4, 2^12, 2^24 and 2^60 (tau = 30, 10, 5, 2 s), so that moving sums to a later epoch is
 * exact whenever it happens. The weights of the shorter time constants are powers (3, 6, 15) of the
 * longest one's. Only +, -, * and floor on float64: the same bits on every machine.
 */

/** Powers of two that a sum loses from one epoch to the next, for tau = 2, 5, 10 and 30 s. */
export const EPOCH_BITS = [60, 24, 12, 4] as const;

/** An epoch, ns: 120e9 ln 2, as an integer and the rest, so that its multiples stay exact. */
const EPOCH_NS_INTEGER = 83_177_661_667;
const EPOCH_NS_REST = 0.19343713006785457;
const EPOCHS_PER_NS = 1 / (EPOCH_NS_INTEGER + EPOCH_NS_REST);

/** Table entries in a factor of two. */
const STEPS = 64;
const STEPS_PER_NS = 4 * STEPS * EPOCHS_PER_NS;
const LN_STEP = Math.LN2 / STEPS;
const TERM_2 = 1 / 2;
const TERM_3 = 1 / 6;
const TERM_4 = 1 / 24;
const TERM_5 = 1 / 120;

/** exp by its series, for the table alone: x in [0, ln 2]. */
function seriesExp(x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; n < 30; n++) {
    term *= x / n;
    sum += term;
  }
  return sum;
}

/** 2^(i / STEPS) over an epoch, and one step more for rounding at its end. */
const POWERS = Float64Array.from({ length: 4 * STEPS + 2 }, (_, i) => {
  return seriesExp((i % STEPS) * LN_STEP) * 2 ** Math.floor(i / STEPS);
});

/** The epoch that `ts` (ns, up to 2^53) lies in. */
export function epochOf(ts: number): number {
  return Math.floor(ts * EPOCHS_PER_NS);
}

/** `exp((ts - start of epoch) / 30 s)` for a `ts` of that epoch: 1 to 16, relative error 1e-15. */
export function weightOf(ts: number, epoch: number): number {
  const steps = (ts - epoch * EPOCH_NS_INTEGER - epoch * EPOCH_NS_REST) * STEPS_PER_NS;
  const i = Math.floor(steps + 0.5);
  const r = (steps - i) * LN_STEP;
  return POWERS[i] * (1 + r * (1 + r * (TERM_2 + r * (TERM_3 + r * (TERM_4 + r * TERM_5)))));
}

/** Exact powers 2^-n, n = 0..1022. */
export const HALVES = Float64Array.from({ length: 1023 }, (_, n) => 2 ** -n);
/** Sums below this become 0 when they move to a later epoch: no arithmetic meets a subnormal. */
export const VANISHED = 1e-200;
