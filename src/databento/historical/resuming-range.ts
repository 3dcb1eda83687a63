/**
 * An answer of `timeseries.get_range` that survives cuts: it is taken up again where it was cut,
 * exactly, or not at all.
 */
import { DataError, OperatingError } from '../../core/index.ts';
import { isoOf, type Metadata, type RecordRun, sliceRun } from '../../dbn/index.ts';
import { type RangeConnection, RangeCut } from './range-connection.ts';
import { type DuplicateCheck, ResumePoint } from './resume-point.ts';

const METHOD = 'timeseries.get_range';
/** Times that a stream is taken up again, unless told otherwise. */
const DEFAULT_MAX_RESUMES = 3;

/** Where a request is taken up again. */
export interface RangeResume {
  startNs: bigint;
  /** Where the first answer said that it ends; needed when the request did not say it. */
  endNs: bigint | null;
  /** Records that are not to be asked for again. */
  delivered: number;
}

/** What a stream needs of the client. */
export interface RangeVendor {
  /** Asks for the records, from the start or from where they were cut. */
  connect(resume: RangeResume | null): Promise<RangeConnection>;
  /** Asks how many records the whole request has; free. */
  count(): Promise<number>;
  tell(text: string): void;
  /** Waits before the n-th attempt in a row. */
  pause(attempt: number): Promise<void>;
}

/** Runs of records, each once; `close` when it is not read to its end. */
export class ResumingRange {
  /** Of the first answer. */
  readonly metadata: Metadata;
  /** Times that it was taken up again. */
  resumes: number;
  /** Records that were sent again and dropped. */
  duplicatesDropped = 0;
  readonly #vendor: RangeVendor;
  #connection: RangeConnection;
  private readonly maxResumes: number;
  /** The end of what was asked for is known, be it from the request or from the answer. */
  private readonly endKnown: boolean;
  private readonly point = new ResumePoint();
  private duplicates: DuplicateCheck | null = null;
  /** Records before the connection at hand. */
  private before = 0;
  /** The vendor counts more records than it sent. */
  private fewerThanCounted = false;
  /** What ended it before its end. */
  private failure: { error: unknown } | null = null;
  private ended = false;

  private constructor(
    vendor: RangeVendor,
    connection: RangeConnection,
    options: { maxResumes: number; resumes: number; endGiven: boolean },
  ) {
    this.#vendor = vendor;
    this.#connection = connection;
    this.metadata = connection.metadata;
    this.maxResumes = options.maxResumes;
    this.resumes = options.resumes;
    this.endKnown = options.endGiven || connection.metadata.end !== null;
  }

  /**
   * Asks for the records; the metadata have arrived.
   * @param options.endGiven whether the request says where it ends.
   * @throws as `HistoricalClient.getRange` does.
   */
  static async open(
    vendor: RangeVendor,
    options: { maxResumes?: number | undefined; endGiven: boolean },
  ): Promise<ResumingRange> {
    const { maxResumes = DEFAULT_MAX_RESUMES, endGiven } = options;
    for (let resumes = 0; ; resumes++) {
      try {
        const connection = await vendor.connect(null);
        return new ResumingRange(vendor, connection, { maxResumes, resumes, endGiven });
      } catch (error) {
        if (!(error instanceof RangeCut)) throw error;
        if (resumes >= maxResumes) throw cutError(error, 0, resumes);
        vendor.tell(`${METHOD}: ${error.message}; asking again`);
        await vendor.pause(resumes + 1);
      }
    }
  }

  /** Records that were handed out. */
  get records(): number {
    return this.point.records;
  }

  /**
   * The next run that has arrived, without those that are sent again; null: `next`. Valid until
   * the next call.
   */
  take(): RecordRun | null {
    if (this.ended) return null;
    for (;;) {
      const run = this.#connection.next();
      if (!run) return null;
      const again = this.duplicates?.take(run) ?? 0;
      this.duplicatesDropped += again;
      if (again === run.count) continue;
      const fresh = again === 0 ? run : sliceRun(run, again, run.count);
      this.point.note(fresh);
      return fresh;
    }
  }

  /**
   * The next run; null at the end.
   * @throws OperatingError VENDOR_UNAVAILABLE when it was cut too often or cannot be taken up
   *   exactly; DataError for wrong bytes; the signal's reason. Once failed, it always fails so.
   */
  async next(): Promise<RecordRun | null> {
    if (this.failure) throw this.failure.error;
    try {
      for (;;) {
        const run = this.take();
        if (run || this.ended) return run;
        if (await this.pull()) continue;
        this.close();
      }
    } catch (error) {
      this.failure = { error };
      this.close();
      throw error;
    }
  }

