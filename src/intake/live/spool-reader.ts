/**
 * One instrument's records out of a spool that still grows.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { OperatingError } from '../../core/index.ts';
import { DbnDecoder, type MboColumns, type RecordRun, RTYPE, readMbo } from '../../dbn/index.ts';
import { type InstrumentKey, keepInstrument } from '../../feed/index.ts';
import type { LiveSpool } from './live-spool.ts';

/** Bytes read at once. */
const CHUNK_BYTES = 512 * 1024;

/** Reads forward from a record, as far as the spool has grown. Close it. */
export class SpoolReader {
  /** The last `fill` came to the end of what was written, and more may come. */
  dry = false;
  private readonly spool: LiveSpool;
  private readonly key: InstrumentKey;
  private readonly fd: number;
  private readonly decoder: DbnDecoder;
  private readonly base: number;
  private readonly chunk = new Uint8Array(CHUNK_BYTES);
  private readAt: number;
  private run: RecordRun | null = null;
  private at = 0;
  private readonly onClose: () => void;
  private closed = false;

  /**
   * @param position offset of a record; the first one when not given.
   * @param onClose told once when it is closed.
   */
  constructor(
    spool: LiveSpool,
    key: InstrumentKey,
    position = spool.headerBytes,
    onClose: () => void = () => {},
  ) {
    this.spool = spool;
    this.key = key;
    this.base = position;
    this.readAt = position;
    this.decoder = new DbnDecoder(spool.format);
    this.onClose = onClose;
    try {
      this.fd = openSync(spool.path, 'r');
    } catch (cause) {
      throw readFailed(spool.path, cause);
    }
  }

  /** Offset of the next record, bytes. */
  get offset(): number {
    const { run, at } = this;
    return this.base + (run ? run.offset + at * run.stride : this.decoder.deliveredBytes);
  }

  /**
   * Fills the columns with what is there; at most their capacity of records is looked at, then
   * those of the instrument are kept.
   * @returns rows filled, possibly 0; -1 once the session has ended and all is read.
   * @throws OperatingError FILE_READ; what ended the session, once all before it is read.
   */
  fill(columns: MboColumns): number {
    this.dry = false;
    columns.length = 0;
    while (columns.length < columns.capacity) {
      if (this.run) {
        this.takeRun(columns, this.run);
        continue;
      }
      if (this.decoder.readMbo(columns, columns.length) > 0) continue;
      if (!this.more()) break;
    }
    if (columns.length > 0) return keepInstrument(columns, this.key);
    this.dry = this.spool.ended === undefined;
    if (this.dry) return 0;
    if (this.spool.ended !== null) throw this.spool.ended;
    return -1;
  }

  /** Gives the file back; a second call does nothing. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    closeSync(this.fd);
    this.onClose();
  }

  private takeRun(columns: MboColumns, run: RecordRun): void {
    const n = Math.min(run.count - this.at, columns.capacity - columns.length);
    readMbo(run, this.at, this.at + n, columns, columns.length);
    this.at += n;
    if (this.at === run.count) this.run = null;
  }

  /** Advances to the next run of order records; false when there is nothing to read now. */
  private more(): boolean {
    const run = this.decoder.next();
    if (!run) return this.feed();
    if (run.rtype === RTYPE.MBO) {
      this.run = run;
      this.at = 0;
    }
    return true;
  }

  private feed(): boolean {
    const wanted = Math.min(CHUNK_BYTES, this.spool.bytes - this.readAt);
    if (wanted <= 0) return false;
    let n: number;
    try {
      n = readSync(this.fd, this.chunk, 0, wanted, this.readAt);
    } catch (cause) {
      throw readFailed(this.spool.path, cause);
    }
    if (n === 0) throw readFailed(this.spool.path, new Error('it is shorter than it was'));
    this.readAt += n;
    this.decoder.write(this.chunk.subarray(0, n));
    return true;
  }
}

function readFailed(path: string, cause: unknown): OperatingError {
  return new OperatingError('FILE_READ', `${path}: ${(cause as Error).message}`, { cause });
}
