import { assert } from '../../core/index.ts';
import { RTYPE } from '../../dbn/index.ts';

const TWO_32 = 4294967296;

/** Word of a record at which its time of capture, `ts_recv`, stands. */
export function clockWord(rtype: number): number {
  assert(rtype === RTYPE.MBO || rtype === RTYPE.CMBP_1, 'bronze reads orders and quotes');
  return rtype === RTYPE.MBO ? 10 : 8;
}

/** Halves of the origin that times count from, Unix ns. */
export interface Origin {
  lo: number;
  hi: number;
}

/** Takes an origin apart, so that times can be told without a bigint each. */
export function originOf(ns: bigint): Origin {
  return { lo: Number(ns & 0xffffffffn), hi: Number(ns >> 32n) };
}

/** The time at a word, ns since the origin; exact within 104 days of it. */
export function timeAt(words: Int32Array, w: number, origin: Origin): number {
  return ((words[w + 1]! >>> 0) - origin.hi) * TWO_32 + ((words[w]! >>> 0) - origin.lo);
}
