import { assert, DataError } from '../core/index.ts';
import { HeaderBuffer } from './header-buffer.ts';
import type { MboColumns } from './mbo-columns.ts';
import type { Metadata } from './metadata.ts';
import type { RecordRun } from './record-run.ts';
import { HEADER_BYTES, MAX_RECORD_BYTES, minRecordBytes } from './record-size.ts';
import { RTYPE } from './schema.ts';
import { unpackMbo } from './unpack-mbo.ts';
import type { DbnVersion } from './version.ts';

/**
 * Most bytes in a run: its records are still in the processor's cache when the caller reads them.
 */
const MAX_RUN_BYTES = 128 * 1024;

/** What a decoder must be told about a fragment: records without a header. */
export interface FragmentFormat {
  version: DbnVersion;
  tsOut?: boolean;
}

/** How a stream ended. */
export interface StreamEnd {
  /** The last record is cut short; all before it were delivered. */
  truncated: boolean;
  /** Bytes of the record that was cut short. */
  trailingBytes: number;
  /** Where the whole records end, bytes of the decompressed stream. */
  offset: number;
}

/**
 * DBN bytes in, runs of records out, without I/O: `write` a chunk, call `next` until it is null,
 * and so on; then `end`.
 *
 * Memory is bounded by the header plus 130 KiB, whatever the chunks are. Chunks that lie on four
 * bytes as the records do are not copied: keep a chunk unchanged until `next` has returned null.
 */
export class DbnDecoder {
  /** The header, once it is whole; null before, and always null for a fragment. */
  metadata: Metadata | null = null;

  private readonly header: HeaderBuffer | null;
  private version: DbnVersion = 3;
  private tsOut = false;

  /** The chunk at hand, and the first byte of it that was not delivered. */
  private chunk: Uint8Array = new Uint8Array(0);
  private at = 0;
  /** Bytes of the stream before `at`. */
  private offset = 0;
  /** `chunk` as words, with the chunk's byte that they start at. */
  private words: Int32Array = new Int32Array(0);
  private aligned: Uint8Array | null = null;
  private alignedAt = 0;
  /** The start of a record that the last chunk ended in. */
  private readonly carry = new Uint8Array(MAX_RECORD_BYTES);
  private readonly carryWords = new Int32Array(this.carry.buffer);
  private carried = 0;
  /** Where records are copied to when a chunk is not aligned; made when first needed. */
  private scratch: Uint8Array | null = null;
  private copies = 0;

  /** @param fragment for records without a header: what the header would have said. */
  constructor(fragment?: FragmentFormat) {
    this.header = fragment ? null : new HeaderBuffer();
    if (fragment) {
      this.version = fragment.version;
      this.tsOut = fragment.tsOut ?? false;
    }
  }

  /** Bytes of the decompressed stream that were delivered as records or metadata. */
  get deliveredBytes(): number {
    return this.offset;
  }

  /** Bytes that were copied because they did not lie on four bytes: zero for an aligned file. */
  get copiedBytes(): number {
    return this.copies;
  }

  /**
   * Hands over the next bytes of the stream. The last chunk must be used up: call `next` until it
   * returns null.
   * @throws DataError when the header is not one.
   */
  write(chunk: Uint8Array): void {
    assert(this.at === this.chunk.length, 'write follows a next that returned null');
    this.chunk = chunk;
    this.at = 0;
    this.aligned = null;
    if (!this.header || this.metadata || chunk.length === 0) return;
    const { metadata, taken } = this.header.take(chunk);
    this.at = taken;
    this.offset += taken;
    if (!metadata) return;
    this.metadata = metadata;
    this.version = metadata.version;
    this.tsOut = metadata.tsOut;
  }

  /**
   * The next run of the chunk, or null when the chunk is used up.
   * @throws DataError DBN_RECORD with the record's offset when its length cannot be.
   */
  next(): RecordRun | null {
    if (this.carried > 0) return this.finishCarried();
    const left = this.chunk.length - this.at;
    if (left === 0) return null;
    const stride = this.checkedStride(this.chunk, this.at, left);
    if (stride === 0 || stride > left) return this.carryRest();
    this.align(left);
    const start = this.at - this.alignedAt;
    const room = Math.min(this.words.length * 4 - start, MAX_RUN_BYTES);
    const count = countAlike(this.words, start >> 2, stride >> 2, Math.floor(room / stride));
    return this.deliver(this.aligned!, this.words, start, stride, count);
  }

  /**
   * Unpacks the MBO records that come next straight into rows `at ...` of `columns`, as `readMbo`
   * does with a run, but in one pass over memory with the framing: a fifth less
   * time on what is not in the cache. Sets `columns.length` to the row behind the last.
   * @returns the rows unpacked; 0 when the columns are full, or when it is for `next` to go on: at
   *   another type of record, at one that the chunks' border cut, at the end of the chunk.
   * @throws DataError DBN_RECORD with the record's offset when its length cannot be.
   */
  readMbo(columns: MboColumns, at = 0): number {
    columns.length = at;
    const left = this.chunk.length - this.at;
    if (this.carried > 0 || left < 2 || this.chunk[this.at + 1] !== RTYPE.MBO) return 0;
    const stride = this.checkedStride(this.chunk, this.at, left);
    if (stride > left) return 0;
    this.align(left);
    const start = this.at - this.alignedAt;
    const there = Math.floor((this.words.length * 4 - start) / stride);
    const most = Math.min(columns.capacity - at, there);
    const count = unpackMbo(this.words, start >> 2, stride >> 2, most, columns, at);
    this.at += count * stride;
    this.offset += count * stride;
    columns.length = at + count;
    return count;
  }

