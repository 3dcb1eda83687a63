/**
 * Orders in line at a level: arrival order, doubly linked through the order records.
 */
import {
  LEVEL_HEAD,
  LEVEL_ORDERS,
  LEVEL_STRIDE,
  LEVEL_TAIL,
  type LevelLadder,
} from './level-ladder.ts';
import {
  ORDER_LEVEL,
  ORDER_NEXT,
  ORDER_PREV,
  ORDER_QTY,
  ORDER_STRIDE,
  type OrderStore,
} from './order-store.ts';

/** Puts an order of `qty` lots at the end of the line at `key`, making the level if need be. */
export function joinQueue(
  store: OrderStore,
  ladder: LevelLadder,
  key: number,
  order: number,
  qty: number,
): void {
  const level = ladder.obtain(key);
  const records = store.records;
  const rows = ladder.rows;
  const at = order * ORDER_STRIDE;
  const row = level * LEVEL_STRIDE;
  const last = rows[row + LEVEL_TAIL];
  records[at + ORDER_LEVEL] = level;
  records[at + ORDER_QTY] = qty;
  records[at + ORDER_NEXT] = 0;
  records[at + ORDER_PREV] = last;
  if (last === 0) rows[row + LEVEL_HEAD] = order;
  else records[last * ORDER_STRIDE + ORDER_NEXT] = order;
  rows[row + LEVEL_TAIL] = order;
  rows[row + LEVEL_ORDERS]++;
  ladder.qty[level] += qty;
  if (key > ladder.touched) ladder.touched = key;
}

/** Takes an order out of its line with all its lots; the level goes when it was the last. */
export function leaveQueue(store: OrderStore, ladder: LevelLadder, order: number): void {
  const records = store.records;
  const at = order * ORDER_STRIDE;
  const level = records[at + ORDER_LEVEL];
  const next = records[at + ORDER_NEXT];
  const prev = records[at + ORDER_PREV];
  const rows = ladder.rows;
  const row = level * LEVEL_STRIDE;
  if (prev === 0) rows[row + LEVEL_HEAD] = next;
  else records[prev * ORDER_STRIDE + ORDER_NEXT] = next;
  if (next === 0) rows[row + LEVEL_TAIL] = prev;
  else records[next * ORDER_STRIDE + ORDER_PREV] = prev;
  const key = rows[row];
  if (key > ladder.touched) ladder.touched = key;
  ladder.qty[level] -= records[at + ORDER_QTY] >>> 0;
  if (--rows[row + LEVEL_ORDERS] === 0 && ladder.aggregate[level] === 0) ladder.drop(level);
}

/** Shrinks an order where it stands: its place in the line is kept. */
export function shrinkInPlace(
  store: OrderStore,
  ladder: LevelLadder,
  order: number,
  removed: number,
): void {
  const records = store.records;
  const at = order * ORDER_STRIDE;
  const level = records[at + ORDER_LEVEL];
  records[at + ORDER_QTY] = (records[at + ORDER_QTY] >>> 0) - removed;
  ladder.qty[level] -= removed;
  const key = ladder.rows[level * LEVEL_STRIDE];
  if (key > ladder.touched) ladder.touched = key;
}
