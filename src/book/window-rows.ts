/**
 * Rows of the one-second tables as typed arrays, which is how they are written. Times are ns since
 * the origin, prices 1e-9 currency.
 */
/** Codes of `DepthRows.side`: asks first, as the table sorts them. */
export const DEPTH_SIDE = { A: 0, B: 1 } as const;

/** Rows of `depth_and_flow_1s`; the reader takes rows `[0, rows)` and sets `rows` to 0. */
export class DepthRows {
  readonly capacity: number;
  rows = 0;
  readonly windowStart: Float64Array;
  readonly windowEnd: Float64Array;
  readonly price: Float64Array;
  /** `DEPTH_SIDE` */
  readonly side: Uint8Array;
  readonly spotRef: Float64Array;
  /** Ticks from spot. */
  readonly relTicks: Int32Array;
  /** Ticks from the best price of the own side, positive away from the market. */
  readonly relTicksSide: Int32Array;
  /** Lots from here on. */
  readonly depthStart: Float64Array;
  readonly depthEnd: Float64Array;
  readonly add: Float64Array;
  readonly pull: Float64Array;
  /** Of `pull`, what had rested. */
  readonly pullRest: Float64Array;
  readonly fill: Float64Array;
  /** Of `depthEnd`, what has rested. */
  readonly depthRest: Float64Array;
  readonly hiddenFill: Float64Array;
  /** 1: no clear and no snapshot fell into the window. */
  readonly valid: Uint8Array;

  constructor(capacity: number) {
    const f64 = () => new Float64Array(capacity);
    this.capacity = capacity;
    this.windowStart = f64();
    this.windowEnd = f64();
    this.price = f64();
    this.side = new Uint8Array(capacity);
    this.spotRef = f64();
    this.relTicks = new Int32Array(capacity);
    this.relTicksSide = new Int32Array(capacity);
    this.depthStart = f64();
    this.depthEnd = f64();
    this.add = f64();
    this.pull = f64();
    this.pullRest = f64();
    this.fill = f64();
    this.depthRest = f64();
    this.hiddenFill = f64();
    this.valid = new Uint8Array(capacity);
  }
}

/** Rows of `book_snapshot_1s`; absent values are 0 with a 1 in the `no...` column beside them. */
export class SnapshotRows {
  rows = 0;
  readonly windowStart: Float64Array;
  readonly windowEnd: Float64Array;
  readonly bestBid: Float64Array;
  readonly noBid: Uint8Array;
  readonly bestBidQty: Uint32Array;
  readonly bestAsk: Float64Array;
  readonly noAsk: Uint8Array;
  readonly bestAskQty: Uint32Array;
  /** Currency. */
  readonly mid: Float64Array;
  readonly midInt: Float64Array;
  readonly noMid: Uint8Array;
  readonly lastTrade: Float64Array;
  readonly noLastTrade: Uint8Array;
  readonly spotRef: Float64Array;
  readonly noSpotRef: Uint8Array;
  readonly spotStale: Uint8Array;
  readonly bookValid: Uint8Array;
  readonly crossed: Uint8Array;
  readonly buyVolume: Float64Array;
  readonly sellVolume: Float64Array;
  readonly tradeCount: Uint32Array;
  /** Currency. */
  readonly vwap: Float64Array;
  readonly noVwap: Uint8Array;
  readonly events: Uint32Array;

  constructor(capacity: number) {
    const f64 = () => new Float64Array(capacity);
    const u32 = () => new Uint32Array(capacity);
    const u8 = () => new Uint8Array(capacity);
    this.windowStart = f64();
    this.windowEnd = f64();
    this.bestBid = f64();
    this.noBid = u8();
    this.bestBidQty = u32();
    this.bestAsk = f64();
    this.noAsk = u8();
    this.bestAskQty = u32();
    this.mid = f64();
    this.midInt = f64();
    this.noMid = u8();
    this.lastTrade = f64();
    this.noLastTrade = u8();
    this.spotRef = f64();
    this.noSpotRef = u8();
    this.spotStale = u8();
    this.bookValid = u8();
    this.crossed = u8();
    this.buyVolume = f64();
    this.sellVolume = f64();
    this.tradeCount = u32();
    this.vwap = f64();
    this.noVwap = u8();
    this.events = u32();
  }
}
