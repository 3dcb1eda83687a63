import type { MboColumns } from '../dbn/index.ts';

/** An instrument as records name it; publisher null means any. */
export interface InstrumentKey {
  publisherId: number | null;
  instrumentId: number;
}

function firstOther(c: MboColumns, key: InstrumentKey): number {
  const { instrumentId, publisherId, length } = c;
  const id = key.instrumentId;
  const publisher = key.publisherId;
  for (let i = 0; i < length; i++) {
    if (instrumentId[i] !== id || (publisher !== null && publisherId[i] !== publisher)) return i;
  }
  return length;
}

/**
 * Drops the rows of other instruments, in place; rows keep their order. A batch of one instrument
 * is not touched.
 * @returns rows left, which is also `columns.length`.
 */
export function keepInstrument(columns: MboColumns, key: InstrumentKey): number {
  const { instrumentId, publisherId, length } = columns;
  const id = key.instrumentId;
  const publisher = key.publisherId;
  let to = firstOther(columns, key);
  for (let i = to + 1; i < length; i++) {
    if (instrumentId[i] !== id || (publisher !== null && publisherId[i] !== publisher)) continue;
    copyRow(columns, i, to);
    to++;
  }
  columns.length = Math.min(to, length);
  return columns.length;
}

function copyRow(c: MboColumns, from: number, to: number): void {
  c.tsRecv[to] = c.tsRecv[from]!;
  c.tsEvent[to] = c.tsEvent[from]!;
  c.orderIdLo[to] = c.orderIdLo[from]!;
  c.orderIdHi[to] = c.orderIdHi[from]!;
  c.price[to] = c.price[from]!;
  c.size[to] = c.size[from]!;
  c.flags[to] = c.flags[from]!;
  c.action[to] = c.action[from]!;
  c.side[to] = c.side[from]!;
  c.channelId[to] = c.channelId[from]!;
  c.tsInDelta[to] = c.tsInDelta[from]!;
  c.sequence[to] = c.sequence[from]!;
  c.instrumentId[to] = c.instrumentId[from]!;
  c.publisherId[to] = c.publisherId[from]!;
}
