/**
 * The order book as docs/formulas.md states it, written to be obvious: arrays, maps and sums,
 * nothing clever. The fast book is held against it.
 */
import type { BookCounters } from '../../src/book/index.ts';
import { COUNTER_NAMES } from '../../src/book/index.ts';
import {
  BAD_BOOK,
  LAST,
  MBP,
  type Row,
  SNAPSHOT,
  TOB,
  UNDEF_PRICE,
  UNDEF_SIZE,
} from './records.ts';

export interface SlowOrder {
  id: number | bigint;
  side: 'A' | 'B';
  tick: number;
  qty: number;
  pending: number;
  since: number;
}

export interface SlowFlow {
  ts: number;
  event: number;
  kind: 'add' | 'pull' | 'fill' | 'hidden';
  side: 'A' | 'B';
  tick: number;
  qty: number;
  /** A pull of what had stood at its price for half a second; totals always have. */
  rested: boolean;
  /** Times the book had been emptied before. */
  clears: number;
}

const LIMIT = 1e9;
const MAX_TICK = 2 ** 30 - 1;

export class SlowBook {
  /** Live orders; the map's order is the order of arrival, which is the priority within a price. */
  orders = new Map<number | bigint, SlowOrder>();
  totals = new Map<string, number>();
  flows: SlowFlow[] = [];
  trades: { ts: number; event: number; price: number; size: number; side: string }[] = [];
  n = Object.fromEntries(COUNTER_NAMES.map((k) => [k, 0])) as BookCounters;
  now = Number.NEGATIVE_INFINITY;
  openedAt = 0;
  eventOpen = false;
  events = 0;
  valid = false;
  partial = false;
  suspect = false;
  started = false;
  inSnapshot = false;
  fresh = false;
  private openFlows: SlowFlow[] = [];
  private openTrades: { price: number; size: number; side: string }[] = [];
  private left = 0;
  private hit: { side: string; price: number } = { side: 'N', price: 0 };
  private tickSize: number;

  constructor(tickSize: number) {
    this.tickSize = tickSize;
  }

  apply(r: Row): void {
    this.clock(r);
    const snapshot = (r.flags & SNAPSHOT) !== 0;
    if (!snapshot) this.inSnapshot = false;
    if (!this.started && r.action !== 'R' && !(snapshot && r.action === 'A')) this.partial = true;
    this.started = true;
    if (snapshot && r.action === 'A' && !this.inSnapshot) {
      if (!this.fresh) this.clear();
      this.inSnapshot = true;
      this.n.snapshots++;
    }
    this.act(r);
    if ('ACM'.includes(r.action)) this.fresh = false;
    if (r.flags & BAD_BOOK) {
      this.suspect = true;
      this.n.maybeBadRecords++;
    }
    if (r.flags & LAST) this.close();
  }

  private clock(r: Row): void {
    if (r.ts > 2 ** 53) this.n.undefinedClocks++;
    else {
      if (r.ts < this.now) this.n.backwardClock++;
      if (this.eventOpen && r.ts - this.openedAt > LIMIT && r.ts > this.now) {
        this.n.forcedCloses++;
        this.close();
      }
      this.now = Math.max(this.now, r.ts);
    }
    if (!this.eventOpen) this.openedAt = this.now;
    this.eventOpen = true;
  }

  private act(r: Row): void {
    const names = { A: 'adds', C: 'cancels', M: 'modifies', T: 'trades', F: 'fills', N: 'nones' };
    if (r.action === 'R') {
      this.n.clearRecords++;
      this.clear();
      if (r.flags & SNAPSHOT) {
        this.inSnapshot = true;
        this.n.snapshots++;
      }
      return;
    }
    const name = names[r.action as 'A'] as 'adds' | undefined;
    this.n[name ?? 'unknownActions']++;
    if (r.action === 'T') this.trade(r);
    else if (r.action === 'F') this.fill(r);
    else if ('ACM'.includes(r.action)) this.order(r);
  }

  private order(r: Row): void {
    if (r.side !== 'A' && r.side !== 'B') {
      this.n.sidelessOrders++;
      return;
    }
    if (r.flags & TOB && (r.action === 'A' || r.price === UNDEF_PRICE)) {
      this.n.tobRecords++;
      this.topOfBook(r, r.side);
      return;
    }
    if (r.flags & MBP && !(r.flags & TOB)) {
      this.n.mbpRecords++;
      const tick = r.size === UNDEF_SIZE ? null : this.tick(r.price, r.side);
      if (r.size === UNDEF_SIZE) this.n.undefinedSizes++;
      if (tick !== null) this.setTotal(r.side, tick, r.action === 'C' ? 0 : r.size);
      return;
    }
    if (r.action === 'C') this.cancel(r);
    else this.place(r, r.side);
  }

