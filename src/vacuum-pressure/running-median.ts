import type { CheckpointReader, CheckpointWriter } from './checkpoint.ts';

/**
 * Median of a stream of magnitudes in constant memory: a histogram with 64 equal bins in every
 * power of two from 2^-20 to 2^44. The answer is the middle of the median's bin: within 0.8 % of
 * the true one. What is smaller counts as 0, what is larger as the last bin.
 */
export class RunningMedian {
  /** Values counted. */
  count = 0;
  /** Values in each bin; bin 0 holds those below 2^-20. [BINS] */
  readonly bins: Uint32Array;
  private readonly double = new Float64Array(1);
  private readonly halves: Uint32Array;

  constructor() {
    this.bins = new Uint32Array(BINS);
    this.halves = new Uint32Array(this.double.buffer);
  }

  /** Counts a value >= 0. */
  add(value: number): void {
    this.bins[this.binOf(value)]++;
    this.count++;
  }

  /** The (lower) median of the values so far; 0 when there are none. */
  median(): number {
    const { bins } = this;
    let left = (this.count + 1) >> 1;
    for (let b = 0; b < BINS && left > 0; b++) {
      left -= bins[b];
      if (left <= 0) return b === 0 ? 0 : middleOf(b);
    }
    return 0;
  }

  /** Appends everything that must survive a restart. */
  save(to: CheckpointWriter): void {
    to.put(this.bins);
  }

  /** Takes over what `save` wrote. */
  restore(from: CheckpointReader): void {
    this.bins.set(new Uint32Array(from.take(this.bins.byteLength)));
    this.count = this.bins.reduce((a, b) => a + b, 0);
  }

  private binOf(value: number): number {
    if (!(value >= SMALLEST)) return 0;
    this.double[0] = value;
    // Exponent and the first six bits of the mantissa, as one number: the bins of a float64 in
    // order.
    const bin = (this.halves[1] >>> 14) - FIRST + 1;
    return bin < BINS ? bin : BINS - 1;
  }
}

const PER_OCTAVE = 64;
const LOWEST_POWER = -20;
const HIGHEST_POWER = 44;
const SMALLEST = 2 ** LOWEST_POWER;
const FIRST = (1023 + LOWEST_POWER) * PER_OCTAVE;
const BINS = (HIGHEST_POWER - LOWEST_POWER) * PER_OCTAVE + 1;

function middleOf(bin: number): number {
  const step = bin - 1;
  const octave = Math.floor(step / PER_OCTAVE);
  const base = 2 ** (LOWEST_POWER + octave);
  return base * (1 + ((step % PER_OCTAVE) + 0.5) / PER_OCTAVE);
}
