/**
 * Batches of market-by-order columns out of a stream of DBN bytes; records of other types are
 * passed over and counted.
 */
import {
  DbnDecoder,
  type FragmentFormat,
  type MboColumns,
  type Metadata,
  type RecordRun,
  RTYPE,
  readMbo,
  type StreamEnd,
} from '../dbn/index.ts';

/** Where the bytes come from: null at the end. A chunk stays as it is until the next call. */
export type NextChunk = () => Uint8Array | null;

/**
 * Fills columns from DBN bytes; a batch depends only on where it starts and on the columns'
 * capacity.
 */
export class MboReader {
  /** Records of other types that were passed over, by rtype. */
  readonly passedOver = new Map<number, number>();
  /** How the stream ended; null before. */
  end: StreamEnd | null = null;
  private readonly fragment: boolean;
  private readonly decoder: DbnDecoder;
  private readonly nextChunk: NextChunk;
  private readonly base: number;
  private readonly onOther: ((run: RecordRun) => void) | null;
  private run: RecordRun | null = null;
  private at = 0;

  /**
   * @param options.fragment the format, when the bytes have no header.
   * @param options.base offset in the whole stream at which the bytes start.
   * @param options.onOther is shown the runs of other types.
   */
  constructor(
    nextChunk: NextChunk,
    options: { fragment?: FragmentFormat; base?: number; onOther?: (run: RecordRun) => void } = {},
  ) {
    this.nextChunk = nextChunk;
    this.base = options.base ?? 0;
    this.onOther = options.onOther ?? null;
    this.fragment = options.fragment !== undefined;
    this.decoder = new DbnDecoder(options.fragment);
  }

  /** Offset of the next record in the whole stream, bytes. */
  get offset(): number {
    const { run, at } = this;
    return this.base + (run ? run.offset + at * run.stride : this.decoder.deliveredBytes);
  }

  /** The header; null for a fragment. Reads as far as it reaches. @throws DataError */
  readMetadata(): Metadata | null {
    while (!this.decoder.metadata && !this.end) {
      if (this.run || !this.more()) break;
    }
    return this.decoder.metadata;
  }

  /**
   * Fills the columns from row 0 to their capacity, or to the end of the stream.
   * @returns rows filled; 0 only at the end.
   * @throws DataError from the decoder.
   */
  fill(columns: MboColumns): number {
    columns.length = 0;
    while (columns.length < columns.capacity) {
      const run = this.run;
      if (!run) {
        if (this.headerPassed && this.decoder.readMbo(columns, columns.length) > 0) continue;
        if (!this.more()) break;
        continue;
      }
      const n = Math.min(run.count - this.at, columns.capacity - columns.length);
      readMbo(run, this.at, this.at + n, columns, columns.length);
      this.at += n;
      if (this.at === run.count) this.run = null;
    }
    return columns.length;
  }

  /** Records follow: before that, bytes are to be looked at as a header. */
  private get headerPassed(): boolean {
    return this.fragment || this.decoder.metadata !== null;
  }

  /** Advances to the next run of MBO records; false at the end. */
  private more(): boolean {
    if (this.end) return false;
    const run = this.decoder.next();
    if (!run) return this.feed();
    if (run.rtype === RTYPE.MBO) {
      this.run = run;
      this.at = 0;
      return true;
    }
    this.passedOver.set(run.rtype, (this.passedOver.get(run.rtype) ?? 0) + run.count);
    this.onOther?.(run);
    return true;
  }

  private feed(): boolean {
    const chunk = this.nextChunk();
    if (!chunk) {
      this.end = this.decoder.end();
      return false;
    }
    this.decoder.write(chunk);
    return true;
  }
}
