/**
 * Consolidated quotes as docs/formulas.md states them, written to be obvious: objects, and one
 * record after the other. The fast quote book is held against it.
 */
import { MS, type Quote, type QuoteRow, SECOND, SNAPSHOT } from './quote-records.ts';

export interface SideWindow {
  start: number;
  end: number;
  add: number;
  pull: number;
  pullRest: number;
  fill: number;
  hidden: number;
  depthRest: number;
  price: number | null;
}

export interface SlowWindow {
  bid: SideWindow;
  ask: SideWindow;
  buy: number;
  sell: number;
  trades: number;
  lots: number;
  turnover: number;
  last: number | null;
  valid: boolean;
  broken: boolean;
}

class SlowSide {
  private better: (a: number, b: number) => boolean;
  price: number | null = null;
  lots = 0;
  since = 0;
  waiting: { lots: number; at: number } | null = null;
  flows = { add: 0, pull: 0, pullRest: 0, fill: 0, hidden: 0 };
  start = 0;

  constructor(better: (a: number, b: number) => boolean) {
    this.better = better;
  }

  giveUp(): void {
    this.flows.hidden += this.waiting?.lots ?? 0;
    this.waiting = null;
  }

  giveUpIfLate(now: number): void {
    if (this.waiting && now - this.waiting.at > SECOND) this.giveUp();
  }

  restart(price: number | null, lots: number, now: number): void {
    this.giveUp();
    this.flows = { ...this.flows, add: 0, pull: 0, pullRest: 0, fill: 0 };
    this.start = lots;
    if (price !== this.price) this.since = now;
    this.price = price;
    this.lots = lots;
  }

  trade(price: number, lots: number, now: number): void {
    this.giveUpIfLate(now);
    if (price !== this.price) this.flows.hidden += lots;
    else this.waiting = { lots: lots + (this.waiting?.lots ?? 0), at: now };
  }

  to(price: number | null, lots: number, now: number): void {
    if (price === this.price && lots === this.lots) return;
    let removed = this.lots;
    let arrived = lots;
    if (price === this.price) {
      removed = Math.max(0, this.lots - lots);
      arrived = Math.max(0, lots - this.lots);
    }
    const improved = price !== null && this.price !== null && this.better(price, this.price);
    this.giveUpIfLate(now);
    if (this.waiting) {
      const filled = improved ? 0 : Math.min(this.waiting.lots, removed);
      this.flows.fill += filled;
      removed -= filled;
      this.waiting.lots -= filled;
      this.giveUp();
    }
    this.flows.pull += removed;
    if (now - this.since >= 500 * MS) this.flows.pullRest += removed;
    this.flows.add += arrived;
    if (price !== this.price) this.since = now;
    this.price = price;
    this.lots = lots;
  }

  close(end: number): SideWindow {
    this.giveUpIfLate(end);
    const { start, lots, flows, price } = this;
    const depthRest = end - this.since >= 500 * MS ? lots : 0;
    this.flows = { add: 0, pull: 0, pullRest: 0, fill: 0, hidden: 0 };
    this.start = lots;
    return { start, end: lots, ...flows, depthRest, price };
  }
}

/** Quotes of one instrument. */
export class SlowQuotes {
  bid = new SlowSide((a, b) => a > b);
  ask = new SlowSide((a, b) => a < b);
  seen = false;
  private now = 0;
  private last: number | null = null;
  private valid = false;
  private broken = false;
  private volume = { buy: 0, sell: 0, trades: 0, lots: 0, turnover: 0 };

  apply(row: QuoteRow, now: number): void {
    this.now = now;
    this.seen = true;
    if (row.action === 'R') {
      this.bid.restart(null, 0, now);
      this.ask.restart(null, 0, now);
      this.valid = false;
      this.broken = true;
      return;
    }
    if (row.action === 'T') this.trade(row);
    this.valid = true;
    const bid = placed(row.bid);
    const ask = placed(row.ask);
    if ((row.flags & SNAPSHOT) !== 0) {
      this.bid.restart(bid.price, bid.lots, now);
      this.ask.restart(ask.price, ask.lots, now);
      this.broken = true;
    } else {
      this.bid.to(bid.price, bid.lots, now);
      this.ask.to(ask.price, ask.lots, now);
    }
  }

  private trade(row: QuoteRow): void {
    if (row.price === null || row.size === 0) return;
    this.volume.trades++;
    this.volume.lots += row.size;
    this.volume.turnover += row.size * row.price;
    this.last = row.price;
    if (row.side === 'B') this.volume.buy += row.size;
    if (row.side === 'A') this.volume.sell += row.size;
    const atAsk = this.ask.price !== null && row.price >= this.ask.price;
    const atBid = this.bid.price !== null && row.price <= this.bid.price;
    if (row.side === 'B' || (row.side === 'N' && atAsk && !atBid)) {
      this.ask.trade(row.price, row.size, this.now);
    } else if (row.side === 'A' || (row.side === 'N' && atBid && !atAsk)) {
      this.bid.trade(row.price, row.size, this.now);
    }
  }

  close(end: number): SlowWindow {
    const window = {
      bid: this.bid.close(end),
      ask: this.ask.close(end),
      ...this.volume,
      last: this.last,
      valid: this.valid,
      broken: this.broken,
    };
    this.volume = { buy: 0, sell: 0, trades: 0, lots: 0, turnover: 0 };
    this.broken = false;
    return window;
  }
}

function placed(quote: Quote): { price: number | null; lots: number } {
  if (quote === null || quote[1] === 0) return { price: null, lots: 0 };
  return { price: quote[0], lots: quote[1] };
}
