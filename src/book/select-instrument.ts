import type { MboColumns } from '../dbn/index.ts';
import { copyRow } from './copy-row.ts';

/**
 * Keeps the rows of one instrument, in place and in order, and sets `length`; a batch that holds
 * nothing else is left alone. `publisherId` null keeps every publisher's.
 * @returns the new length.
 */
export function selectInstrument(
  columns: MboColumns,
  publisherId: number | null,
  instrumentId: number,
): number {
  const { length, instrumentId: instruments, publisherId: publishers } = columns;
  const keeps = (i: number) =>
    instruments[i] === instrumentId && (publisherId === null || publishers[i] === publisherId);
  let kept = 0;
  while (kept < length && keeps(kept)) kept++;
  for (let i = kept; i < length; i++) {
    if (keeps(i)) copyRow(columns, i, columns, kept++);
  }
  columns.length = kept;
  return kept;
}
