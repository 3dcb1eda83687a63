import type { TableValues } from '../../lake/index.ts';
import { BATCH_ROWS, makeWide, type RowInstrument, type Wide } from './batch-rows.ts';

const LOW_32 = 0xffffffffn;

function fillWide(to: Wide, value: bigint, from: number, end: number): void {
  to.low.fill(Number(value & LOW_32), from, end);
  to.high.fill(Number((value >> 32n) & LOW_32), from, end);
}

/** The columns that say which instrument a row is of, and, of options, what that is. */
export class TermsColumns {
  private readonly symbolCodes = new Uint32Array(BATCH_ROWS);
  private readonly symbols: string[] = [];
  private readonly underlyingCodes = new Uint32Array(BATCH_ROWS);
  private readonly underlyings: string[] = [];
  private readonly rights = new Uint8Array(BATCH_ROWS);
  private readonly strikes = makeWide();
  private readonly expirations = makeWide();

  /** Rows `[at, at + n)` are of an instrument. */
  fill(instrument: RowInstrument, at: number, n: number): void {
    const end = at + n;
    this.symbols[instrument.code] = instrument.symbol;
    this.symbolCodes.fill(instrument.code, at, end);
    const { terms } = instrument;
    if (!terms) return;
    this.underlyingCodes.fill(this.underlyingCode(terms.underlying), at, end);
    this.rights.fill(terms.right, at, end);
    fillWide(this.strikes, terms.strike, at, end);
    fillWide(this.expirations, terms.expiration, at, end);
  }

  /** The `symbol` column. */
  get symbol(): TableValues {
    return { codes: this.symbolCodes, texts: this.symbols };
  }

  /** `underlying`, `right`, `strike`, `expiration`. */
  get terms(): TableValues[] {
    const underlying = { codes: this.underlyingCodes, texts: this.underlyings };
    return [underlying, this.rights, this.strikes, this.expirations];
  }

  private underlyingCode(text: string): number {
    const code = this.underlyings.indexOf(text);
    return code >= 0 ? code : this.underlyings.push(text) - 1;
  }
}
