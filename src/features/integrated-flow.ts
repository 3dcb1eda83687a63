import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/**
 * Ranks in one number: their depth-normalised imbalances, weighted by the first principal component
 * of what came before, its weights scaled to sum 1 in absolute value.
 *
 * The weights that are used are those of the last `refit`, which has seen nothing later. Vectors
 * are centred, as a principal component's are; the sign is the one with a positive sum of weights.
 *
 * Source: Cont, Cucuringu and Zhang 2023, Cross-impact of order flow imbalance in equity markets,
 * Quantitative Finance 23, 1373-1393, equation 6.
 */
export class IntegratedFlow {
  /** Windows learnt from. */
  count = 0;
  /** Weights of the ranks; all NaN before the first refit that had enough. [ranks] */
  readonly weights: Float64Array;
  private readonly minWindows: number;
  private readonly sums: Float64Array;
  /** Sums of products of two ranks, row by row. [ranks x ranks] */
  private readonly products: Float64Array;

  /** @param minWindows windows that a refit needs to have seen. */
  constructor(ranks: number, minWindows: number) {
    this.minWindows = minWindows;
    this.weights = new Float64Array(ranks).fill(Number.NaN);
    this.sums = new Float64Array(ranks);
    this.products = new Float64Array(ranks * ranks);
  }

  /** Learns from a window's imbalances; one that is not finite is left out. */
  learn(flows: Float64Array): void {
    if (!flows.every(Number.isFinite)) return;
    const { sums, products } = this;
    const ranks = sums.length;
    this.count++;
    for (let i = 0; i < ranks; i++) {
      sums[i] = sums[i]! + flows[i]!;
      for (let j = 0; j < ranks; j++) {
        products[i * ranks + j] = products[i * ranks + j]! + flows[i]! * flows[j]!;
      }
    }
  }

  /** Makes the weights anew; they stay as they are while too little was seen or nothing varies. */
  refit(): void {
    const { sums, products, count, weights } = this;
    const ranks = sums.length;
    if (count < this.minWindows) return;
    const covariance = Matrix.zeros(ranks, ranks);
    let variance = 0;
    for (let i = 0; i < ranks; i++) {
      for (let j = 0; j < ranks; j++) {
        const both = products[i * ranks + j]! - (sums[i]! * sums[j]!) / count;
        covariance.set(i, j, both / count);
      }
      variance += covariance.get(i, i);
    }
    if (!(variance > 0)) return;
    const { eigenvectorMatrix } = new EigenvalueDecomposition(covariance, {
      assumeSymmetric: true,
    });
    // Eigenvalues of a symmetric matrix ascend.
    const first = eigenvectorMatrix.getColumn(ranks - 1);
    const size = first.reduce((sum, w) => sum + Math.abs(w), 0);
    const total = first.reduce((sum, w) => sum + w, 0);
    first.forEach((w, i) => {
      weights[i] = (total < 0 ? -w : w) / size;
    });
  }

  /** The weighted sum of a window's imbalances; NaN before there are weights. */
  value(flows: Float64Array): number {
    let sum = 0;
    for (let i = 0; i < flows.length; i++) sum += this.weights[i]! * flows[i]!;
    return sum;
  }
}
