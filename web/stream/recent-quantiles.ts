/**
 * Quantiles of the most recent values of a measure (lag, frame time): a ring, sorted when asked.
 */
export class RecentQuantiles {
  private readonly values: Float64Array;
  private count = 0;

  /** @param capacity values remembered. */
  constructor(capacity: number) {
    this.values = new Float64Array(capacity);
  }

  /** Adds a value. */
  add(value: number): void {
    this.values[this.count++ % this.values.length] = value;
  }

  /** Values held now. */
  get size(): number {
    return Math.min(this.count, this.values.length);
  }

  /** The p-quantile (0..1, nearest rank); NaN while empty. */
  quantile(p: number): number {
    const sorted = this.values.slice(0, this.size).sort();
    if (sorted.length === 0) return Number.NaN;
    return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))]!;
  }

  /** Forgets everything. */
  clear(): void {
    this.count = 0;
  }
}
