import type { MboColumns } from '../dbn/index.ts';

/** Copies a row, all columns of it. */
export function copyRow(from: MboColumns, i: number, to: MboColumns, j: number): void {
  to.tsRecv[j] = from.tsRecv[i];
  to.tsEvent[j] = from.tsEvent[i];
  to.price[j] = from.price[i];
  to.orderIdLo[j] = from.orderIdLo[i];
  to.orderIdHi[j] = from.orderIdHi[i];
  to.size[j] = from.size[i];
  to.sequence[j] = from.sequence[i];
  to.instrumentId[j] = from.instrumentId[i];
  to.tsInDelta[j] = from.tsInDelta[i];
  to.publisherId[j] = from.publisherId[i];
  to.flags[j] = from.flags[i];
  to.action[j] = from.action[i];
  to.side[j] = from.side[i];
  to.channelId[j] = from.channelId[i];
}