  private place(r: Row, side: 'A' | 'B'): void {
    if (r.size === UNDEF_SIZE) {
      this.n.undefinedSizes++;
      return;
    }
    const tick = this.tick(r.price, side);
    if (tick === null) return;
    const id = r.id;
    const old = this.orders.get(id);
    if (r.size === 0) this.n.zeroSizes++;
    const since = r.flags & SNAPSHOT ? Math.min(r.tsEvent ?? r.ts, this.now) : this.now;
    const fresh = { id, side, tick, qty: r.size, pending: 0, since };
    if (r.action === 'A') {
      if (r.size === 0) return;
      if (old) {
        this.n.duplicateAdds++;
        this.flow('pull', old.side, old.tick, old.qty, this.rested(old));
        this.orders.delete(old.id);
      }
      this.flow('add', side, tick, r.size);
      this.orders.set(id, fresh);
    } else if (!old) {
      this.n.unknownModifies++;
      if (r.size === 0) return;
      this.flow('add', side, tick, r.size);
      this.orders.set(id, fresh);
    } else {
      if (old.side !== side) this.n.sideMismatches++;
      this.modify(old, fresh);
    }
  }

  private modify(old: SlowOrder, to: SlowOrder): void {
    const stays = to.qty > 0 && old.side === to.side && old.tick === to.tick;
    if (!stays) {
      this.removed(old, old.qty);
      this.orders.delete(old.id);
      if (to.qty === 0) this.leftover(old);
      else {
        this.flow('add', to.side, to.tick, to.qty);
        this.orders.set(to.id, { ...to, pending: old.pending });
      }
    } else if (to.qty > old.qty) {
      this.flow('add', to.side, to.tick, to.qty - old.qty);
      this.orders.delete(old.id);
      this.orders.set(to.id, { ...to, pending: old.pending, since: old.since });
    } else {
      this.removed(old, old.qty - to.qty);
      old.qty = to.qty;
    }
  }

  private cancel(r: Row): void {
    if (r.price === UNDEF_PRICE) this.n.undefinedPrices++;
    else if (r.size === UNDEF_SIZE) this.n.undefinedSizes++;
    else if (r.size === 0) this.n.zeroSizes++;
    else {
      const order = this.orders.get(r.id);
      if (!order) {
        this.n.unknownCancels++;
        return;
      }
      if (order.side !== r.side) this.n.sideMismatches++;
      if (r.size > order.qty) this.n.overCancels++;
      const take = Math.min(r.size, order.qty);
      this.removed(order, take);
      order.qty -= take;
      if (order.qty === 0) {
        this.leftover(order);
        this.orders.delete(order.id);
      }
    }
  }

  private removed(order: SlowOrder, qty: number): void {
    const fill = Math.min(order.pending, qty);
    order.pending -= fill;
    this.flow('fill', order.side, order.tick, fill);
    this.flow('pull', order.side, order.tick, qty - fill, this.rested(order));
  }

  private leftover(order: SlowOrder): void {
    this.hidden(order.side, order.tick, order.pending);
  }

  private topOfBook(r: Row, side: 'A' | 'B'): void {
    let tick: number | null = null;
    if (r.price !== UNDEF_PRICE) {
      if (r.size === UNDEF_SIZE) {
        this.n.undefinedSizes++;
        return;
      }
      tick = this.tick(r.price, side);
      if (tick === null) return;
    }
    for (const o of this.orders.values()) {
      if (o.side !== side) continue;
      this.removed(o, o.qty);
      this.leftover(o);
      this.orders.delete(o.id);
    }
    for (const key of [...this.totals.keys()]) {
      const at = Number(key.slice(1));
      if (key[0] === side && at !== tick) this.setTotal(side, at, 0);
    }
    if (tick !== null) this.setTotal(side, tick, r.size);
  }

  private setTotal(side: 'A' | 'B', tick: number, qty: number): void {
    const key = `${side}${tick}`;
    const change = qty - (this.totals.get(key) ?? 0);
    if (qty === 0) this.totals.delete(key);
    else this.totals.set(key, qty);
    this.flow(change > 0 ? 'add' : 'pull', side, tick, Math.abs(change), change < 0);
  }

  private trade(r: Row): void {
    if (r.size === UNDEF_SIZE) this.n.undefinedSizes++;
    else if (r.size === 0) this.n.zeroSizes++;
    else if (r.price === UNDEF_PRICE) this.n.undefinedPrices++;
    else {
      this.settle();
      this.left = r.size;
      this.hit = { side: r.side === 'B' ? 'A' : r.side === 'A' ? 'B' : 'N', price: r.price };
      this.n.tradeCount++;
      if (r.side === 'B') this.n.buyTradeCount++;
      if (r.side === 'A') this.n.sellTradeCount++;
      const volume = { B: 'buyVolume', A: 'sellVolume' }[r.side] as 'buyVolume' | undefined;
      this.n[volume ?? 'sidelessVolume'] += r.size;
      this.openTrades.push({ price: r.price, size: r.size, side: r.side });
    }
  }

