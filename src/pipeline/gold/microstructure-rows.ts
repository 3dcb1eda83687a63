import type { TableBatch } from '../../lake/index.ts';

/** Places of the columns that are int32: the spread. */
export const NARROW_COLUMNS = [1] as const;
/** Ranks whose order flow is told apart. */
export const RANKS = 10;

/** Rows of `microstructure_1s` of a book: every second of a day. NaN: absent. */
export class MicrostructureRows {
  readonly ends: Float64Array;
  readonly spread: Float64Array;
  readonly queueImbalance: Float64Array;
  readonly weightedMidEdge: Float64Array;
  readonly microPriceEdge: Float64Array;
  /** Order-flow imbalance by rank, 0 the touch. */
  readonly flow: readonly Float64Array[];
  readonly normalisedFlow: Float64Array;
  readonly integratedFlow: Float64Array;
  readonly touchDepthMean: Float64Array;
  readonly tradeImbalance: Float64Array;
  readonly tradeShare: Float64Array;
  readonly netEdgeRaw: Float64Array;
  readonly netEdge: Float64Array;

  constructor(seconds: number) {
    const unknown = () => new Float64Array(seconds).fill(Number.NaN);
    this.ends = unknown();
    this.spread = unknown();
    this.queueImbalance = unknown();
    this.weightedMidEdge = unknown();
    this.microPriceEdge = unknown();
    this.flow = Array.from({ length: RANKS }, unknown);
    this.normalisedFlow = unknown();
    this.integratedFlow = unknown();
    this.touchDepthMean = unknown();
    this.tradeImbalance = unknown();
    this.tradeShare = unknown();
    this.netEdgeRaw = unknown();
    this.netEdge = unknown();
  }

  /** Columns in the order of the contract. */
  get columns(): Float64Array[] {
    return [
      this.ends,
      this.spread,
      this.queueImbalance,
      this.weightedMidEdge,
      this.microPriceEdge,
      this.flow[0]!,
      ...this.flow,
      this.normalisedFlow,
      this.integratedFlow,
      this.touchDepthMean,
      this.tradeImbalance,
      this.tradeShare,
      this.netEdgeRaw,
      this.netEdge,
    ];
  }
}

/**
 * Columns of which the first is a time and NaN is absent, as a batch.
 * @param originNs what the times count from.
 * @param narrow places of the columns that the contract has as int32.
 */
export function batchOfNumbers(
  columns: readonly Float64Array[],
  originNs: bigint,
  narrow: readonly number[],
): TableBatch {
  const nulls = columns.map((column) => {
    const absent = Uint8Array.from(column, (value) => (Number.isNaN(value) ? 1 : 0));
    return absent.includes(1) ? absent : null;
  });
  const values = columns.map((column, k) => {
    // Of NaN an Int32Array makes 0.
    if (narrow.includes(k)) return Int32Array.from(column);
    return nulls[k] === null ? column : column.map((value) => (Number.isNaN(value) ? 0 : value));
  });
  return {
    rows: columns[0]!.length,
    columns: values,
    nulls,
    bias: columns.map((_, k) => (k === 0 ? originNs : 0n)),
  };
}
