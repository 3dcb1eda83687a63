import { assert } from '../core/index.ts';
import { UNDEF_PRICE_F64 } from './constants.ts';
import type { MboColumns } from './mbo-columns.ts';
import type { RecordRun } from './record-run.ts';
import { TS_OUT_BYTES } from './record-size.ts';
import { RTYPE } from './schema.ts';
import { unpackMbo } from './unpack-mbo.ts';

/** Bytes of an MBO record without its trailer. */
export const MBO_BYTES = 56;
const MBO_WORDS = MBO_BYTES / 4;
const TWO_32 = 4294967296;
/** A time at or above it, relative to any origin, is undefined: UINT64_MAX less 2^63 at most. */
const UNDEF_TIME_F64 = 2 ** 63;

/**
 * Unpacks records `[from, to)` of an MBO run into rows `at ...` of `columns`, and sets
 * `columns.length` to the row behind the last. Times become ns since `columns.originNs`, exact
 * within 104 days of it; an undefined time is a number of 2^63 or more. The `ts_out` trailer is
 * passed over. Source: databento/dbn `MboMsg`.
 */
export function readMbo(
  run: RecordRun,
  from: number,
  to: number,
  columns: MboColumns,
  at = 0,
): void {
  assert(run.rtype === RTYPE.MBO, 'readMbo reads MBO records');
  assert(from >= 0 && from <= to && to <= run.count, 'the range lies within the run');
  assert(at + to - from <= columns.capacity, 'the rows fit the columns');
  const first = (run.start + from * run.stride) >> 2;
  unpackMbo(run.words, first, run.stride >> 2, to - from, columns, at);
  columns.length = at + to - from;
}

/**
 * Packs rows `[from, to)` of `columns` into MBO records, the inverse of `readMbo`, alike in every
 * DBN version.
 * @param bytes where to, aligned to four bytes; made when not given.
 * @param at the byte of `bytes` to start at, a multiple of 4.
 * @param tsOut writes the trailer, undefined, behind each record.
 * @returns the records, a view of `bytes`.
 */
export function writeMbo(
  columns: MboColumns,
  from: number,
  to: number,
  bytes?: Uint8Array,
  at = 0,
  tsOut = false,
): Uint8Array {
  const stride = MBO_BYTES + (tsOut ? TS_OUT_BYTES : 0);
  const length = (to - from) * stride;
  const out = bytes ?? new Uint8Array(at + length);
  assert(((out.byteOffset + at) & 3) === 0, 'records are written on four bytes');
  assert(at + length <= out.length, 'the records fit the bytes');
  const words = new Int32Array(out.buffer, out.byteOffset + at, length >> 2);
  pack(columns, from, to, words, stride >> 2);
  return out.subarray(at, at + length);
}

function pack(
  columns: MboColumns,
  from: number,
  to: number,
  words: Int32Array,
  step: number,
): void {
  const { tsRecv, tsEvent, orderIdLo, orderIdHi, price, size, flags, action, side } = columns;
  const { channelId, tsInDelta, sequence, instrumentId, publisherId } = columns;
  const originLo = Number(columns.originNs & 0xffffffffn);
  const originHi = Number(columns.originNs >> 32n);
  for (let row = from, w = 0; row < to; row++, w += step) {
    words[w] = step | (RTYPE.MBO << 8) | (publisherId[row]! << 16);
    words[w + 1] = instrumentId[row]!;
    writeTime(words, w + 2, tsEvent[row]!, originLo, originHi);
    words[w + 4] = orderIdLo[row]!;
    words[w + 5] = orderIdHi[row]!;
    writePrice(words, w + 6, price[row]!);
    words[w + 8] = size[row]!;
    words[w + 9] = flags[row]! | (channelId[row]! << 8) | (action[row]! << 16) | (side[row]! << 24);
    writeTime(words, w + 10, tsRecv[row]!, originLo, originHi);
    words[w + 12] = tsInDelta[row]!;
    words[w + 13] = sequence[row]!;
    if (step > MBO_WORDS) words.fill(-1, w + MBO_WORDS, w + step);
  }
}

/** Times are added to the origin in halves, because their sum is beyond 2^53. */
function writeTime(words: Int32Array, at: number, ns: number, originLo: number, originHi: number) {
  if (ns >= UNDEF_TIME_F64) {
    words[at] = -1;
    words[at + 1] = -1;
    return;
  }
  const high = Math.floor(ns / TWO_32);
  const low = ns - high * TWO_32 + originLo;
  const over = low >= TWO_32 ? 1 : 0;
  words[at] = low - over * TWO_32;
  words[at + 1] = high + originHi + over;
}

function writePrice(words: Int32Array, at: number, price: number): void {
  if (price >= UNDEF_PRICE_F64) {
    words[at] = -1;
    words[at + 1] = 0x7fffffff;
    return;
  }
  const high = Math.floor(price / TWO_32);
  words[at] = price - high * TWO_32;
  words[at + 1] = high;
}
