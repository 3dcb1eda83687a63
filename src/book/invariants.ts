/** What must hold in a book at any time, checked the slow way. */
import { ASK, assert, BID } from '../core/index.ts';
import type { BookState } from './book-state.ts';
import { LEVEL_HEAD, LEVEL_STRIDE, LEVEL_TAIL, type LevelLadder } from './level-ladder.ts';
import {
  ORDER_ID_HI,
  ORDER_ID_LO,
  ORDER_LEVEL,
  ORDER_NEXT,
  ORDER_PREV,
  ORDER_QTY,
  ORDER_SIDE,
  ORDER_STRIDE,
} from './order-store.ts';

/** Checks queues, level sums, best prices and the index. @throws Error on the first violation. */
export function assertBookInvariants(b: BookState): void {
  const orders = countLadder(b, b.bids) + countLadder(b, b.asks);
  assert(orders === b.orders.count, `index holds ${b.orders.count} orders, the queues ${orders}`);
}

function countLadder(b: BookState, ladder: LevelLadder): number {
  let orders = 0;
  let levels = 0;
  let previous = Number.POSITIVE_INFINITY;
  for (let s = ladder.best; s !== 0; s = ladder.below(ladder.keyOf(s))) {
    const key = ladder.keyOf(s);
    assert(key < previous, `level ${key} is out of order`);
    assert(ladder.find(key) === s, `level ${key} is not where it should be`);
    previous = key;
    orders += countQueue(b, ladder, s);
    levels++;
  }
  assert(levels === ladder.count, `ladder counts ${ladder.count} levels, holds ${levels}`);
  assert(ladder.below(2147483647) === ladder.best, 'best level is not the extreme one');
  return orders;
}

function countQueue(b: BookState, ladder: LevelLadder, level: number): number {
  const { records } = b.orders;
  let sum = ladder.aggregate[level];
  let n = 0;
  let previous = 0;
  for (
    let o = ladder.rows[level * LEVEL_STRIDE + LEVEL_HEAD];
    o !== 0;
    o = records[o * ORDER_STRIDE + ORDER_NEXT]
  ) {
    const at = o * ORDER_STRIDE;
    const qty = records[at + ORDER_QTY] >>> 0;
    assert(qty > 0, 'an order of no lots is in a queue');
    assert(records[at + ORDER_SIDE] === (ladder.side === BID ? BID : ASK), 'order on a wrong side');
    assert(records[at + ORDER_LEVEL] === level, 'order on a wrong level');
    assert(records[at + ORDER_PREV] === previous, 'queue links disagree');
    const found = b.orders.find(records[at + ORDER_ID_LO], records[at + ORDER_ID_HI]);
    assert(found === o, 'order is not in the index');
    previous = o;
    sum += qty;
    n++;
  }
  assert(previous === ladder.rows[level * LEVEL_STRIDE + LEVEL_TAIL], 'tail is not the last order');
  assert(n === ladder.ordersOf(level), `level counts ${ladder.ordersOf(level)} orders, has ${n}`);
  assert(sum === ladder.qty[level], `level sums to ${ladder.qty[level]}, its orders to ${sum}`);
  assert(sum > 0, 'an empty level is kept');
  return n;
}
