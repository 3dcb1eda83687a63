/**
 * The flows of one window on the ticks around spot, and the rows that they and the standing depth
 * make.
 */
import { ASK, BID, type NsOfDay, type Side, type Tick } from '../core/index.ts';
import { FLOW, FLOW_RESTED, type FlowLog, REST_NS } from './flow-log.ts';
import { NO_TICK, type OrderBook } from './order-book.ts';
import { DEPTH_SIDE, type DepthRows } from './window-rows.ts';

const ENTER = FLOW.ADD;
const PULL = FLOW.PULL;
const FILL = FLOW.FILL;
const RESTED = FLOW_RESTED;
const ASK_BIT = 4;

/** What the rows of one window have in common. */
export interface WindowFrame {
  /** The window's end, ns since the origin. */
  endNs: NsOfDay;
  spotTick: Tick;
  /** The book was emptied in it: what stands there now has come without flow. */
  cleared: boolean;
  /** The book is whole and was not emptied. */
  valid: boolean;
}

/** Ticks `-radius .. radius` around spot, both sides. */
export class WindowGrid {
  /** Rows that a window makes at most. */
  readonly maxRows: number;
  private readonly radius: number;
  private readonly width: number;
  private readonly depth: Float64Array;
  /** By side, then tick from the lowest: 1 where a flow was booked. */
  private readonly touched: Uint8Array;
  private readonly add: Float64Array;
  private readonly pull: Float64Array;
  private readonly pullRest: Float64Array;
  private readonly fill: Float64Array;
  private readonly hidden: Float64Array;
  /** Arrivals so late in the window that they have not rested. */
  private readonly young: Uint32Array;

  constructor(radius: number) {
    const width = 2 * radius + 1;
    const f64 = () => new Float64Array(2 * width);
    this.radius = radius;
    this.width = width;
    this.maxRows = 2 * width;
    this.depth = new Float64Array(width);
    this.touched = new Uint8Array(2 * width);
    this.add = f64();
    this.pull = f64();
    this.pullRest = f64();
    this.fill = f64();
    this.hidden = f64();
    this.young = new Uint32Array(2 * width);
  }

  /**
   * Writes the rows of a window: its flows are the log's closed entries since the book was last
   * emptied.
   */
  write(book: OrderBook, flows: FlowLog, frame: WindowFrame, out: DepthRows): void {
    const from = out.rows;
    this.gather(flows, frame);
    this.writeSide(book, ASK, frame, out);
    this.writeSide(book, BID, frame, out);
    const to = out.rows;
    out.windowStart.fill(frame.endNs - 1e9, from, to);
    out.windowEnd.fill(frame.endNs, from, to);
    out.spotRef.fill(frame.spotTick * book.tickSize, from, to);
    out.valid.fill(frame.valid ? 1 : 0, from, to);
  }

  private gather(flows: FlowLog, frame: WindowFrame): void {
    const { ts, tick, code, qty, closed } = flows;
    const { width, touched, add, pull, pullRest, fill, hidden, young } = this;
    const lowest = frame.spotTick - this.radius;
    const restedBy = frame.endNs - REST_NS;
    for (let i = flows.cleared; i < closed; i++) {
      const at = tick[i] - lowest;
      if (at >>> 0 >= width) continue;
      const c = code[i];
      const cell = (c & ASK_BIT) === 0 ? at : at + width;
      const lots = qty[i];
      const kind = c & 3;
      touched[cell] = 1;
      if (kind === ENTER) {
        add[cell] += lots;
        if (ts[i] > restedBy) young[cell]++;
      } else if (kind === PULL) {
        pull[cell] += lots;
        if ((c & RESTED) !== 0) pullRest[cell] += lots;
      } else if (kind === FILL) fill[cell] += lots;
      else hidden[cell] += lots;
    }
  }

  private writeSide(book: OrderBook, side: Side, frame: WindowFrame, out: DepthRows): void {
    const { radius, width, depth, touched } = this;
    const { price, relTicks, depthStart, depthEnd, depthRest } = out;
    const { add, pull, pullRest, fill, hiddenFill } = out;
    const { tickSize } = book;
    const { cleared } = frame;
    const lowest = frame.spotTick - radius;
    const cells = side === ASK ? width : 0;
    const from = out.rows;
    let row = from;
    book.readDepths(side, lowest, width, depth);
    for (let at = 0; at < width; at++) {
      const lots = depth[at];
      if (touched[cells + at] !== 0 || (cleared && lots !== 0)) {
        this.writeTouched(book, side, at, frame, out, row++);
        continue;
      }
      if (lots === 0) continue;
      price[row] = (lowest + at) * tickSize;
      relTicks[row] = at - radius;
      depthStart[row] = lots;
      depthEnd[row] = lots;
      depthRest[row] = lots;
      add[row] = 0;
      pull[row] = 0;
      pullRest[row] = 0;
      fill[row] = 0;
      hiddenFill[row] = 0;
      row++;
    }
    out.rows = row;
    out.side.fill(side === ASK ? DEPTH_SIDE.A : DEPTH_SIDE.B, from, row);
    writeSideTicks(book, side, frame.spotTick, out, from);
  }

  /** A price with flow, whose cells are zero again afterwards. */
  private writeTouched(
    book: OrderBook,
    side: Side,
    at: number,
    frame: WindowFrame,
    out: DepthRows,
    row: number,
  ): void {
    const cell = side === ASK ? at + this.width : at;
    const tick = frame.spotTick - this.radius + at;
    const lots = this.depth[at];
    const { add, pull, fill, hidden, young } = this;
    const start = lots - add[cell] + pull[cell] + fill[cell];
    const left = frame.cleared ? Number.POSITIVE_INFINITY : young[cell];
    out.price[row] = tick * book.tickSize;
    out.relTicks[row] = at - this.radius;
    out.depthStart[row] = start;
    out.depthEnd[row] = lots;
    out.add[row] = add[cell];
    out.pull[row] = pull[cell];
    out.pullRest[row] = this.pullRest[cell];
    out.fill[row] = fill[cell];
    out.hiddenFill[row] = hidden[cell];
    out.depthRest[row] =
      left === 0 ? lots : book.restingDepthAt(side, tick, frame.endNs - REST_NS, left);
    this.touched[cell] = 0;
    add[cell] = 0;
    pull[cell] = 0;
    this.pullRest[cell] = 0;
    fill[cell] = 0;
    hidden[cell] = 0;
    young[cell] = 0;
  }
}

/** Ticks from the own side's best, once for all rows of a side; 0 while the side is empty. */
function writeSideTicks(
  book: OrderBook,
  side: Side,
  spotTick: Tick,
  out: DepthRows,
  from: number,
): void {
  const { relTicks, relTicksSide, rows } = out;
  const bestTick = side === ASK ? book.bestAskTick : book.bestBidTick;
  if (bestTick === NO_TICK) {
    relTicksSide.fill(0, from, rows);
    return;
  }
  const best = bestTick - spotTick;
  if (side === ASK) for (let i = from; i < rows; i++) relTicksSide[i] = relTicks[i] - best;
  else for (let i = from; i < rows; i++) relTicksSide[i] = best - relTicks[i];
}
