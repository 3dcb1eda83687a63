import type { StageIo } from '../stage.ts';

/** Passes batches of records on, and tells how far they are once one is used up. */
export function* withProgress<C extends { length: number }>(
  batches: Iterable<C>,
  totalRows: number,
  io: StageIo,
): Generator<C> {
  let rows = 0;
  for (const batch of batches) {
    rows += batch.length;
    yield batch;
    io.progress(rows / totalRows);
  }
}
