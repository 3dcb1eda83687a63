import { DataError } from '../../core/index.ts';
import type { Metadata, Schema } from '../../dbn/index.ts';
import { openRecords } from '../../feed/index.ts';
import type { DaySource } from './day-source.ts';

function checkSchema(metadata: Metadata, schema: Schema, file: string): void {
  if (metadata.schema === schema || metadata.schema === null) return;
  throw new DataError('DBN_SCHEMA', 'the file holds other records than its folder says', {
    file,
    found: `schema ${metadata.schema}`,
    expected: `schema ${schema}`,
  });
}

/**
 * Opens a DBN file, raw or compressed. One that was cut short, in a record or in its compression,
 * is read as far as it goes and counted; any other damage is an error.
 * @throws DataError, OperatingError naming the file.
 */
export async function openDbnSource(path: string, schema: Schema): Promise<DaySource> {
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
    counters: () => ({
      truncated_files: file.end?.truncated ? 1 : 0,
      truncated_bytes: file.end?.trailingBytes ?? 0,
    }),
    progress: () => file.progress,
    close: () => file.close(),
  };
}
