import type { TableValues } from '../../lake/index.ts';
import { BATCH_ROWS, makeWide, type RowInstrument } from './batch-rows.ts';

const LOW_32 = 0xffffffffn;

/** What the instruments of a partition are, by code; grows as they are met. */
class TermsTable {
  underlying = new Uint32Array(64);
  right = new Uint32Array(64);
  strikeLow = new Uint32Array(64);
  strikeHigh = new Uint32Array(64);
  expirationLow = new Uint32Array(64);
  expirationHigh = new Uint32Array(64);
  readonly underlyings: string[] = [];

  /** Notes an instrument's terms. */
  note({ code, terms }: RowInstrument): void {
    if (!terms) return;
    if (code >= this.underlying.length) this.grow(code + 1);
    this.underlying[code] = this.underlyingCode(terms.underlying);
    this.right[code] = terms.right;
    this.strikeLow[code] = Number(terms.strike & LOW_32);
    this.strikeHigh[code] = Number((terms.strike >> 32n) & LOW_32);
    this.expirationLow[code] = Number(terms.expiration & LOW_32);
    this.expirationHigh[code] = Number((terms.expiration >> 32n) & LOW_32);
  }

  private grow(least: number): void {
    const longer = (old: Uint32Array): Uint32Array<ArrayBuffer> => {
      const made = new Uint32Array(Math.max(least, old.length * 2));
      made.set(old);
      return made;
    };
    this.underlying = longer(this.underlying);
    this.right = longer(this.right);
    this.strikeLow = longer(this.strikeLow);
    this.strikeHigh = longer(this.strikeHigh);
    this.expirationLow = longer(this.expirationLow);
    this.expirationHigh = longer(this.expirationHigh);
  }

  private underlyingCode(text: string): number {
    const code = this.underlyings.indexOf(text);
    return code >= 0 ? code : this.underlyings.push(text) - 1;
  }
}

function lookUp(to: Uint8Array | Uint32Array, table: Uint32Array, codes: Uint32Array, n: number) {
  for (let i = 0; i < n; i++) to[i] = table[codes[i]!]!;
}

/** The columns that say which instrument a row is of, and, of options, what that is. */
export class TermsColumns {
  private readonly codes = new Uint32Array(BATCH_ROWS);
  private readonly symbols: string[] = [];
  private readonly table = new TermsTable();
  private readonly underlyingCodes = new Uint32Array(BATCH_ROWS);
  private readonly rights = new Uint8Array(BATCH_ROWS);
  private readonly strikes = makeWide();
  private readonly expirations = makeWide();

  /** Rows `[at, at + n)` are of an instrument. */
  name(instrument: RowInstrument, at: number, n: number): void {
    const { codes } = this;
    const { code } = instrument;
    if (this.symbols[code] === undefined) {
      this.symbols[code] = instrument.symbol;
      this.table.note(instrument);
    }
    for (let i = at; i < at + n; i++) codes[i] = code;
  }

  /** The `symbol` column. */
  get symbol(): TableValues {
    return { codes: this.codes, texts: this.symbols };
  }

  /** `underlying`, `right`, `strike`, `expiration` of the first `n` rows. */
  terms(n: number): TableValues[] {
    const { codes, table, underlyingCodes, rights, strikes, expirations } = this;
    lookUp(underlyingCodes, table.underlying, codes, n);
    lookUp(rights, table.right, codes, n);
    lookUp(strikes.low, table.strikeLow, codes, n);
    lookUp(strikes.high, table.strikeHigh, codes, n);
    lookUp(expirations.low, table.expirationLow, codes, n);
    lookUp(expirations.high, table.expirationHigh, codes, n);
    return [{ codes: underlyingCodes, texts: table.underlyings }, rights, strikes, expirations];
  }
}
