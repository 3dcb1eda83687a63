/**
 * The best N levels of a book, as they were at the last two looks: what order-flow imbalance is
 * made of. Look between events only, and let nobody else read the same book this way.
 */
import type { Lots, Side, Tick } from '../core/index.ts';
import { COUNTER } from './counters.ts';
import { LEVEL_STRIDE, type LevelLadder } from './level-ladder.ts';
import type { OrderBook } from './order-book.ts';

/** Key of a rank that no level has: worse than any price. */
export const NO_LEVEL = -2147483648;

const NOTHING_TOUCHED = -2147483648;

/** The best levels of one side, best first; ranks beyond the last level have no lots. */
export interface RankedSide {
  /** A price as a key: larger is better, on both sides; `NO_LEVEL` where there is none. [ranks] */
  keys: Int32Array;
  /** Lots. [ranks] */
  lots: Float64Array;
}

function emptySide(ranks: number): RankedSide {
  return { keys: new Int32Array(ranks).fill(NO_LEVEL), lots: new Float64Array(ranks) };
}

/** One side now, and at the look before. */
class RankedLadder {
  now: RankedSide;
  before: RankedSide;
  private readonly ladder: LevelLadder;

  constructor(ladder: LevelLadder, ranks: number) {
    this.ladder = ladder;
    this.now = emptySide(ranks);
    this.before = emptySide(ranks);
    ladder.touched = 2147483647;
  }

  /** First rank that has changed, or the number of ranks. */
  look(): number {
    const { ladder, now, before } = this;
    const { touched } = ladder;
    const ranks = now.keys.length;
    if (touched < now.keys[ranks - 1] || touched === NOTHING_TOUCHED) return ranks;
    ladder.touched = NOTHING_TOUCHED;
    let first = 0;
    while (now.keys[first] > touched) first++;
    this.now = before;
    this.before = now;
    return fill(ladder, before, now, first);
  }
}

/** Takes ranks before `first` from `old`, the others from the ladder; gives the first changed. */
function fill(ladder: LevelLadder, to: RankedSide, old: RankedSide, first: number): number {
  const { rows, qty } = ladder;
  const { keys, lots } = to;
  const ranks = keys.length;
  for (let r = 0; r < first; r++) {
    keys[r] = old.keys[r];
    lots[r] = old.lots[r];
  }
  let slot = first === 0 ? ladder.best : ladder.below(keys[first - 1]);
  let r = first;
  for (; slot !== 0 && r < ranks; r++) {
    const key = rows[slot * LEVEL_STRIDE];
    keys[r] = key;
    lots[r] = qty[slot];
    if (r + 1 < ranks) slot = ladder.below(key);
  }
  for (; r < ranks; r++) {
    keys[r] = NO_LEVEL;
    lots[r] = 0;
  }
  let changed = first;
  while (
    changed < ranks &&
    keys[changed] === old.keys[changed] &&
    lots[changed] === old.lots[changed]
  ) {
    changed++;
  }
  return changed;
}

/** Both sides of a book; see the file comment. */
export class RankedLevels {
  readonly ranks: number;
  /** First rank of each side that had changed at the last look; `ranks`: none had. */
  firstBid: number;
  firstAsk: number;
  private readonly book: OrderBook;
  private readonly bidLadder: RankedLadder;
  private readonly askLadder: RankedLadder;

  constructor(book: OrderBook, ranks: number) {
    this.book = book;
    this.ranks = ranks;
    this.firstBid = ranks;
    this.firstAsk = ranks;
    this.bidLadder = new RankedLadder(book.state.bids, ranks);
    this.askLadder = new RankedLadder(book.state.asks, ranks);
  }

  /** Looks again; true when a level has changed. */
  look(): boolean {
    this.firstBid = this.bidLadder.look();
    this.firstAsk = this.askLadder.look();
    return this.firstBid < this.ranks || this.firstAsk < this.ranks;
  }

  /** A side as it is, valid until the next look. */
  now(side: Side): RankedSide {
    return (side === 0 ? this.bidLadder : this.askLadder).now;
  }

  /**
   * A side as it was at the look before: of use only where the last one found a change in it.
   */
  before(side: Side): RankedSide {
    return (side === 0 ? this.bidLadder : this.askLadder).before;
  }

  /** Grows whenever the book is emptied or a snapshot of it begins: then there is no flow. */
  get restarts(): number {
    const { tally } = this.book.state;
    return tally[COUNTER.clears] + tally[COUNTER.snapshots];
  }

  /** Lots at the touch. */
  touchLots(side: Side): Lots {
    return this.now(side).lots[0];
  }

  /** Best bid or ask, or `NO_TICK`, which is also what no level's key is. */
  touchTick(side: Side): Tick {
    const key = this.now(side).keys[0];
    return side === 0 || key === NO_LEVEL ? key : ~key;
  }
}
