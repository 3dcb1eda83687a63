/**
 * The records of a raw day, whatever files they lie in.
 */
import { DataError } from '../../core/index.ts';
import type { Metadata, RecordRun, Schema } from '../../dbn/index.ts';
import { openRecords, type RecordFile } from '../../feed/index.ts';

/** An open day. */
export interface DaySource {
  /** Headers of the files, for their symbols. */
  metadata: readonly Metadata[];
  /** The next run of records, in the order of the clock; null at the end. */
  next(): RecordRun | null;
  /** What is known of the source itself once it was read: names of counters. */
  counters(): Record<string, number>;
  close(): void;
}

/** @throws DataError DBN_SCHEMA when the file holds other records than `schema`. */
export function checkSchema(metadata: Metadata, schema: Schema, file: string): void {
  if (metadata.schema === schema || metadata.schema === null) return;
  throw new DataError('DBN_SCHEMA', 'the file holds other records than its folder says', {
    file,
    found: `schema ${metadata.schema}`,
    expected: `schema ${schema}`,
  });
}

function countersOf(file: RecordFile): Record<string, number> {
  const { end } = file;
  return {
    truncated_files: end?.truncated ? 1 : 0,
    truncated_bytes: end?.trailingBytes ?? 0,
  };
}

/** Opens a day that lies in one DBN file. @throws DataError, OperatingError naming the file. */
export async function openDay(path: string, schema: Schema): Promise<DaySource> {
  const file = await openRecords(path);
  try {
    checkSchema(file.metadata, schema, path);
  } catch (error) {
    file.close();
    throw error;
  }
  return {
    metadata: [file.metadata],
    next: () => file.next(),
    counters: () => countersOf(file),
    close: () => file.close(),
  };
}
