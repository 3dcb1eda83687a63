/**
 * Rows of `silver.*.book_snapshot_1s` of options, kept while the other table streams: millions a
 * day, so they are stored in few bytes and spread out when they are written.
 */
import { NO_PRICE, type StrikeSeconds } from '../../book/index.ts';
import { ASK, BID, type NsOfDay, type PriceNano } from '../../core/index.ts';
import type { TableBatch } from '../../lake/index.ts';
import type { OptionLattice } from './option-lattice.ts';

const CHUNK_ROWS = 16_384;
const MAX_U32 = 4294967295;
const NS_PER_WINDOW = 1e9;
const VALID = 1;

/** One window's part of the day's rows. */
interface SnapshotWindow {
  endNs: NsOfDay;
  spot: PriceNano;
}

/** Columns of up to `CHUNK_ROWS` rows, as they are stored. */
class Chunk {
  rows = 0;
  /** Index of the window. */
  readonly window = new Uint32Array(CHUNK_ROWS);
  readonly slot = new Uint32Array(CHUNK_ROWS);
  readonly bid = new Float64Array(CHUNK_ROWS);
  readonly ask = new Float64Array(CHUNK_ROWS);
  readonly bidQty = new Uint32Array(CHUNK_ROWS);
  readonly askQty = new Uint32Array(CHUNK_ROWS);
  readonly last = new Float64Array(CHUNK_ROWS);
  /** Bits: `VALID`. */
  readonly flags = new Uint8Array(CHUNK_ROWS);
  /** Rows with trades, ascending, and what was traded in them. */
  readonly traded: { row: number; buy: number; sell: number; count: number; vwap: number }[] = [];
}

/** Rows of a day; see the file comment. */
export class OptionSnapshotRows {
  /** Rows written. */
  rows = 0;
  private readonly originNs: bigint;
  private readonly lattice: OptionLattice;
  private readonly windows: SnapshotWindow[] = [];
  private readonly chunks: Chunk[] = [];

  /** @param originNs what the windows' times count from. */
  constructor(originNs: bigint, lattice: OptionLattice) {
    this.originNs = originNs;
    this.lattice = lattice;
  }

  /** Begins a window's rows. */
  begin(endNs: NsOfDay, spot: PriceNano): void {
    this.windows.push({ endNs, spot });
  }

  /** Writes the row of an instrument in the window begun last. */
  write(slot: number, seconds: StrikeSeconds): void {
    let chunk = this.chunks.at(-1);
    if (chunk === undefined || chunk.rows === CHUNK_ROWS) {
      chunk = new Chunk();
      this.chunks.push(chunk);
    }
    const row = chunk.rows++;
    this.rows++;
    const bid = slot * 2 + BID;
    const ask = slot * 2 + ASK;
    chunk.window[row] = this.windows.length - 1;
    chunk.slot[row] = slot;
    chunk.bid[row] = seconds.bestPrice[bid]!;
    chunk.ask[row] = seconds.bestPrice[ask]!;
    chunk.bidQty[row] = Math.min(seconds.bestQty[bid]!, MAX_U32);
    chunk.askQty[row] = Math.min(seconds.bestQty[ask]!, MAX_U32);
    chunk.last[row] = seconds.lastTrade[slot]!;
    chunk.flags[row] = seconds.valid[slot] === 1 ? VALID : 0;
    const count = seconds.tradeCount[slot]!;
    if (count === 0) return;
    const vwap = seconds.turnover[slot]! / seconds.volume[slot]! / 1e9;
    const buy = seconds.buyVolume[slot]!;
    chunk.traded.push({ row, buy, sell: seconds.sellVolume[slot]!, count, vwap });
  }

  /** All rows, batch by batch; each is valid until the next is asked for. */
  *batches(): Generator<TableBatch> {
    const spread = new SpreadRows(this.originNs);
    for (const chunk of this.chunks) yield spread.fill(chunk, this.windows, this.lattice);
  }
}

