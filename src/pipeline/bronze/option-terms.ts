/**
 * What an option is: said by definitions when bronze is made, and by bronze to whoever reads it.
 */
import type { TableRows } from '../../lake/index.ts';

/** Texts of the `right` column, by code. */
export const RIGHTS = ['C', 'P'] as const;

/** What an option is. */
export interface OptionTerms {
  /** The venue's symbol: `E1AF6 C6000`, `QQQ   260105C00500000`. */
  symbol: string;
  /** Contract or ticker. */
  underlying: string;
  /** Index of `RIGHTS`: 0 call, 1 put. */
  right: number;
  /** 1e-9 currency. */
  strike: bigint;
  /** Unix ns, as the definitions have it. */
  expiration: bigint;
}

/** Notes the terms of the instruments that rows are of. */
export class RowTerms {
  private readonly terms: Map<number, OptionTerms>;
  private readonly first: number;
  private lastId = -1;

  /** @param first index of `symbol`; underlying, right, strike and expiration follow. */
  constructor(terms: Map<number, OptionTerms>, first: number) {
    this.terms = terms;
    this.first = first;
  }

  /** Looks at rows `[from, from + n)`, whose instruments stand in `ids` from `at` on. */
  note(rows: TableRows, from: number, ids: Uint32Array, at: number, n: number): void {
    for (let i = 0; i < n; i++) {
      const id = ids[at + i]!;
      if (id === this.lastId) continue;
      this.lastId = id;
      if (!this.terms.has(id)) this.terms.set(id, this.termsAt(rows, from + i));
    }
  }

  private termsAt(rows: TableRows, row: number): OptionTerms {
    const { first } = this;
    return {
      symbol: rows.texts[first]![rows.columns[first]![row]!]!,
      underlying: rows.texts[first + 1]![rows.columns[first + 1]![row]!]!,
      right: rows.columns[first + 2]![row]!,
      strike: wide(rows, first + 3, row),
      expiration: wide(rows, first + 4, row),
    };
  }
}

function wide(rows: TableRows, k: number, row: number): bigint {
  return BigInt.asIntN(64, (BigInt(rows.high[k]![row]!) << 32n) | BigInt(rows.columns[k]![row]!));
}
