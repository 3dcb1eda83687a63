/**
 * What the quote book reads of a batch of consolidated quotes (CMBP-1): one typed array a field,
 * row `i` in `[0, length)`. Prices are 1e-9 currency, `UNDEF_PRICE_F64` when undefined.
 */
export interface QuoteColumns {
  /** Rows that are filled. */
  readonly length: number;
  /** Capture time, ns since the batch's origin; the clock. */
  readonly tsRecv: Float64Array;
  /** ASCII code, see `ACTION`; only `T` and `R` mean more than the quotes do. */
  readonly action: Uint8Array;
  /** ASCII code, see `SIDE`: of a trade its aggressor. */
  readonly side: Uint8Array;
  /** Bits of `FLAG`. */
  readonly flags: Uint8Array;
  /** Price of the trade. */
  readonly price: Float64Array;
  /** Lots of the trade. */
  readonly size: Uint32Array;
  /** Best bid after the record. */
  readonly bidPx: Float64Array;
  /** Best ask after the record. */
  readonly askPx: Float64Array;
  /** Lots at the best bid; 0 = no bid. */
  readonly bidSz: Uint32Array;
  /** Lots at the best ask; 0 = no ask. */
  readonly askSz: Uint32Array;
  /** Publisher id of the venue with the best bid. */
  readonly bidPb: Uint16Array;
  /** Publisher id of the venue with the best ask. */
  readonly askPb: Uint16Array;
}
