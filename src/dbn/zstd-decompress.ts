import { ZSTDDecoder } from 'zstddec/stream';
import { assert, DataError } from '../core/index.ts';
import { DBZ_MAGIC_BYTES, dbzRefused, isDbz } from './legacy-dbz.ts';

/** The parts of zstddec's WebAssembly module that are used: zstd's own C functions. */
interface ZstdExports {
  memory: { buffer: ArrayBuffer };
  malloc(size: number): number;
  free(pointer: number): void;
  ZSTD_createDCtx(): number;
  ZSTD_freeDCtx(context: number): void;
  ZSTD_DStreamOutSize(): number;
  /** Bytes it would like next, 0 at the end of a frame, or an error: a small negative number. */
  ZSTD_decompressStream(context: number, output: number, input: number): number;
}

/** Compressed bytes copied into the module at a time. */
const INPUT_BYTES = 64 * 1024;
/** Errors are size_t values above this: `ZSTD_isError` of zstd.h, 32-bit. */
const FIRST_ERROR = -120;
/** Magic of a zstd frame, the first four bytes as a little-endian number. */
const ZSTD_MAGIC = 0xfd2fb528;
/** Magics of skippable frames: these sixteen. */
const SKIPPABLE_MAGIC = 0x184d2a50;

let zstd: ZstdExports | null = null;

/**
 * zstddec's own loops neither check zstd's error codes nor say where they are, so the module's
 * exports are taken and driven here.
 */
class CapturingDecoder extends ZSTDDecoder {
  override _init(result: { instance: { exports: unknown } }): void {
    super._init(result as never);
    zstd = result.instance.exports as ZstdExports;
  }
}

/** Loads the decompressor; once is enough, again is free. Await it before `decompressZstd`. */
export async function initZstd(): Promise<void> {
  if (!zstd) await new CapturingDecoder().init();
  assert(zstd !== null, 'zstddec hands its module to _init');
}

/** True when the bytes begin as a zstd frame does, or as a skippable one. */
export function isZstd(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  const magic = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return magic === ZSTD_MAGIC || (magic & 0xfffffff0) === SKIPPABLE_MAGIC;
}

/**
 * A zstd stream that is fed by hand: any number of frames, skippable ones included, of known or
 * unknown size; checksums are verified where a frame has one. Streams are independent of each
 * other.
 */
export class ZstdStream {
  private readonly module: ZstdExports;
  private readonly context: number;
  private readonly input: number;
  private readonly output: number;
  private readonly outputBytes: number;
  /** Two `ZSTD_inBuffer`-like structs: pointer, size, position. */
  private readonly structs: number;
  private consumed = 0;
  private wanted = 0;
  private closed = false;

  constructor() {
    assert(zstd !== null, 'initZstd was awaited');
    this.module = zstd;
    this.context = zstd.ZSTD_createDCtx();
    this.outputBytes = zstd.ZSTD_DStreamOutSize();
    this.input = zstd.malloc(INPUT_BYTES);
    this.output = zstd.malloc(this.outputBytes);
    this.structs = zstd.malloc(24);
  }

  /** Compressed bytes used so far. */
  get consumedBytes(): number {
    return this.consumed;
  }

  /** True when the input so far ends inside a frame. */
  get midFrame(): boolean {
    return this.wanted !== 0;
  }

  /**
   * Decompresses `chunk` and yields the pieces, up to 128 KiB each; every piece is yours to keep.
   * @throws DataError DBN_ZSTD with the compressed offset, when the data or its checksum is wrong;
   * DBN_MAGIC for DBZ.
   */
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    const first = this.consumed === 0 && chunk.length >= DBZ_MAGIC_BYTES;
    if (first && isDbz(chunk)) throw dbzRefused();
    for (let at = 0; at < chunk.length; at += INPUT_BYTES) {
      const part = chunk.subarray(at, at + INPUT_BYTES);
      new Uint8Array(this.module.memory.buffer).set(part, this.input);
      let used = 0;
      let full = true;
      // A full output buffer may hide more output behind an input that is used up.
      while (used < part.length || (full && this.wanted !== 0)) {
        const step = this.step(part.length, used);
        used = step.used;
        full = step.made === this.outputBytes;
        if (step.made > 0) {
          yield new Uint8Array(this.module.memory.buffer).slice(
            this.output,
            this.output + step.made,
          );
        }
      }
    }
  }

  /** Gives the memory back; may be called again. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.module.ZSTD_freeDCtx(this.context);
    this.module.free(this.input);
    this.module.free(this.output);
    this.module.free(this.structs);
  }

  private step(size: number, used: number): { used: number; made: number } {
    assert(!this.closed, 'the stream is open');
    const { module, structs } = this;
    const view = () => new DataView(module.memory.buffer, structs, 24);
    const before = view();
    before.setUint32(0, this.input, true);
    before.setUint32(4, size, true);
    before.setUint32(8, used, true);
    before.setUint32(12, this.output, true);
    before.setUint32(16, this.outputBytes, true);
    before.setUint32(20, 0, true);
    const code = module.ZSTD_decompressStream(this.context, structs + 12, structs) | 0;
    const after = view();
    const now = after.getUint32(8, true);
    this.consumed += now - used;
    if (code < 0 && code > FIRST_ERROR) throw zstdError(-code, this.consumed);
    this.wanted = code;
    return { used: now, made: after.getUint32(20, true) };
  }
}

/**
 * Decompresses chunks of zstd frames, one after another, as they are asked for.
 * @throws DataError DBN_ZSTD with the compressed offset: corrupt, or (after all whole output was
 * yielded) cut short.
 */
export function* decompressZstd(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  const stream = new ZstdStream();
  try {
    for (const chunk of chunks) yield* stream.push(chunk);
    if (stream.midFrame) throw new ZstdTruncated(stream.consumedBytes);
  } finally {
    stream.close();
  }
}

/** The compressed stream ends inside a frame; everything before was yielded. */
export class ZstdTruncated extends DataError {
  constructor(offset: number) {
    super('DBN_ZSTD', 'The zstd stream is cut short', {
      offset,
      found: 'the end of the input',
      expected: 'the rest of a frame (offset counts compressed bytes)',
    });
    this.name = 'ZstdTruncated';
  }
}

const ERROR_NAMES: Record<number, string> = {
  10: 'no zstd frame begins here',
  14: 'an unsupported frame parameter',
  16: 'a window larger than allowed',
  20: 'corrupt data',
  22: 'a wrong checksum',
  24: 'a literals section with a wrong header',
  30: 'a corrupt dictionary',
  32: 'a frame that needs a dictionary',
  64: 'memory that cannot be allocated',
};

function zstdError(code: number, offset: number): DataError {
  return new DataError('DBN_ZSTD', 'The zstd stream is damaged', {
    offset,
    found: ERROR_NAMES[code] ?? `zstd error ${code}`,
    expected: 'intact frames (offset counts compressed bytes)',
  });
}