  /** Ends it; may be called again. */
  close(): void {
    this.ended = true;
    this.#connection.close();
  }

  /** More bytes, from another connection when this one was cut. @returns false at the end. */
  private async pull(): Promise<boolean> {
    try {
      const more = await this.#connection.pull();
      if (more) return true;
      this.duplicates?.end();
      if (!this.#connection.lengthKnown) await this.checkCount();
      return false;
    } catch (error) {
      if (this.ended) return false;
      if (!(error instanceof RangeCut)) throw error;
      await this.resume(error);
      return true;
    }
  }

  /**
   * Compares with the vendor's count, because an answer without a length may have ended between two
   * frames. Two answers that end alike are believed, and the difference is told.
   * @throws RangeCut when the rest is to be asked for.
   */
  private async checkCount(): Promise<void> {
    const { records } = this.point;
    const again = this.fewerThanCounted && records === this.before;
    let counted: number;
    try {
      counted = await this.#vendor.count();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return this.#vendor.tell(`${METHOD}: ${records} records, which could not be counted: ${why}`);
    }
    if (counted === records || this.ended) return;
    const found = `${records} records arrived, the vendor counts ${counted}`;
    this.fewerThanCounted = counted > records;
    if (this.fewerThanCounted && !again) {
      throw new RangeCut(`the answer ended as if it were whole, but ${found}`);
    }
    this.#vendor.tell(`${METHOD}: ${found}${again ? '; asked again, it ended at the same' : ''}`);
  }

  private async resume(cut: RangeCut): Promise<void> {
    this.#connection.close();
    for (let reason = cut; ; ) {
      const from = this.resumeFrom(reason);
      this.resumes++;
      await this.#vendor.pause(this.resumes);
      try {
        this.#connection = await this.#vendor.connect(from);
        if (this.ended) this.#connection.close();
        this.before = this.point.records;
        this.checkSame(this.#connection.metadata);
        this.duplicates = from ? this.point.duplicates() : null;
        return;
      } catch (error) {
        if (!(error instanceof RangeCut)) throw error;
        reason = error;
      }
    }
  }

  /** @throws OperatingError when the stream cannot be taken up again. */
  private resumeFrom(cut: RangeCut): RangeResume | null {
    const { records, ties, unsorted, lastNs } = this.point;
    if (this.resumes >= this.maxResumes) throw cutError(cut, records, this.resumes);
    if (records === 0) {
      this.#vendor.tell(`${METHOD}: ${cut.message}; asking again`);
      return null;
    }
    const why = unsorted
      ? 'its records are not in the order of their time'
      : lastNs === null
        ? 'its last record has no time'
        : this.endKnown
          ? ''
          : 'where it ends is not known';
    if (why || lastNs === null) {
      throw cutError(cut, records, this.resumes, `; it cannot be taken up exactly: ${why}`);
    }
    this.#vendor.tell(
      `${METHOD}: ${cut.message}, after ${records} records; asking again from ${isoOf(lastNs)}, ` +
        `${ties} of that instant are to be dropped; the vendor bills what it sends again`,
    );
    return { startNs: lastNs, endNs: this.metadata.end, delivered: records - ties };
  }

  /** @throws DataError VENDOR_PROTOCOL when the resumed answer is of another kind. */
  private checkSame(now: Metadata): void {
    const kind = (m: Metadata) =>
      `${m.dataset} ${m.schema} in version ${m.version}${m.tsOut ? ' with ts_out' : ''}`;
    if (kind(now) === kind(this.metadata)) return;
    const what = `${METHOD}: the resumed stream is of another kind`;
    throw new DataError('VENDOR_PROTOCOL', what, {
      found: kind(now),
      expected: kind(this.metadata),
    });
  }
}

function cutError(cut: RangeCut, records: number, resumes: number, more = ''): OperatingError {
  const tried = resumes > 0 ? `, taken up again ${resumes} times` : '';
  const message = `${METHOD}: ${cut.message}; ${records} records were delivered${tried}${more}`;
  return new OperatingError('VENDOR_UNAVAILABLE', message, { retryable: true, cause: cut.cause });
}
