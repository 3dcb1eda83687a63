import { type OrderBook, RankedLevels } from '../../book/index.ts';
import { ASK, BID } from '../../core/index.ts';
import { addOrderFlow, type MicroPrice } from '../../features/index.ts';
import { RANKS } from './microstructure-rows.ts';

/**
 * What the events of a window did to the best levels of a book, seen at the end of each event. A
 * book that was emptied books no flow: what comes after is a state, as is the first one.
 */
export class EventFlow {
  /** Order-flow imbalance of the window so far, by rank, lots. [RANKS] */
  readonly sums = new Float64Array(RANKS);
  private readonly book: OrderBook;
  private readonly levels: RankedLevels;
  private readonly microPrice: MicroPrice;
  /** The next state follows from nothing. */
  private fresh = true;
  /** Since the window began the book was whole, and never emptied. */
  private unbroken = false;
  private restarts = 0;
  /** Lots of the best levels, both sides, and of the touch, over the window's states. */
  private depth = 0;
  private touch = 0;
  private states = 0;

  constructor(book: OrderBook, microPrice: MicroPrice) {
    this.book = book;
    this.levels = new RankedLevels(book, RANKS);
    this.microPrice = microPrice;
  }

  /** Everything since the window began is known. */
  get known(): boolean {
    return this.unbroken;
  }

  /** Mean lots of one of the best levels, over the ranks, sides and states of the window. */
  get meanDepth(): number {
    return this.depth / (2 * RANKS * this.states);
  }

  /** The same of the touch alone. */
  get meanTouchDepth(): number {
    return this.touch / (2 * this.states);
  }

  /** A window begins, with the book as it stands. */
  begin(): void {
    this.sums.fill(0);
    this.depth = 0;
    this.touch = 0;
    this.states = 0;
    this.unbroken = !this.fresh && this.book.valid;
    if (this.unbroken) this.addState();
  }

  /** Looks at the book at an F_LAST. */
  observe(): void {
    const { levels, sums } = this;
    if (levels.restarts !== this.restarts) {
      this.restarts = levels.restarts;
      this.fresh = true;
      this.unbroken = false;
    }
    const changed = levels.look();
    if (this.fresh) {
      this.fresh = false;
      this.microPrice.breakOff();
      this.followTouch();
      return;
    }
    if (!changed) return;
    const { firstBid, firstAsk } = levels;
    addFlow(sums, 1, levels, BID, firstBid);
    addFlow(sums, -1, levels, ASK, firstAsk);
    this.addState();
    if (firstBid === 0 || firstAsk === 0) this.followTouch();
  }

  private addState(): void {
    const bids = this.levels.now(BID).lots;
    const asks = this.levels.now(ASK).lots;
    let depth = 0;
    for (let m = 0; m < RANKS; m++) depth += bids[m]! + asks[m]!;
    this.depth += depth;
    this.touch += bids[0]! + asks[0]!;
    this.states++;
  }

  private followTouch(): void {
    const { levels, microPrice } = this;
    const bids = levels.touchLots(BID);
    const asks = levels.touchLots(ASK);
    if (bids === 0 || asks === 0) microPrice.breakOff();
    else microPrice.observe(levels.touchTick(BID), bids, levels.touchTick(ASK), asks);
  }
}

function addFlow(
  sums: Float64Array,
  sign: 1 | -1,
  levels: RankedLevels,
  side: 0 | 1,
  first: number,
): void {
  if (first === RANKS) return;
  const now = levels.now(side);
  const before = levels.before(side);
  addOrderFlow(sums, sign, before.keys, before.lots, now.keys, now.lots, first);
}
