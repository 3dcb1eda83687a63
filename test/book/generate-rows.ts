/**
 * Seeded streams of market-by-order records. `nasty` is the share of records that no sane venue
 * would send.
 */
import { Prng } from '../../src/core/index.ts';
import {
  BAD_BOOK,
  LAST,
  MBP,
  type Row,
  SNAPSHOT,
  TOB,
  UNDEF_PRICE,
  UNDEF_SIZE,
} from './records.ts';

export interface StreamOptions {
  seed: number;
  count: number;
  /** Share of records that are odd in some way. */
  nasty: number;
  tickSize: number;
  /** Live orders the stream hovers around. */
  orders?: number;
}

const pick = <T>(rng: Prng, from: readonly T[]): T => from[rng.int(from.length)];

export function generateRows(o: StreamOptions): Row[] {
  const rng = new Prng(o.seed);
  const live: { id: number; side: string; price: number; size: number }[] = [];
  const rows: Row[] = [];
  const target = o.orders ?? 60;
  let ts = 1e12;
  let id = 1 + rng.int(1000);
  let mid = 1000;
  const push = (action: string, side: string, i: number, price: number, size: number) => {
    const last = rng.float() < 0.6 ? LAST : 0;
    rows.push({ ts, tsEvent: ts - rng.int(1000), action, side, id: i, price, size, flags: last });
  };
  const add = () => {
    const side = pick(rng, ['A', 'B']);
    const away = 1 + rng.int(12);
    const price = (mid + (side === 'B' ? -away : away)) * o.tickSize;
    const order = { id: id++, side, price, size: 1 + rng.int(20) };
    live.push(order);
    push('A', side, order.id, price, order.size);
  };
  const drop = (k: number) => {
    live[k] = live[live.length - 1];
    live.pop();
  };
  const cancel = () => {
    const k = rng.int(live.length);
    const x = live[k];
    const size = rng.float() < 0.3 ? 1 + rng.int(x.size) : x.size;
    push('C', x.side, x.id, x.price, size);
    x.size -= size;
    if (x.size === 0) drop(k);
  };
  const modify = () => {
    const x = pick(rng, live);
    if (rng.float() < 0.5) x.price += (rng.int(5) - 2) * o.tickSize;
    if (rng.float() < 0.7) x.size = 1 + rng.int(20);
    push('M', x.side, x.id, x.price, x.size);
  };
  const execute = () => {
    const k = rng.int(live.length);
    const x = live[k];
    const size = 1 + rng.int(x.size);
    const aggressor = x.side === 'A' ? 'B' : 'A';
    push('T', rng.float() < 0.9 ? aggressor : 'N', 0, x.price, size + (rng.int(4) === 0 ? 2 : 0));
    push('F', x.side, rng.float() < 0.9 ? x.id : 9_000_000 + id, x.price, size);
    if (rng.float() < 0.1) return;
    x.size -= size;
    if (x.size > 0 && rng.float() < 0.5) push('M', x.side, x.id, x.price, x.size);
    else push('C', x.side, x.id, x.price, size);
    if (x.size === 0) drop(k);
  };
  while (rows.length < o.count) {
    ts += rng.float() < 0.3 ? 0 : rng.int(2_000_000);
    if (rng.float() < 0.002) ts += 3e9;
    if (rng.float() < 0.01) mid += rng.int(7) - 3;
    const u = rng.float();
    if (rng.float() < o.nasty) rows.push(nastyRow(rng, ts, mid * o.tickSize, o.tickSize, id));
    else if (live.length === 0 || u < 0.25 + (live.length < target ? 0.3 : 0)) add();
    else if (u < 0.7) cancel();
    else if (u < 0.85) modify();
    else execute();
  }
  return rows.slice(0, o.count);
}

function nastyRow(rng: Prng, ts: number, price: number, tickSize: number, nextId: number): Row {
  const prices = [
    price + rng.int(50) * tickSize,
    price + 1 + rng.int(tickSize * 3),
    -price - rng.int(7),
    UNDEF_PRICE,
    -(2 ** 63),
    2 ** 63 - 1024,
    tickSize * (2 ** 30 - 1 - rng.int(3)),
    -tickSize * (2 ** 30 - 1 - rng.int(3)),
    rng.int(4) * tickSize * 200_000,
    0,
  ];
  const sizes = [0, 1, rng.int(30), UNDEF_SIZE, UNDEF_SIZE - 1, 2 ** 31, 2 ** 31 - 1];
  const flags = [0, LAST, LAST | TOB, TOB, MBP | LAST, SNAPSHOT, SNAPSHOT | LAST, BAD_BOOK, 0xff];
  const clocks = [ts, ts - rng.int(5e9), ts, ts + rng.int(1e6), 2 ** 64];
  return {
    ts: pick(rng, clocks),
    tsEvent: pick(rng, [ts - rng.int(1e12), ts + 1e10, 2 ** 64]),
    action: pick(rng, [...'AAAAACCCMMMTFNRX']),
    side: pick(rng, [...'ABABABN']),
    id: Math.max(0, nextId - rng.int(80)),
    price: pick(rng, prices),
    size: pick(rng, sizes),
    flags: pick(rng, rng.float() < 0.7 ? [0, LAST, LAST] : flags),
  };
}
