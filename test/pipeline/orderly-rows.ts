/** Records of a market that is never crossed and whose touch moves, seeded. */
import { Prng } from '../../src/core/index.ts';
import { LAST, type Row } from '../book/records.ts';

/** `count` records, a tick being `tickSize`, at even distances from `fromNs` to `toNs`. */
export function orderlyRows(
  seed: number,
  count: number,
  tickSize: number,
  fromNs: number,
  toNs: number,
): Row[] {
  const rng = new Prng(seed);
  const live: { id: number; side: 'A' | 'B'; tick: number; size: number }[] = [];
  const rows: Row[] = [];
  const push = (action: string, side: string, id: number, tick: number, size: number) => {
    const ts = fromNs + Math.floor((rows.length * (toNs - fromNs)) / count);
    const flags = rng.float() < 0.7 ? LAST : 0;
    rows.push({ ts, action, side, id, price: tick * tickSize, size, flags });
  };
  const best = (side: 'A' | 'B', none: number) => {
    const ticks = live.filter((o) => o.side === side).map((o) => o.tick);
    if (ticks.length === 0) return none;
    return side === 'B' ? Math.max(...ticks) : Math.min(...ticks);
  };
  let id = 1;
  while (rows.length < count) {
    const bid = best('B', best('A', 1001) - 1);
    const ask = best('A', bid + 1);
    const side = rng.float() < 0.5 ? 'A' : 'B';
    const own = live.filter((o) => o.side === side);
    if (own.length < 3 || rng.float() < 0.45) {
      const away = 1 + Math.min(rng.int(8), rng.int(8));
      const tick = side === 'B' ? ask - away : bid + away;
      const order = { id: id++, side, tick, size: 1 + rng.int(9) } as const;
      live.push({ ...order });
      push('A', side, order.id, tick, order.size);
      continue;
    }
    const touch = own.filter((o) => o.tick === (side === 'B' ? bid : ask));
    const from = rng.float() < 0.6 ? touch : own;
    const order = from[rng.int(from.length)]!;
    const traded = order.tick === (side === 'B' ? bid : ask) && rng.float() < 0.3;
    if (traded) {
      push('T', side === 'B' ? 'A' : 'B', 0, order.tick, order.size);
      push('F', side, order.id, order.tick, order.size);
    }
    push('C', side, order.id, order.tick, order.size);
    live.splice(live.indexOf(order), 1);
  }
  return rows.slice(0, count);
}
