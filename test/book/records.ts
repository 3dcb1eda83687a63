/** Market-by-order records as plain objects, for tests to write by hand. */
import { MboColumns } from '../../src/dbn/index.ts';

export interface Row {
  ts: number;
  tsEvent?: number;
  action: string;
  side: string;
  id: number | bigint;
  price: number;
  size: number;
  flags: number;
  instrument?: number;
  publisher?: number;
  sequence?: number;
}

export const LAST = 0x80;
export const TOB = 0x40;
export const SNAPSHOT = 0x20;
export const MBP = 0x10;
export const BAD_BOOK = 0x04;
export const UNDEF_PRICE = 2 ** 63;
export const UNDEF_SIZE = 4294967295;

/** `row('A', 'B', 7, 100, 5, LAST)`: action, side, id, price, size, flags, clock. */
export function row(
  action: string,
  side: string,
  id: number | bigint,
  price: number,
  size: number,
  flags = LAST,
  ts = 0,
): Row {
  return { ts, action, side, id, price, size, flags };
}

export function toColumns(rows: Row[], originNs = 0n): MboColumns {
  const c = new MboColumns(rows.length, originNs);
  rows.forEach((r, i) => {
    const id = BigInt.asUintN(64, BigInt(r.id));
    c.tsRecv[i] = r.ts;
    c.tsEvent[i] = r.tsEvent ?? r.ts;
    c.orderIdLo[i] = Number(id & 0xffffffffn);
    c.orderIdHi[i] = Number(id >> 32n);
    c.price[i] = r.price;
    c.size[i] = r.size;
    c.flags[i] = r.flags;
    c.action[i] = r.action.charCodeAt(0);
    c.side[i] = r.side.charCodeAt(0);
    c.instrumentId[i] = r.instrument ?? 1;
    c.publisherId[i] = r.publisher ?? 1;
    c.sequence[i] = r.sequence ?? i;
  });
  c.length = rows.length;
  return c;
}
