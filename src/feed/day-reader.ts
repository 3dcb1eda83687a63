import { DataError } from '../core/index.ts';
import type { FragmentFormat, MboColumns } from '../dbn/index.ts';
import type { FileChunks } from './file-chunks.ts';
import { type InstrumentKey, keepInstrument } from './keep-instrument.ts';
import { MboReader } from './mbo-reader.ts';

/** One instrument's records of a day, batch by batch, forward from a record. Close it. */
export class DayReader {
  private readonly file: FileChunks;
  private readonly key: InstrumentKey;
  private readonly records: MboReader;
  private readonly path: string;

  constructor(file: FileChunks, key: InstrumentKey, fragment: FragmentFormat, path: string) {
    this.file = file;
    this.key = key;
    this.path = path;
    this.records = new MboReader(() => file.next(), { fragment, base: file.offset });
  }

  /** Offset of the next record, bytes of the decoded file. */
  get offset(): number {
    return this.records.offset;
  }

  /**
   * Fills the columns; at most their capacity of records is looked at, then those of the instrument
   * are kept.
   * @returns rows filled, possibly 0 in the middle of the file; -1 at its end.
   * @throws DataError, OperatingError naming the file.
   */
  fill(columns: MboColumns): number {
    try {
      if (this.records.fill(columns) === 0) return -1;
    } catch (error) {
      throw error instanceof DataError ? error.inFile(this.path) : error;
    }
    return keepInstrument(columns, this.key);
  }

  /** Gives the file back. */
  close(): void {
    this.file.close();
  }
}
