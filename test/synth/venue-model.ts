import { ACTION, FLAG, type MboColumns, SIDE } from '../../src/dbn/index.ts';

interface Order {
  side: number;
  price: number;
  size: number;
}

/** Ticks between two levels of a side, at most. */
const MAX_GAP_TICKS = 5000;

/** What was wrong with a stream by the venue's rules: zero everywhere when it is right. */
export interface Violations {
  unknownCancel: number;
  unknownModify: number;
  partialCancel: number;
  cancelElsewhere: number;
  duplicateAdd: number;
  sideChange: number;
  unmatchedFill: number;
  tradeUnlikeFills: number;
  crossed: number;
  clockBack: number;
  eventAfterRecv: number;
  emptyAdd: number;
  openAtEnd: number;
  emptySide: number;
}

/**
 * A slow, obvious book of one instrument that checks GLBX's rules record by record and shows the
 * touch at each F_LAST.
 */
export class VenueModel {
  readonly orders = new Map<number, Order>();
  readonly levels = new Map<number, number>();
  readonly violations: Violations = {
    unknownCancel: 0,
    unknownModify: 0,
    partialCancel: 0,
    cancelElsewhere: 0,
    duplicateAdd: 0,
    sideChange: 0,
    unmatchedFill: 0,
    tradeUnlikeFills: 0,
    crossed: 0,
    clockBack: 0,
    eventAfterRecv: 0,
    emptyAdd: 0,
    openAtEnd: 0,
    emptySide: 0,
  };
  counts: Record<string, number> = {};
  hiddenFills = 0;
  impliedTrades = 0;
  refreshes = 0;
  bid = Number.NEGATIVE_INFINITY;
  ask = Number.POSITIVE_INFINITY;
  private readonly tickSize: number;
  private readonly filled = new Map<number, number>();
  private readonly cancelledInEvent = new Set<number>();
  private traded = 0;
  private filledTotal = 0;
  private lastRecv = 0;
  private open = false;

  constructor(tickSize: number) {
    this.tickSize = tickSize;
  }

  /** Applies every row; `onEvent(row)` is called at each F_LAST with the book as it stands. */
  apply(c: MboColumns, onEvent: (row: number) => void, instrumentId?: number): void {
    for (let i = 0; i < c.length; i++) {
      if (instrumentId !== undefined && c.instrumentId[i] !== instrumentId) continue;
      this.check(c, i);
      this.book(c, i);
      this.open = true;
      if (c.flags[i]! & FLAG.LAST) {
        this.close();
        onEvent(i);
      }
    }
  }

  /** To be called when the stream is over. */
  finish(): void {
    if (this.open) this.violations.openAtEnd++;
  }

  quantity(price: number): number {
    return this.levels.get(price) ?? 0;
  }

  private check(c: MboColumns, i: number): void {
    const name = String.fromCharCode(c.action[i]!);
    this.counts[name] = (this.counts[name] ?? 0) + 1;
    if (c.tsRecv[i]! < this.lastRecv) this.violations.clockBack++;
    this.lastRecv = c.tsRecv[i]!;
    const snapshot = (c.flags[i]! & FLAG.SNAPSHOT) !== 0;
    if (!snapshot && c.tsEvent[i]! >= c.tsRecv[i]!) this.violations.eventAfterRecv++;
  }

  private book(c: MboColumns, i: number): void {
    const id = c.orderIdHi[i]! * 2 ** 32 + c.orderIdLo[i]!;
    const size = c.size[i]!;
    const price = c.price[i]!;
    const side = c.side[i]!;
    switch (c.action[i]) {
      case ACTION.CLEAR:
        this.orders.clear();
        this.levels.clear();
        break;
      case ACTION.ADD:
        this.add(id, { side, price, size });
        break;
      case ACTION.CANCEL:
        this.cancel(id, price, size);
        break;
      case ACTION.MODIFY:
        this.modify(id, side, price, size);
        break;
      case ACTION.TRADE:
        if (side === SIDE.NONE) this.impliedTrades++;
        else this.traded += size;
        break;
      case ACTION.FILL:
        this.filledTotal += size;
        if (this.orders.has(id)) this.filled.set(id, (this.filled.get(id) ?? 0) + size);
        else this.hiddenFills++;
        break;
    }
  }

  private add(id: number, order: Order): void {
    if (this.orders.has(id)) this.violations.duplicateAdd++;
    if (order.size === 0) this.violations.emptyAdd++;
    if (this.cancelledInEvent.has(id)) this.refreshes++;
    this.orders.set(id, order);
    this.shift(order.side, order.price, order.size);
  }

  private cancel(id: number, price: number, size: number): void {
    const order = this.orders.get(id);
    if (!order) {
      this.violations.unknownCancel++;
      return;
    }
    if (order.size !== size) this.violations.partialCancel++;
    if (order.price !== price) this.violations.cancelElsewhere++;
    this.settle(id, size);
    this.orders.delete(id);
    this.cancelledInEvent.add(id);
    this.shift(order.side, order.price, -order.size);
  }

  private modify(id: number, side: number, price: number, size: number): void {
    const order = this.orders.get(id);
    if (!order) {
      this.violations.unknownModify++;
      return;
    }
    if (order.side !== side) this.violations.sideChange++;
    this.settle(id, order.size - size);
    this.shift(order.side, order.price, -order.size);
    this.orders.set(id, { side, price, size });
    this.shift(side, price, size);
  }

  /** A fill must be exactly what the order loses in the same event. */
  private settle(id: number, lost: number): void {
    const filled = this.filled.get(id);
    if (filled === undefined) return;
    if (filled === lost) this.filled.delete(id);
  }

  private close(): void {
    this.violations.unmatchedFill += this.filled.size;
    if (this.traded !== this.filledTotal) this.violations.tradeUnlikeFills++;
    this.filled.clear();
    this.cancelledInEvent.clear();
    this.traded = 0;
    this.filledTotal = 0;
    this.open = false;
    if (this.bid >= this.ask) this.violations.crossed++;
  }

  private shift(side: number, price: number, by: number): void {
    const left = this.quantity(price) + by;
    if (left > 0) this.levels.set(price, left);
    else this.levels.delete(price);
    const isBid = side === SIDE.BID;
    if (left > 0) {
      if (isBid) this.bid = Math.max(this.bid, price);
      else this.ask = Math.min(this.ask, price);
    } else if (price === (isBid ? this.bid : this.ask)) this.rescan(isBid);
  }

  /** The next price that holds anything, away from the touch. */
  private rescan(isBid: boolean): void {
    const step = isBid ? -this.tickSize : this.tickSize;
    let best = isBid ? this.bid : this.ask;
    for (let n = 0; n < MAX_GAP_TICKS && !this.levels.has(best); n++) best += step;
    if (!this.levels.has(best)) this.violations.emptySide++;
    if (isBid) this.bid = best;
    else this.ask = best;
  }
}
