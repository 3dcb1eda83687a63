/**
 * Records as a session sends them: its version, its trailer, its times.
 */
import {
  convertRun,
  type DbnVersion,
  layoutOf,
  type RecordRun,
  runOf,
  sliceRun,
  TS_OUT_BYTES,
} from '../../dbn/index.ts';

/** Bytes gathered before they are handed on. */
export const PIECE_BYTES = 256 * 1024;
const TS_OUT_WORDS = TS_OUT_BYTES / 4;
const TS_EVENT_WORD = 2;
const TWO_32 = 4_294_967_296;
const UNDEFINED_WORD = 0xffffffff;

/** What a session's records look like. */
export interface OutgoingForm {
  version: DbnVersion;
  tsOut: boolean;
  /** The trailer's value, Unix ns; asked once for each part. */
  nowNs: () => bigint;
}

/** Gathers records and hands them on in pieces that are the sink's to keep. */
export class OutgoingRecords {
  private readonly form: OutgoingForm;
  private readonly sink: (piece: Uint8Array) => void;
  private bytes = new Uint8Array(PIECE_BYTES);
  private words = new Int32Array(this.bytes.buffer);
  private filled = 0;
  private ahead: Uint8Array | null = null;

  constructor(form: OutgoingForm, sink: (piece: Uint8Array) => void) {
    this.form = form;
    this.sink = sink;
  }

  /** Bytes not yet handed on. */
  get pending(): number {
    return this.filled;
  }

  /** Appends records `[from, to)`, their times moved by `shiftNs`. */
  append(run: RecordRun, from: number, to: number, shiftNs = 0n): void {
    const part = convertRun(sliceRun(run, from, to), this.form.version);
    const bare = part.stride - (part.tsOut ? TS_OUT_BYTES : 0);
    const stride = bare + (this.form.tsOut ? TS_OUT_BYTES : 0);
    for (let i = 0; i < part.count; ) {
      const room = Math.floor((PIECE_BYTES - this.filled) / stride);
      if (room === 0) {
        this.flush();
        continue;
      }
      const n = Math.min(room, part.count - i);
      this.copy(part, i, n, bare, stride);
      if (shiftNs !== 0n) this.shift(part, n, stride, shiftNs);
      this.filled += n * stride;
      i += n;
    }
  }

  /** Appends one record of the gateway's own, without trailer. */
  appendRecord(record: Uint8Array): void {
    this.append(runOf(record, { version: this.form.version }), 0, 1);
  }

  /** Appends bytes that need be no record. */
  appendBytes(bytes: Uint8Array): void {
    this.flush();
    this.sink(bytes);
  }

  /** Sends bytes in one piece with the records that come next. */
  prepend(bytes: Uint8Array): void {
    this.flush();
    this.ahead = bytes;
  }

  /** Hands on what is gathered. */
  flush(): void {
    if (this.filled === 0) return;
    const piece = this.bytes.subarray(0, this.filled);
    // A small piece is copied, so that it does not keep a whole buffer alive.
    if (this.ahead) this.sink(joined(this.ahead, piece));
    else if (this.filled < PIECE_BYTES / 4) this.sink(piece.slice());
    else {
      this.bytes = new Uint8Array(PIECE_BYTES);
      this.words = new Int32Array(this.bytes.buffer);
      this.sink(piece);
    }
    this.ahead = null;
    this.filled = 0;
  }

  private copy(run: RecordRun, from: number, n: number, bare: number, stride: number): void {
    const { filled } = this;
    if (run.stride === stride && !this.form.tsOut) {
      const at = run.start + from * stride;
      this.bytes.set(run.bytes.subarray(at, at + n * stride), filled);
      return;
    }
    const [source, target, copied] = [run.words, this.words, bare >> 2];
    const nowNs = BigInt.asUintN(64, this.form.tsOut ? this.form.nowNs() : 0n);
    const [low, high] = [Number(nowNs & 0xffffffffn), Number(nowNs >> 32n)];
    let a = (run.start + from * run.stride) >> 2;
    let b = filled >> 2;
    for (let i = 0; i < n; i++, a += run.stride >> 2, b += stride >> 2) {
      for (let w = 0; w < copied; w++) target[b + w] = source[a + w]!;
      target[b] = (target[b]! & ~255) | (stride >> 2);
      if (!this.form.tsOut) continue;
      target[b + copied] = low;
      target[b + copied + TS_OUT_WORDS - 1] = high;
    }
  }

  private shift(run: RecordRun, n: number, stride: number, shiftNs: bigint): void {
    const recv = layoutOf(run.rtype, run.version)?.fields.find((f) => f.name === 'ts_recv');
    const wrapped = BigInt.asUintN(64, shiftNs);
    const [low, high] = [Number(wrapped & 0xffffffffn), Number(wrapped >> 32n)];
    for (let i = 0; i < n; i++) {
      const at = (this.filled + i * stride) >> 2;
      addTime(this.words, at + TS_EVENT_WORD, low, high);
      if (recv) addTime(this.words, at + (recv.at >> 2), low, high);
    }
  }
}

/** Adds to a time; an undefined one stays so. */
function addTime(words: Int32Array, at: number, low: number, high: number): void {
  const [oldLow, oldHigh] = [words[at]! >>> 0, words[at + 1]! >>> 0];
  if (oldLow === UNDEFINED_WORD && oldHigh === UNDEFINED_WORD) return;
  const sum = oldLow + low;
  words[at] = sum | 0;
  words[at + 1] = (oldHigh + high + (sum >= TWO_32 ? 1 : 0)) | 0;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
