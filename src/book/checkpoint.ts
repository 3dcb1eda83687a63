/**
 * A book as bytes and back. A restored book continues exactly as the saved one would have: queues,
 * pending fills, counters, clock and the open event are all there. Where in memory an order lies is
 * not part of a book.
 */
import { ASK, BID, type Side } from '../core/index.ts';
import { BookState } from './book-state.ts';
import { CheckpointReader, CheckpointWriter, damaged } from './checkpoint-bytes.ts';
import type { FlowLog } from './flow-log.ts';
import { LEVEL_HEAD, LEVEL_STRIDE, MAX_TICK } from './level-ladder.ts';
import {
  ORDER_ID_HI,
  ORDER_ID_LO,
  ORDER_NEXT,
  ORDER_PENDING,
  ORDER_QTY,
  ORDER_SIDE,
  ORDER_STRIDE,
} from './order-store.ts';
import { joinQueue } from './queue.ts';
import type { TradeLog } from './trade-log.ts';

/** Fields of a book that are saved as they are, in the order of the bytes. */
const NUMBERS = [
  'now',
  'openedAt',
  'eventCount',
  'lastMid2',
  'tradeLeft',
  'tradeRestingSide',
  'tradePrice',
] as const;
/** Fields that are true or false; they follow. */
const FLAGS = [
  'justCleared',
  'eventOpen',
  'valid',
  'partial',
  'suspect',
  'started',
  'inSnapshot',
] as const;

/** Least bytes of a level, an order, an open flow, an open trade: a count of more is refused. */
const LEVEL_BYTES = 16;
const ORDER_BYTES = 24;
const FLOW_BYTES = 16;
const TRADE_BYTES = 20;

/**
 * Serialises a book. Closed entries of its logs belong to their reader and are not saved; consume
 * them first.
 */
export function saveBook(b: BookState): Uint8Array {
  const w = new CheckpointWriter();
  w.f64(b.tickSize);
  w.i32(Number(BigInt.asIntN(32, b.originNs)));
  w.i32(Number(BigInt.asIntN(32, b.originNs >> 32n)));
  for (const name of NUMBERS) w.f64(b[name]);
  for (const name of FLAGS) w.f64(Number(b[name]));
  w.i32(b.tally.length);
  for (const value of b.tally) w.f64(value);
  saveSide(b, w, BID);
  saveSide(b, w, ASK);
  saveOpenFlows(b.flows, w);
  saveOpenTrades(b.tradeLog, w);
  return w.finish();
}

/**
 * Makes the book again; the entries of its open event are appended to the logs.
 * @throws DataError CHECKPOINT when the bytes are damaged or of another version.
 */
export function restoreBook(
  bytes: Uint8Array,
  flows: FlowLog | null,
  trades: TradeLog | null,
): BookState {
  const r = new CheckpointReader(bytes);
  const tickSize = r.f64();
  if (!(tickSize > 0)) throw damaged('the tick size is not positive');
  const low = BigInt(r.i32() >>> 0);
  const originNs = (BigInt(r.i32()) << 32n) | low;
  const b = new BookState(tickSize, originNs, flows, trades);
  for (const name of NUMBERS) b[name] = r.f64();
  for (const name of FLAGS) b[name] = r.f64() !== 0;
  b.stamp = b.now;
  if (r.count(8) !== b.tally.length) throw damaged('it holds other counters');
  for (let i = 0; i < b.tally.length; i++) b.tally[i] = r.f64();
  restoreSide(b, r, BID);
  restoreSide(b, r, ASK);
  restoreOpenFlows(flows, r);
  restoreOpenTrades(trades, r);
  r.end();
  return b;
}

/** Levels best first, each with its queue from the head. */
function saveSide(b: BookState, w: CheckpointWriter, side: Side): void {
  const ladder = b.ladder(side);
  const { records, since } = b.orders;
  w.i32(ladder.count);
  for (let s = ladder.best; s !== 0; s = ladder.below(ladder.keyOf(s))) {
    w.i32(ladder.keyOf(s));
    w.f64(ladder.aggregate[s]);
    w.i32(ladder.ordersOf(s));
    let o = ladder.rows[s * LEVEL_STRIDE + LEVEL_HEAD];
    for (; o !== 0; o = records[o * ORDER_STRIDE + ORDER_NEXT]) {
      const at = o * ORDER_STRIDE;
      w.i32(records[at + ORDER_ID_LO]);
      w.i32(records[at + ORDER_ID_HI]);
      w.i32(records[at + ORDER_QTY]);
      w.i32(records[at + ORDER_PENDING]);
      w.f64(since[o]);
    }
  }
}

function restoreSide(b: BookState, r: CheckpointReader, side: Side): void {
  const ladder = b.ladder(side);
  const levels = r.count(LEVEL_BYTES);
  for (let i = 0; i < levels; i++) {
    const key = r.i32();
    if (Math.abs(key ^ ladder.flip) > MAX_TICK + 1 || ladder.find(key) !== 0) {
      throw damaged('a level is impossible');
    }
    const level = ladder.obtain(key);
    ladder.aggregate[level] = r.f64();
    ladder.qty[level] = ladder.aggregate[level];
    const orders = r.count(ORDER_BYTES);
    for (let k = 0; k < orders; k++) restoreOrder(b, r, side, key);
    if (!(ladder.qty[level] > 0)) throw damaged('a level is empty');
  }
}

function restoreOrder(b: BookState, r: CheckpointReader, side: Side, key: number): void {
  const store = b.orders;
  const lo = r.i32();
  const hi = r.i32();
  const qty = r.i32() >>> 0;
  const order = store.find(lo, hi) === 0 && qty > 0 ? store.insert(lo, hi) : 0;
  if (order === 0) throw damaged('an order is impossible');
  store.records[order * ORDER_STRIDE + ORDER_SIDE] = side;
  store.records[order * ORDER_STRIDE + ORDER_PENDING] = r.i32();
  store.since[order] = r.f64();
  joinQueue(store, b.ladder(side), key, order, qty);
}

function saveOpenFlows(log: FlowLog | null, w: CheckpointWriter): void {
  w.i32(log === null ? 0 : log.length - log.closed);
  if (log === null) return;
  for (let i = log.closed; i < log.length; i++) {
    w.i32(log.tick[i]);
    w.i32(log.code[i]);
    w.f64(log.qty[i]);
  }
}

function restoreOpenFlows(log: FlowLog | null, r: CheckpointReader): void {
  const n = r.count(FLOW_BYTES);
  log?.reserve(n);
  for (let i = 0; i < n; i++) {
    const [tick, code, qty] = [r.i32(), r.i32(), r.f64()];
    if (log === null) continue;
    log.tick[log.length] = tick;
    log.code[log.length] = code;
    log.qty[log.length] = qty;
    log.length++;
  }
}

function saveOpenTrades(log: TradeLog | null, w: CheckpointWriter): void {
  w.i32(log === null ? 0 : log.length - log.closed);
  if (log === null) return;
  for (let i = log.closed; i < log.length; i++) {
    w.f64(log.price[i]);
    w.f64(log.size[i]);
    w.i32(log.side[i]);
  }
}

function restoreOpenTrades(log: TradeLog | null, r: CheckpointReader): void {
  const n = r.count(TRADE_BYTES);
  for (let i = 0; i < n; i++) {
    const [price, size, side] = [r.f64(), r.f64(), r.i32()];
    log?.append(price, size, side);
  }
}
