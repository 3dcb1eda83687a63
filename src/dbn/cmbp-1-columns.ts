/**
 * Consolidated top-of-book records as columns: one typed array a field, row `i` in `[0, length)`.
 *
 * The caller owns the object and reuses it from batch to batch; whoever is handed one reads it
 * before the next refill. Timestamps are ns relative to `originNs`, exact in a float64 within 104
 * days of it. Field meanings: databento/dbn `Cmbp1Msg`.
 */
export class Cmbp1Columns {
  /** Rows that fit. */
  readonly capacity: number;
  /** Rows that are filled. */
  length = 0;
  /** Unix ns that `tsRecv` and `tsEvent` count from, usually 00:00 UTC of the session date. */
  originNs: bigint;

  /** Capture time, ns since `originNs`; the clock of every computation. [capacity] */
  readonly tsRecv: Float64Array;
  /** Venue's time, ns since `originNs`; data, not a clock. [capacity] */
  readonly tsEvent: Float64Array;
  /** Price of the event in 1e-9 currency; `UNDEF_PRICE_F64` when undefined. [capacity] */
  readonly price: Float64Array;
  /** Best bid after the event, 1e-9 currency; `UNDEF_PRICE_F64` on an empty side. [capacity] */
  readonly bidPrice: Float64Array;
  /** Best ask after the event; see `bidPrice`. [capacity] */
  readonly askPrice: Float64Array;
  /** Contracts or shares of the event. [capacity] */
  readonly size: Uint32Array;
  /** Contracts or shares at the best bid. [capacity] */
  readonly bidSize: Uint32Array;
  /** Contracts or shares at the best ask. [capacity] */
  readonly askSize: Uint32Array;
  /** Instrument, unique within a dataset and day. [capacity] */
  readonly instrumentId: Uint32Array;
  /** `ts_recv` minus the venue's sending time, ns, clamped to int32. [capacity] */
  readonly tsInDelta: Int32Array;
  /** Dataset and venue that sent the event. [capacity] */
  readonly publisherId: Uint16Array;
  /** Publisher whose bid is the best. [capacity] */
  readonly bidPublisher: Uint16Array;
  /** Publisher whose ask is the best. [capacity] */
  readonly askPublisher: Uint16Array;
  /** Bits of `FLAG`. [capacity] */
  readonly flags: Uint8Array;
  /** ASCII code, see `ACTION`. [capacity] */
  readonly action: Uint8Array;
  /** ASCII code, see `SIDE`. [capacity] */
  readonly side: Uint8Array;

  /** @param capacity rows that fit. */
  constructor(capacity: number, originNs = 0n) {
    this.capacity = capacity;
    this.originNs = originNs;
    this.tsRecv = new Float64Array(capacity);
    this.tsEvent = new Float64Array(capacity);
    this.price = new Float64Array(capacity);
    this.bidPrice = new Float64Array(capacity);
    this.askPrice = new Float64Array(capacity);
    this.size = new Uint32Array(capacity);
    this.bidSize = new Uint32Array(capacity);
    this.askSize = new Uint32Array(capacity);
    this.instrumentId = new Uint32Array(capacity);
    this.tsInDelta = new Int32Array(capacity);
    this.publisherId = new Uint16Array(capacity);
    this.bidPublisher = new Uint16Array(capacity);
    this.askPublisher = new Uint16Array(capacity);
    this.flags = new Uint8Array(capacity);
    this.action = new Uint8Array(capacity);
    this.side = new Uint8Array(capacity);
  }
}
