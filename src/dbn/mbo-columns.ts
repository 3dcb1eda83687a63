/** Bytes of a row over all columns: three of 8 bytes, six of 4, one of 2, four of 1. */
const BYTES_PER_ROW = 54;

/**
 * Market-by-order records as columns: one typed array a field, row `i` in `[0, length)`.
 *
 * The caller owns the object and reuses it from batch to batch; whoever is handed one reads it
 * before the next refill. Timestamps are ns relative to `originNs`, so that they are exact in a
 * float64 within 104 days of it. Field meanings: databento/dbn `MboMsg`.
 *
 * All columns lie in one buffer, column behind column, the widest first, so that a batch moves
 * between threads as a whole.
 */
export class MboColumns {
  /** Rows that fit. */
  readonly capacity: number;
  /** Rows that are filled. */
  length = 0;
  /** Unix ns that `tsRecv` and `tsEvent` count from, usually 00:00 UTC of the session date. */
  originNs: bigint;
  /** All the columns' memory, `MboColumns.bytesFor(capacity)`. */
  readonly buffer: ArrayBufferLike;
  /**
   * Rows from the start of a column to that of the next of its width: `capacity`, rounded up to 8.
   */
  readonly pitch: number;
  /**
   * Views of the whole buffer for the unpacking loops: the constructor says which column starts
   * where.
   */
  readonly lanes: Readonly<{ f64: Float64Array; i32: Int32Array }>;

  /** Capture time, ns since `originNs`; the clock of every computation. [capacity] */
  readonly tsRecv: Float64Array;
  /** Matching-engine time, ns since `originNs`; data, not a clock. [capacity] */
  readonly tsEvent: Float64Array;
  /** Price in 1e-9 currency; `UNDEF_PRICE_F64` when undefined; exact below 2^53. [capacity] */
  readonly price: Float64Array;
  /** Low 32 bits of the order id. [capacity] */
  readonly orderIdLo: Uint32Array;
  /** High 32 bits of the order id. [capacity] */
  readonly orderIdHi: Uint32Array;
  /** Contracts or shares; `UNDEF_ORDER_SIZE` when undefined. [capacity] */
  readonly size: Uint32Array;
  /** Venue's sequence number. [capacity] */
  readonly sequence: Uint32Array;
  /** Instrument, unique within a dataset and day. [capacity] */
  readonly instrumentId: Uint32Array;
  /** `ts_recv` minus the venue's sending time, ns, clamped to int32. [capacity] */
  readonly tsInDelta: Int32Array;
  /** Dataset and venue. [capacity] */
  readonly publisherId: Uint16Array;
  /** Bits of `FLAG`. [capacity] */
  readonly flags: Uint8Array;
  /** ASCII code, see `ACTION`. [capacity] */
  readonly action: Uint8Array;
  /** ASCII code, see `SIDE`. [capacity] */
  readonly side: Uint8Array;
  /** Channel of the venue's feed. [capacity] */
  readonly channelId: Uint8Array;

  /**
   * @param capacity rows that fit.
   * @param buffer memory of `bytesFor(capacity)`, such as a SharedArrayBuffer; made when not given.
   */
  constructor(capacity: number, originNs = 0n, buffer?: ArrayBufferLike) {
    const pitch = (capacity + 7) & ~7;
    const memory = buffer ?? new ArrayBuffer(pitch * BYTES_PER_ROW);
    this.capacity = capacity;
    this.pitch = pitch;
    this.originNs = originNs;
    this.buffer = memory;
    this.lanes = {
      f64: new Float64Array(memory, 0, pitch * 3),
      i32: new Int32Array(memory, 0, (pitch * BYTES_PER_ROW) >> 2),
    };
    this.tsRecv = new Float64Array(memory, 0, capacity);
    this.tsEvent = new Float64Array(memory, pitch * 8, capacity);
    this.price = new Float64Array(memory, pitch * 16, capacity);
    this.orderIdLo = new Uint32Array(memory, pitch * 24, capacity);
    this.orderIdHi = new Uint32Array(memory, pitch * 28, capacity);
    this.size = new Uint32Array(memory, pitch * 32, capacity);
    this.sequence = new Uint32Array(memory, pitch * 36, capacity);
    this.instrumentId = new Uint32Array(memory, pitch * 40, capacity);
    this.tsInDelta = new Int32Array(memory, pitch * 44, capacity);
    this.publisherId = new Uint16Array(memory, pitch * 48, capacity);
    this.flags = new Uint8Array(memory, pitch * 50, capacity);
    this.action = new Uint8Array(memory, pitch * 51, capacity);
    this.side = new Uint8Array(memory, pitch * 52, capacity);
    this.channelId = new Uint8Array(memory, pitch * 53, capacity);
  }

  /** Bytes of memory for `capacity` rows. */
  static bytesFor(capacity: number): number {
    return ((capacity + 7) & ~7) * BYTES_PER_ROW;
  }
}