  /**
   * Ends the stream; the decoder is used up.
   * @throws DataError DBN_MAGIC for an empty stream, DBN_METADATA when it ended inside its header.
   */
  end(): StreamEnd {
    assert(this.at === this.chunk.length, 'end follows a next that returned null');
    if (this.header && !this.metadata) throw headerMissing(this.header.length);
    return { truncated: this.carried > 0, trailingBytes: this.carried, offset: this.offset };
  }

  /** Completes the record that the chunks' border cut, as a run of one. */
  private finishCarried(): RecordRun | null {
    const { carry, chunk } = this;
    if (this.at === chunk.length) return null;
    if (this.carried < 2) carry[this.carried++] = chunk[this.at++]!;
    const stride = this.checkedStride(carry, 0, this.carried);
    const n = Math.min(stride - this.carried, chunk.length - this.at);
    carry.set(chunk.subarray(this.at, this.at + n), this.carried);
    this.carried += n;
    this.at += n;
    if (this.carried < stride) return null;
    this.carried = 0;
    this.at -= stride;
    return this.deliver(carry, this.carryWords, 0, stride, 1);
  }

  private carryRest(): null {
    const rest = this.chunk.subarray(this.at);
    this.carry.set(rest);
    this.carried = rest.length;
    this.at = this.chunk.length;
    return null;
  }

  /** Bytes of the record at `at`, or 0 while too few of its bytes are there to tell. */
  private checkedStride(bytes: Uint8Array, at: number, left: number): number {
    const stride = bytes[at]! * 4;
    const least =
      left > 1 ? minRecordBytes(bytes[at + 1]!, this.version, this.tsOut) : HEADER_BYTES;
    if (stride < least) {
      const type = left > 1 ? `type 0x${bytes[at + 1]!.toString(16).padStart(2, '0')}` : 'a record';
      throw new DataError('DBN_RECORD', 'A DBN record is too short', {
        offset: this.offset,
        found: `${stride} bytes for ${type}`,
        expected: `at least ${least}`,
      });
    }
    return left > 1 ? stride : 0;
  }

  /**
   * Makes `aligned` and `words` cover the chunk from `at` on, at least one record: in place where
   * it can.
   */
  private align(left: number): void {
    const { chunk, at } = this;
    if (this.aligned && this.aligned !== this.scratch) return;
    if (((chunk.byteOffset + at) & 3) === 0) {
      this.aligned = chunk.subarray(at);
      this.words = new Int32Array(chunk.buffer, chunk.byteOffset + at, (chunk.length - at) >> 2);
      this.alignedAt = at;
      return;
    }
    const covered = this.alignedAt + this.words.length * 4 - at;
    if (this.aligned && covered >= Math.min(left & ~3, MAX_RECORD_BYTES)) return;
    const size = Math.min(left, MAX_RUN_BYTES);
    this.scratch ??= new Uint8Array(MAX_RUN_BYTES);
    this.scratch.set(chunk.subarray(at, at + size));
    this.copies += size;
    this.aligned = this.scratch;
    this.words = new Int32Array(this.scratch.buffer, 0, size >> 2);
    this.alignedAt = at;
  }

  private deliver(
    bytes: Uint8Array,
    words: Int32Array,
    start: number,
    stride: number,
    count: number,
  ): RecordRun {
    const { offset, version, tsOut } = this;
    const size = stride * count;
    this.at += size;
    this.offset += size;
    return { rtype: bytes[start + 1]!, stride, count, start, bytes, words, offset, version, tsOut };
  }
}

/** How many records from word `first` on share the first one's length and type; at most `most`. */
function countAlike(words: Int32Array, first: number, step: number, most: number): number {
  const key = words[first]!;
  const step4 = step * 4;
  let at = first;
  let count = 0;
  for (; count + 4 <= most; count += 4, at += step4) {
    const differs =
      (words[at]! ^ key) |
      (words[at + step]! ^ key) |
      (words[at + step + step]! ^ key) |
      (words[at + step * 3]! ^ key);
    if ((differs & 0xffff) !== 0) break;
  }
  for (; count < most && ((words[at]! ^ key) & 0xffff) === 0; count++) at += step;
  return count;
}

function headerMissing(arrived: number): DataError {
  if (arrived === 0) {
    return new DataError('DBN_MAGIC', 'The stream is empty', { offset: 0, expected: '"DBN"' });
  }
  return new DataError('DBN_METADATA', 'The stream ends inside its DBN header', {
    offset: arrived,
  });
}
