import { AGGRESSOR, type TradeLog } from '../book/index.ts';
import type { WireTrade } from '../wire/index.ts';
import { MAX_TRADES_PER_FRAME } from './limits.ts';

const SIDES = { [AGGRESSOR.BUY]: 'B', [AGGRESSOR.SELL]: 'A', [AGGRESSOR.NONE]: 'N' } as const;

/**
 * Copies the last `count` closed trades of a log to `trades`, which keeps the latest that fit a
 * message.
 */
export function takeTrades(
  log: TradeLog,
  count: number,
  originNs: bigint,
  trades: WireTrade[],
): void {
  const first = Math.max(0, log.closed - Math.min(count, MAX_TRADES_PER_FRAME));
  for (let i = first; i < log.closed; i++) {
    trades.push({
      ts_ns: String(originNs + BigInt(Math.floor(log.ts[i]!))),
      price_int: BigInt(Math.round(log.price[i]!)).toString(),
      size: log.size[i]!,
      side: SIDES[log.side[i] as 0 | 1 | 2],
    });
  }
  if (trades.length > MAX_TRADES_PER_FRAME) trades.splice(0, trades.length - MAX_TRADES_PER_FRAME);
}
