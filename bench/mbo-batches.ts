import { DbnDecoder, type MboColumns } from '../src/dbn/index.ts';

/** Rows that are decoded before they are applied: small enough to stay in the cache. */
export const BATCH_ROWS = 2048;

/** Decodes a whole file of MBO records in memory, batch by batch. */
export function eachBatch(bytes: Uint8Array, columns: MboColumns, apply: () => void): void {
  const decoder = new DbnDecoder();
  decoder.write(bytes);
  for (;;) {
    if (decoder.readMbo(columns) > 0) apply();
    else if (decoder.next() === null) return;
  }
}
