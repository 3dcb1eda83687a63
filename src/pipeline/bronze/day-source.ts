/**
 * The records of a raw day, whatever files they lie in.
 */
import type { Metadata, RecordRun } from '../../dbn/index.ts';
import type { Counters } from '../stage.ts';

/** An open file or day; read its runs once, then close it. */
export interface DaySource {
  /** Headers, for their symbols. */
  metadata: readonly Metadata[];
  /** The next run of records, valid until the next call; null at the end. */
  next(): RecordRun | null;
  /** What was met in the files themselves, once they were read. */
  counters(): Counters;
  /** Part of the bytes that were read, 0..1. */
  progress(): number;
  close(): void;
}
