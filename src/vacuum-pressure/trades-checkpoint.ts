import type { TradeLog } from '../book/index.ts';
import type { CheckpointReader, CheckpointWriter } from './checkpoint.ts';

/**
 * Appends the completed trades from entry `from` on; those of the open event are the book's to
 * save.
 */
export function saveTrades(trades: TradeLog, from: number, to: CheckpointWriter): void {
  const { closed } = trades;
  to.put(trades.ts.slice(from, closed));
  to.put(trades.price.slice(from, closed));
  to.put(trades.size.slice(from, closed));
  to.put(trades.side.slice(from, closed));
  to.put(trades.eventId.slice(from, closed));
}

/** Puts saved trades into an empty log and returns how many there were. */
export function restoreTrades(trades: TradeLog, from: CheckpointReader): number {
  const ts = new Float64Array(from.take());
  const price = new Float64Array(from.take(ts.byteLength));
  const size = new Float64Array(from.take(ts.byteLength));
  const side = new Uint8Array(from.take(ts.length));
  const eventId = new Uint32Array(from.take(4 * ts.length));
  for (let i = 0; i < ts.length; i++) trades.append(price[i], size[i], side[i]);
  trades.ts.set(ts);
  trades.eventId.set(eventId);
  trades.closed = ts.length;
  return ts.length;
}
