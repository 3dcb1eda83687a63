/**
 * Rows of market-by-price: the record that made the row, and the best levels after it, as columns.
 */
import { UNDEF_PRICE_F64 } from '../dbn/index.ts';

/** Columns of rows; the consumer empties it with `clear` before it is full. */
export class MbpRows {
  /** Rows that fit. */
  readonly capacity: number;
  /** Levels a side. */
  readonly levels: number;
  /** Rows that are filled. */
  length = 0;
  /** Unix ns that the timestamps count from. */
  originNs = 0n;
  /** Capture time of the record, or the grid time, ns since `originNs`. [capacity] */
  readonly tsRecv: Float64Array;
  /** Matching-engine time of the record, ns since `originNs`. [capacity] */
  readonly tsEvent: Float64Array;
  /** Price of the record, 1e-9 currency, `UNDEF_PRICE_F64` when undefined. [capacity] */
  readonly price: Float64Array;
  /** Size of the record. [capacity] */
  readonly size: Uint32Array;
  /** Venue's sequence number. [capacity] */
  readonly sequence: Uint32Array;
  /** `ts_recv` minus the venue's sending time, ns. [capacity] */
  readonly tsInDelta: Int32Array;
  /** Instrument of the record. [capacity] */
  readonly instrumentId: Uint32Array;
  /** Publisher of the record. [capacity] */
  readonly publisherId: Uint16Array;
  /** ASCII action of the record. [capacity] */
  readonly action: Uint8Array;
  /** ASCII side of the record. [capacity] */
  readonly side: Uint8Array;
  /** `FLAG` bits of the record. [capacity] */
  readonly flags: Uint8Array;
  /** Levels better than the record's price on its side, at most 255. [capacity] */
  readonly depth: Uint8Array;
  /**
   * Price of level `l` of row `r` at `r * levels + l`, 1e-9 currency, `UNDEF_PRICE_F64` when
   * absent.
   */
  readonly bidPrice: Float64Array;
  readonly askPrice: Float64Array;
  /** Lots there, at most 2^32 - 2; 0 when absent. */
  readonly bidSize: Uint32Array;
  readonly askSize: Uint32Array;
  /** Orders there; 0 when absent. */
  readonly bidCount: Uint32Array;
  readonly askCount: Uint32Array;

  constructor(levels = 10, capacity = 4096) {
    this.levels = levels;
    this.capacity = capacity;
    this.tsRecv = new Float64Array(capacity);
    this.tsEvent = new Float64Array(capacity);
    this.price = new Float64Array(capacity);
    this.size = new Uint32Array(capacity);
    this.sequence = new Uint32Array(capacity);
    this.tsInDelta = new Int32Array(capacity);
    this.instrumentId = new Uint32Array(capacity);
    this.publisherId = new Uint16Array(capacity);
    this.action = new Uint8Array(capacity);
    this.side = new Uint8Array(capacity);
    this.flags = new Uint8Array(capacity);
    this.depth = new Uint8Array(capacity);
    this.bidPrice = new Float64Array(capacity * levels).fill(UNDEF_PRICE_F64);
    this.askPrice = new Float64Array(capacity * levels).fill(UNDEF_PRICE_F64);
    this.bidSize = new Uint32Array(capacity * levels);
    this.askSize = new Uint32Array(capacity * levels);
    this.bidCount = new Uint32Array(capacity * levels);
    this.askCount = new Uint32Array(capacity * levels);
  }

  /** No room for another row. */
  get full(): boolean {
    return this.length === this.capacity;
  }

  /** Forgets the rows. */
  clear(): void {
    this.length = 0;
  }
}
