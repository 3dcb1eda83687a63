/**
 * What a table's columns are: names, types, nullability, units, formulas. Read from `contracts/`,
 * one Avro schema a table, which is the truth; nothing else states a column twice.
 */
import type { ParquetType } from './parquet-writer.ts';
import type { TableRef } from './partition-ref.ts';

/** One column. */
export interface ContractField {
  name: string;
  /**
   * How values lie in memory and in Parquet. `enum`: one code a row (an index of `symbols`) in
   * memory, text in the file. `dictionary`: a code a row and the batch's list of texts. `bool`: 0
   * or 1.
   */
  type: Exclude<ParquetType, 'utf8'> | 'uint64' | 'enum' | 'dictionary' | 'bool';
  nullable: boolean;
  /** Texts of an `enum`, by code. */
  symbols: readonly string[];
  /** What it is, in a sentence. */
  doc: string;
  /** Such as `1e-9 currency`, `lots`, `ns since 1970 UTC`, `1`. */
  unit: string;
  /** How it is made of `inputs`; empty for what comes as it is. */
  formula: string;
  /** Columns it is made of, as `dataset.column` or a bare name of the same table. */
  inputs: readonly string[];
}

/** A table's contract. */
export interface TableContract extends TableRef {
  /** Grain of a row, in words. */
  grain: string;
  fields: readonly ContractField[];
  /** Columns that together name a row; rows are sorted by them. */
  key: readonly string[];
  /** Sha256 of the contract's file, hex. */
  sha256: string;
}
