/**
 * The records of `timeseries.get_range` as whole-record bytes, or straight as columns.
 */
import { DataError } from '../../core/index.ts';
import {
  type DbnVersion,
  type MboColumns,
  type Metadata,
  type RecordRun,
  RTYPE,
  readMbo,
  runBytes,
  sliceRun,
} from '../../dbn/index.ts';
import type { ResumingRange } from './resuming-range.ts';

/** How a stream is read. */
export interface RangeOptions {
  signal?: AbortSignal;
  /** Times that it is taken up again after a cut, default 3; what is sent again is billed again. */
  maxResumes?: number;
}

/**
 * Whole records of one type, as they were sent: a fragment of DBN. The bytes are valid until the
 * next item is asked for.
 */
export interface RangeRecords {
  bytes: Uint8Array;
  version: DbnVersion;
  tsOut: boolean;
  /** Records in `bytes`. */
  count: number;
}

/** An open stream: iterate it once, or `fill` columns; `close` one that is not read to its end. */
export class RangeStream implements AsyncIterable<RangeRecords> {
  /** Of the first answer. */
  readonly metadata: Metadata;
  /** Records of other types that `fill` passed over, by rtype. */
  readonly passedOver = new Map<number, number>();
  readonly #range: ResumingRange;
  /** A run that the columns had no room for. */
  private rest: RecordRun | null = null;
  /** What happened when rows had arrived that were to be returned first. */
  private failure: { error: unknown } | null = null;

  constructor(range: ResumingRange) {
    this.#range = range;
    this.metadata = range.metadata;
  }

  /** Records that were handed out. */
  get records(): number {
    return this.#range.records;
  }

  /** Times that it was taken up again after a cut. */
  get resumes(): number {
    return this.#range.resumes;
  }

  /** Records that were sent again and dropped. */
  get duplicatesDropped(): number {
    return this.#range.duplicatesDropped;
  }

  /**
   * Refills the columns from row 0 with market-by-order records, to their capacity or to the end.
   * @returns rows filled; 0 only at the end.
   * @throws DataError DBN_SCHEMA for another schema; else as the iterator does, after all rows that
   *   had arrived were returned.
   */
  async fill(columns: MboColumns): Promise<number> {
    const range = this.#range;
    if (this.metadata.schema !== 'mbo') {
      throw new DataError('DBN_SCHEMA', 'a range is not filled into columns', {
        found: this.metadata.schema ?? 'mixed records',
        expected: 'mbo',
      });
    }
    columns.length = 0;
    if (this.failure) throw this.failure.error;
    try {
      while (columns.length < columns.capacity) {
        const run = this.rest ?? range.take() ?? (await range.next());
        if (!run) break;
        this.rest = this.unpack(run, columns);
      }
    } catch (error) {
      range.close();
      this.failure = { error };
      if (columns.length === 0) throw error;
    }
    return columns.length;
  }

  /**
   * The records, in the order of their index time.
   * @throws OperatingError VENDOR_UNAVAILABLE when it was cut too often or cannot be taken up
   *   exactly; DataError VENDOR_PROTOCOL, DBN_ZSTD, DBN_RECORD for wrong bytes; the signal's
   *   reason.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<RangeRecords> {
    const range = this.#range;
    try {
      for (let run = await range.next(); run; run = range.take() ?? (await range.next())) {
        const { version, tsOut, count } = run;
        yield { bytes: runBytes(run), version, tsOut, count };
      }
    } finally {
      this.close();
    }
  }

  /** Ends the stream; may be called again. */
  close(): void {
    this.#range.close();
  }

  /** Unpacks what fits. @returns what does not. */
  private unpack(run: RecordRun, columns: MboColumns): RecordRun | null {
    if (run.rtype !== RTYPE.MBO) {
      this.passedOver.set(run.rtype, (this.passedOver.get(run.rtype) ?? 0) + run.count);
      return null;
    }
    const rows = Math.min(run.count, columns.capacity - columns.length);
    readMbo(run, 0, rows, columns, columns.length);
    return rows === run.count ? null : sliceRun(run, rows, run.count);
  }
}
