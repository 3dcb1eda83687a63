/**
 * The part of DuckDB's vectors that is written to and read from.
 */

/** Numbers of a vector. */
export type VectorItems =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/**
 * The part of DuckDB's vectors that its type declarations keep private: the memory that `flush`
 * copies out.
 */
export interface WritableVector {
  items: VectorItems;
  /** The native vector beneath. */
  vector: unknown;
  setItem(index: number, value: string | null): void;
  /** `data`: a bit a row, 1 where there is a value; null when all rows have one. */
  validity: { data: BigUint64Array | null; setItemValid(index: number, valid: boolean): void };
  flush(): void;
}
