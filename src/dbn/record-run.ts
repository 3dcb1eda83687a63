import { assert } from '../core/index.ts';
import type { DbnVersion } from './version.ts';

/**
 * Consecutive records of one type and size, where they already lie: nothing is copied or unpacked.
 *
 * Record `i` starts at byte `start + i * stride` of `bytes`, which is word `(start + i * stride) /
 * 4` of `words`: the same memory, aligned to four bytes. The memory belongs to the decoder, or to
 * whoever wrote the chunk: a run is valid until the decoder's next `next` or `write`.
 */
export interface RecordRun {
  /** Record type, see `RTYPE`; unknown ones occur. */
  readonly rtype: number;
  /** Bytes from one record to the next, the `ts_out` trailer included. */
  readonly stride: number;
  /** Records in the run, at least 1. */
  readonly count: number;
  /** Byte of the first record in `bytes`, a multiple of 4. */
  readonly start: number;
  readonly bytes: Uint8Array;
  /** Little-endian, as every platform that runs JavaScript has it. */
  readonly words: Int32Array;
  /** Offset of the first record in the decompressed stream, bytes. */
  readonly offset: number;
  /** Version of the layouts. */
  readonly version: DbnVersion;
  /** The last eight bytes of every record are the gateway's sending time. */
  readonly tsOut: boolean;
}

/** The bytes of records `[from, to)`, a view. */
export function runBytes(run: RecordRun, from = 0, to = run.count): Uint8Array {
  return run.bytes.subarray(run.start + from * run.stride, run.start + to * run.stride);
}

/** The part `[from, to)` of a run, as a run. */
export function sliceRun(run: RecordRun, from: number, to: number): RecordRun {
  assert(from >= 0 && from < to && to <= run.count, 'a slice of a run lies within it');
  const skip = from * run.stride;
  return { ...run, start: run.start + skip, offset: run.offset + skip, count: to - from };
}

/** A run over records that you hold yourself; copies when `bytes` is not aligned to four bytes. */
export function runOf(
  bytes: Uint8Array,
  options: { version?: DbnVersion; tsOut?: boolean; offset?: number } = {},
): RecordRun {
  const { version = 3, tsOut = false, offset = 0 } = options;
  const aligned = (bytes.byteOffset & 3) === 0 ? bytes : bytes.slice();
  const stride = (aligned[0] ?? 0) * 4;
  assert(stride > 0 && aligned.length % stride === 0, 'a run is whole records of one size');
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2);
  const rtype = aligned[1]!;
  const count = aligned.length / stride;
  return { rtype, stride, count, start: 0, bytes: aligned, words, offset, version, tsOut };
}
