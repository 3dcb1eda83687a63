/**
 * One answer of `timeseries.get_range` being read: compressed bytes in as they arrive, runs of
 * whole records out, and a clear word when it ended before its end.
 */
import { OperatingError } from '../../core/index.ts';
import {
  DbnDecoder,
  initZstd,
  isZstd,
  type Metadata,
  type RecordRun,
  ZstdStream,
} from '../../dbn/index.ts';
import type { HttpBody } from './http-body.ts';
import { HttpFailure } from './http-failure.ts';

/** Bytes that tell whether a stream is compressed. */
const MAGIC_BYTES = 4;

/** The stream ended early, and the rest may be asked for again. */
export class RangeCut extends OperatingError {
  constructor(reason: string, cause?: unknown) {
    super('VENDOR_UNAVAILABLE', reason, { retryable: true, cause });
    this.name = 'RangeCut';
  }
}

/** The records of one answer. */
export class RangeConnection {
  readonly metadata: Metadata;
  /** False: an end between two frames looks like the end of it all. */
  readonly lengthKnown: boolean;
  private readonly bytes: RangeBytes;
  private readonly decoder: DbnDecoder;

  private constructor(
    bytes: RangeBytes,
    decoder: DbnDecoder,
    options: { metadata: Metadata; lengthKnown: boolean },
  ) {
    this.bytes = bytes;
    this.decoder = decoder;
    this.metadata = options.metadata;
    this.lengthKnown = options.lengthKnown;
  }

  /**
   * Reads as far as the metadata reach.
   * @throws RangeCut; DataError of the decoder; the signal's reason.
   */
  static async open(body: HttpBody): Promise<RangeConnection> {
    await initZstd();
    const bytes = new RangeBytes(body);
    const decoder = new DbnDecoder();
    try {
      while (!decoder.metadata) {
        const chunk = await bytes.next();
        if (!chunk) throw new RangeCut(`the answer ended after ${body.bytes} bytes, in its header`);
        decoder.write(chunk);
      }
      const { lengthKnown } = body;
      return new RangeConnection(bytes, decoder, { metadata: decoder.metadata, lengthKnown });
    } catch (error) {
      bytes.close();
      throw error;
    }
  }

  /** The next run that is there already, valid until the next call; null: `pull`. */
  next(): RecordRun | null {
    return this.decoder.next();
  }

  /**
   * Takes in more bytes.
   * @returns false at the end of the whole answer.
   * @throws RangeCut when it ended early; DataError DBN_ZSTD when it is damaged; the signal's
   *   reason.
   */
  async pull(): Promise<boolean> {
    const chunk = this.bytes.tryNext() ?? (await this.bytes.next());
    if (chunk) {
      this.decoder.write(chunk);
      return true;
    }
    const { truncated, trailingBytes } = this.decoder.end();
    if (truncated) throw new RangeCut(`the last record has ${trailingBytes} bytes only`);
    return false;
  }

  /** Gives the connection and the memory back; may be called again. */
  close(): void {
    this.bytes.close();
  }
}

/** The decompressed bytes of a body, piece by piece. */
class RangeBytes {
  private readonly body: HttpBody;
  private zstd: ZstdStream | null = null;
  private pieces: Iterator<Uint8Array> | null = null;
  private begun = false;

  constructor(body: HttpBody) {
    this.body = body;
  }

  /** A piece of what has arrived; null when more has to arrive first. */
  tryNext(): Uint8Array | null {
    const piece = this.pieces?.next();
    if (piece && !piece.done) return piece.value;
    this.pieces = null;
    return null;
  }

  /** The next piece; null at the end. @throws RangeCut, DataError, the signal's reason. */
  async next(): Promise<Uint8Array | null> {
    for (;;) {
      const piece = this.tryNext();
      if (piece) return piece;
      const chunk = this.begun ? await this.arrived() : await this.begin();
      if (!chunk) break;
      if (!this.zstd) return chunk;
      this.pieces = this.zstd.push(chunk);
    }
    if (this.zstd?.midFrame) throw new RangeCut('the answer ended inside a zstd frame');
    return null;
  }

  close(): void {
    this.body.close();
    this.zstd?.close();
    this.zstd = null;
    this.pieces = null;
  }

  /** The first bytes, enough of them to tell how they are compressed. */
  private async begin(): Promise<Uint8Array | null> {
    let first = await this.arrived();
    while (first && first.length < MAGIC_BYTES) {
      const more = await this.arrived();
      if (!more) throw new RangeCut(`the answer ended after ${first.length} bytes`);
      first = Buffer.concat([first, more]);
    }
    this.begun = true;
    if (first && isZstd(first)) this.zstd = new ZstdStream();
    return first;
  }

  private async arrived(): Promise<Uint8Array | null> {
    try {
      return await this.body.next();
    } catch (error) {
      if (error instanceof HttpFailure) throw new RangeCut(error.message, error);
      throw error;
    }
  }
}
