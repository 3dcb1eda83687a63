/**
 * Records a live session until it ends.
 */
import type { LiveItem } from '../../databento/index.ts';
import { Recorder, type RecorderCounts, type RecorderOptions } from './recorder.ts';

/**
 * Time between two syncs of what was recorded, ms: a power cut loses at most this, the death of the
 * process nothing.
 */
export const SYNC_INTERVAL_MS = 1000;

/** How a session is recorded. */
export interface RecordSessionOptions extends RecorderOptions {
  /** Told after every item. */
  onItem?: (item: LiveItem, counts: () => RecorderCounts) => void;
}

/**
 * Writes every record of the session to its file, in order, until the session ends.
 * @throws DataError USAGE, OperatingError FILE_WRITE or PARTITION_BUSY, and what the session
 *   throws; what came before is on the disk then.
 */
export async function recordSession(
  items: AsyncIterable<LiveItem>,
  options: RecordSessionOptions,
): Promise<RecorderCounts> {
  const recorder = new Recorder(options);
  const timer = setInterval(() => recorder.sync(), SYNC_INTERVAL_MS);
  try {
    for await (const item of items) {
      recorder.take(item);
      options.onItem?.(item, () => recorder.counts);
    }
  } finally {
    clearInterval(timer);
    recorder.close();
  }
  return recorder.counts;
}
