/**
 * Market-by-order records as columns: one typed array a field, row `i` in `[0, length)`.
 *
 * The caller owns the object and reuses it from batch to batch; whoever is handed one reads it before the next
 * refill. Timestamps are ns relative to `originNs`, so that they are exact in a float64 within 104 days of it.
 * Field meanings: databento/dbn `MboMsg`.
 */
export class MboColumns {
  /** Rows that fit. */
  readonly capacity: number;
  /** Rows that are filled. */
  length = 0;
  /** Unix ns that `tsRecv` and `tsEvent` count from, usually 00:00 UTC of the session date. */
  originNs: bigint;

  /** Capture time, ns since `originNs`; the clock of every computation. [capacity] */
  readonly tsRecv: Float64Array;
  /** Matching-engine time, ns since `originNs`; data, not a clock. [capacity] */
  readonly tsEvent: Float64Array;
  /** Low 32 bits of the order id. [capacity] */
  readonly orderIdLo: Uint32Array;
  /** High 32 bits of the order id. [capacity] */
  readonly orderIdHi: Uint32Array;
  /** Price in 1e-9 currency; `UNDEF_PRICE_F64` when undefined; exact below 2^53. [capacity] */
  readonly price: Float64Array;
  /** Contracts or shares; `UNDEF_ORDER_SIZE` when undefined. [capacity] */
  readonly size: Uint32Array;
  /** Bits of `FLAG`. [capacity] */
  readonly flags: Uint8Array;
  /** ASCII code, see `ACTION`. [capacity] */
  readonly action: Uint8Array;
  /** ASCII code, see `SIDE`. [capacity] */
  readonly side: Uint8Array;
  /** Channel of the venue's feed. [capacity] */
  readonly channelId: Uint8Array;
  /** `ts_recv` minus the venue's sending time, ns, clamped to int32. [capacity] */
  readonly tsInDelta: Int32Array;
  /** Venue's sequence number. [capacity] */
  readonly sequence: Uint32Array;
  /** Instrument, unique within a dataset and day. [capacity] */
  readonly instrumentId: Uint32Array;
  /** Dataset and venue. [capacity] */
  readonly publisherId: Uint16Array;

  constructor(capacity: number, originNs = 0n) {
    this.capacity = capacity;
    this.originNs = originNs;
    this.tsRecv = new Float64Array(capacity);
    this.tsEvent = new Float64Array(capacity);
    this.orderIdLo = new Uint32Array(capacity);
    this.orderIdHi = new Uint32Array(capacity);
    this.price = new Float64Array(capacity);
    this.size = new Uint32Array(capacity);
    this.flags = new Uint8Array(capacity);
    this.action = new Uint8Array(capacity);
    this.side = new Uint8Array(capacity);
    this.channelId = new Uint8Array(capacity);
    this.tsInDelta = new Int32Array(capacity);
    this.sequence = new Uint32Array(capacity);
    this.instrumentId = new Uint32Array(capacity);
    this.publisherId = new Uint16Array(capacity);
  }
}
