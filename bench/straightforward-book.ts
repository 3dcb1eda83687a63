/**
 * The book that one would write first: an object an order, an object a level, maps and sorted
 * arrays. It follows the same rules for add, cancel, modify and clear, and is what the order book
 * is compared with.
 */
import { FLAG } from '../src/dbn/index.ts';

/** One order; a record's fields of the same names. */
export interface Order {
  /** Order ids of the venue are below 2^53, so that a number holds them. */
  id: number;
  side: string;
  price: number;
  size: number;
}

interface Level {
  price: number;
  size: number;
  orders: Order[];
}

/** Orders by id, levels by price, best prices found by keeping the prices sorted. */
export class StraightforwardBook {
  readonly orders = new Map<number, Order>();
  readonly levels: Record<string, Map<number, Level>> = { A: new Map(), B: new Map() };
  /** Prices of each side, best last. */
  readonly prices: Record<string, number[]> = { A: [], B: [] };
  events = 0;
  crossed = 0;

  /** Applies one record. */
  apply(action: string, order: Order, flags: number): void {
    if (action === 'A') this.add(order);
    else if (action === 'C') this.cancel(order.id, order.size);
    else if (action === 'M') this.modify(order);
    else if (action === 'R') this.clear();
    if ((flags & FLAG.LAST) === 0) return;
    this.events++;
    const bid = this.prices['B']!.at(-1);
    const ask = this.prices['A']!.at(-1);
    if (bid !== undefined && ask !== undefined && bid > ask) this.crossed++;
  }

  private add(order: Order): void {
    this.orders.set(order.id, order);
    const levels = this.levels[order.side]!;
    let level = levels.get(order.price);
    if (!level) {
      level = { price: order.price, size: 0, orders: [] };
      levels.set(order.price, level);
      const prices = this.prices[order.side]!;
      prices.splice(this.placeOf(order.side, order.price), 0, order.price);
    }
    level.orders.push(order);
    level.size += order.size;
  }

  private cancel(id: number, size: number): void {
    const order = this.orders.get(id);
    if (!order) return;
    if (order.size <= size) this.remove(order);
    else {
      order.size -= size;
      this.levels[order.side]!.get(order.price)!.size -= size;
    }
  }

  private modify(to: Order): void {
    const order = this.orders.get(to.id);
    if (!order) this.add(to);
    else if (order.price !== to.price || order.side !== to.side || to.size > order.size) {
      this.remove(order);
      this.add(to);
    } else this.cancel(to.id, order.size - to.size);
  }

  private remove(order: Order): void {
    this.orders.delete(order.id);
    const level = this.levels[order.side]!.get(order.price)!;
    level.orders.splice(level.orders.indexOf(order), 1);
    level.size -= order.size;
    if (level.orders.length > 0) return;
    this.levels[order.side]!.delete(order.price);
    this.prices[order.side]!.splice(this.placeOf(order.side, order.price), 1);
  }

  private clear(): void {
    this.orders.clear();
    for (const side of ['A', 'B']) {
      this.levels[side]!.clear();
      this.prices[side] = [];
    }
  }

  /** Where a price is, or belongs, among the sorted prices of its side. */
  private placeOf(side: string, price: number): number {
    const prices = this.prices[side]!;
    let low = 0;
    let high = prices.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const before = side === 'B' ? prices[middle]! < price : prices[middle]! > price;
      if (before) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