  private fill(r: Row): void {
    if (r.size === UNDEF_SIZE) this.n.undefinedSizes++;
    else if (r.size === 0) this.n.zeroSizes++;
    else {
      this.left = Math.max(0, this.left - r.size);
      const order = this.orders.get(r.id);
      if (order) order.pending = Math.min(order.pending + r.size, 2 ** 32 - 1);
      else {
        this.n.unknownFills++;
        this.hiddenAt(r.side, r.price, r.size);
      }
    }
  }

  private settle(): void {
    this.hiddenAt(this.hit.side, this.hit.price, this.left);
    this.left = 0;
  }

  private hiddenAt(side: string, price: number, qty: number): void {
    const t = price / this.tickSize;
    const tick = side === 'A' ? Math.ceil(t) : Math.floor(t);
    const known = side === 'A' || side === 'B';
    if (known && this.inRange(price, tick)) this.hidden(side, tick, qty);
    else this.n.hiddenFillLots += qty;
  }

  private hidden(side: 'A' | 'B', tick: number, qty: number): void {
    this.n.hiddenFillLots += qty;
    this.flow('hidden', side, tick, qty);
  }

  private rested(order: SlowOrder): boolean {
    return this.now - order.since >= 0.5e9;
  }

  private flow(kind: SlowFlow['kind'], side: 'A' | 'B', tick: number, qty: number, old = false) {
    if (qty <= 0 || (kind !== 'hidden' && this.inSnapshot)) return;
    const clears = this.n.clears;
    this.openFlows.push({ ts: 0, event: 0, kind, side, tick, qty, rested: old, clears });
  }

  private tick(price: number, side: string): number | null {
    if (price === UNDEF_PRICE) {
      this.n.undefinedPrices++;
      return null;
    }
    if (!this.inRange(price, Math.floor(price / this.tickSize))) {
      this.n.outOfRangePrices++;
      return null;
    }
    const exact = Number(BigInt(price) % BigInt(this.tickSize)) === 0;
    if (!exact) this.n.offGridPrices++;
    const down = floorDiv(BigInt(price), BigInt(this.tickSize));
    return Number(!exact && side === 'A' ? down + 1n : down);
  }

  private inRange(price: number, tick: number): boolean {
    return Math.abs(price) < 2 ** 53 && Math.abs(tick) <= MAX_TICK;
  }

  private clear(): void {
    this.orders.clear();
    this.totals.clear();
    this.n.clears++;
    this.valid = false;
    this.partial = false;
    this.suspect = false;
    this.fresh = true;
  }

  close(): void {
    this.settle();
    this.eventOpen = false;
    this.inSnapshot = false;
    this.valid = true;
    this.events++;
    const ts = this.now;
    const event = this.events;
    for (const flow of this.openFlows) this.flows.push(Object.assign(flow, { ts, event }));
    for (const { price, size, side } of this.openTrades) {
      this.trades.push({ ts, event, price, size, side });
    }
    this.openFlows = [];
    this.openTrades = [];
    const bid = this.best('B', Math.max);
    const ask = this.best('A', Math.min);
    if (bid !== null && ask !== null && bid > ask) this.n.crossedEvents++;
    if (bid !== null && ask !== null && bid === ask) this.n.lockedEvents++;
  }

  best(side: 'A' | 'B', better: (a: number, b: number) => number): number | null {
    let best: number | null = null;
    const see = (tick: number) => {
      best = best === null ? tick : better(best, tick);
    };
    for (const o of this.orders.values()) if (o.side === side) see(o.tick);
    for (const key of this.totals.keys()) if (key[0] === side) see(Number(key.slice(1)));
    return best;
  }

  /** Levels of a side, best first, with the queue of each. */
  levels(side: 'A' | 'B'): { tick: number; qty: number; queue: SlowOrder[] }[] {
    const at = new Map<number, { tick: number; qty: number; queue: SlowOrder[] }>();
    const level = (tick: number) => {
      if (!at.has(tick)) at.set(tick, { tick, qty: 0, queue: [] });
      return at.get(tick)!;
    };
    for (const o of this.orders.values()) {
      if (o.side !== side) continue;
      level(o.tick).qty += o.qty;
      level(o.tick).queue.push(o);
    }
    for (const [key, qty] of this.totals)
      if (key[0] === side) level(Number(key.slice(1))).qty += qty;
    return [...at.values()].sort((a, b) => (side === 'B' ? b.tick - a.tick : a.tick - b.tick));
  }
}

function floorDiv(a: bigint, b: bigint): bigint {
  const q = a / b;
  return a % b < 0n ? q - 1n : q;
}
