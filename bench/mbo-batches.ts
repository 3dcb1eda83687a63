import { DbnDecoder, FLAG, MboColumns } from '../src/dbn/index.ts';

/** Rows that are decoded before they are applied: small enough to stay in the cache. */
export const BATCH_ROWS = 2048;

const DAY_NS = 86_400_000_000_000n;

/** Decodes a whole file of MBO records in memory, batch by batch. */
export function eachBatch(bytes: Uint8Array, columns: MboColumns, apply: () => void): void {
  const decoder = new DbnDecoder();
  decoder.write(bytes);
  for (;;) {
    if (decoder.readMbo(columns) > 0) apply();
    else if (decoder.next() === null) return;
  }
}

/** When a file's records are. */
export interface FileTimes {
  /** 00:00 UTC of the first record's day, ns since epoch. */
  originNs: bigint;
  /** Clock of the first record after a snapshot, ns since `originNs`: frames start here. */
  liveNs: number;
}

/** Looks a file of MBO records through for its times. */
export function timesOf(bytes: Uint8Array): FileTimes {
  const columns = new MboColumns(BATCH_ROWS);
  let first = 0;
  eachBatch(bytes, columns, () => {
    first ||= columns.tsRecv[0];
  });
  const originNs = BigInt(first) - (BigInt(first) % DAY_NS);
  columns.originNs = originNs;
  let liveNs = -1;
  eachBatch(bytes, columns, () => {
    for (let i = 0; i < columns.length && liveNs < 0; i++) {
      if ((columns.flags[i] & FLAG.SNAPSHOT) === 0) liveNs = columns.tsRecv[i];
    }
  });
  return { originNs, liveNs };
}