/** Rows as the table has them. */
class SpreadRows {
  private readonly originNs: bigint;
  private readonly windowStart = new Float64Array(CHUNK_ROWS);
  private readonly windowEnd = new Float64Array(CHUNK_ROWS);
  private readonly instrumentId = new Uint32Array(CHUNK_ROWS);
  private readonly right = new Uint8Array(CHUNK_ROWS);
  private readonly strike = new Float64Array(CHUNK_ROWS);
  private readonly bid = new Float64Array(CHUNK_ROWS);
  private readonly noBid = new Uint8Array(CHUNK_ROWS);
  private readonly ask = new Float64Array(CHUNK_ROWS);
  private readonly noAsk = new Uint8Array(CHUNK_ROWS);
  private readonly mid = new Float64Array(CHUNK_ROWS);
  private readonly midInt = new Float64Array(CHUNK_ROWS);
  private readonly noMid = new Uint8Array(CHUNK_ROWS);
  private readonly last = new Float64Array(CHUNK_ROWS);
  private readonly noLast = new Uint8Array(CHUNK_ROWS);
  private readonly spot = new Float64Array(CHUNK_ROWS);
  private readonly valid = new Uint8Array(CHUNK_ROWS);
  private readonly crossed = new Uint8Array(CHUNK_ROWS);
  private readonly buy = new Float64Array(CHUNK_ROWS);
  private readonly sell = new Float64Array(CHUNK_ROWS);
  private readonly trades = new Uint32Array(CHUNK_ROWS);
  private readonly vwap = new Float64Array(CHUNK_ROWS);
  private readonly noVwap = new Uint8Array(CHUNK_ROWS);

  constructor(originNs: bigint) {
    this.originNs = originNs;
  }

  fill(chunk: Chunk, windows: readonly SnapshotWindow[], lattice: OptionLattice): TableBatch {
    for (let i = 0; i < chunk.rows; i++) {
      const slot = chunk.slot[i]!;
      const { endNs, spot } = windows[chunk.window[i]!]!;
      this.windowStart[i] = endNs - NS_PER_WINDOW;
      this.windowEnd[i] = endNs;
      this.instrumentId[i] = lattice.idOf(slot);
      this.right[i] = lattice.right[slot]!;
      this.strike[i] = lattice.strike[slot]!;
      this.spot[i] = spot;
      this.valid[i] = chunk.flags[i]! & VALID;
      this.noLast[i] = chunk.last[i] === NO_PRICE ? 1 : 0;
      this.last[i] = chunk.last[i] === NO_PRICE ? 0 : chunk.last[i]!;
      this.fillQuote(i, chunk.bid[i]!, chunk.ask[i]!);
    }
    this.fillTrades(chunk);
    return this.batch(chunk);
  }

  private fillQuote(i: number, bid: number, ask: number): void {
    const noBid = bid === NO_PRICE;
    const noAsk = ask === NO_PRICE;
    const both = !noBid && !noAsk;
    this.noBid[i] = noBid ? 1 : 0;
    this.bid[i] = noBid ? 0 : bid;
    this.noAsk[i] = noAsk ? 1 : 0;
    this.ask[i] = noAsk ? 0 : ask;
    this.noMid[i] = both ? 0 : 1;
    this.mid[i] = both ? (bid + ask) / 2e9 : 0;
    this.midInt[i] = both ? Math.floor((bid + ask) / 2) : 0;
    this.crossed[i] = both && bid >= ask ? 1 : 0;
  }

  private fillTrades({ rows, traded }: Chunk): void {
    this.buy.fill(0, 0, rows);
    this.sell.fill(0, 0, rows);
    this.trades.fill(0, 0, rows);
    this.vwap.fill(0, 0, rows);
    this.noVwap.fill(1, 0, rows);
    for (const { row, buy, sell, count, vwap } of traded) {
      this.buy[row] = buy;
      this.sell[row] = sell;
      this.trades[row] = count;
      this.vwap[row] = vwap;
      this.noVwap[row] = 0;
    }
  }

  private batch({ rows, bidQty, askQty }: Chunk): TableBatch {
    const columns = [
      { values: this.windowStart, bias: this.originNs },
      { values: this.windowEnd, bias: this.originNs },
      { values: this.instrumentId },
      { values: this.right },
      { values: this.strike },
      { values: this.bid, nulls: this.noBid },
      { values: bidQty },
      { values: this.ask, nulls: this.noAsk },
      { values: askQty },
      { values: this.mid, nulls: this.noMid },
      { values: this.midInt, nulls: this.noMid },
      { values: this.last, nulls: this.noLast },
      { values: this.spot },
      { values: this.valid },
      { values: this.crossed },
      { values: this.buy },
      { values: this.sell },
      { values: this.trades },
      { values: this.vwap, nulls: this.noVwap },
    ];
    return {
      rows,
      columns: columns.map((c) => c.values),
      nulls: columns.map((c) => c.nulls ?? null),
      bias: columns.map((c) => c.bias ?? 0n),
    };
  }
}
