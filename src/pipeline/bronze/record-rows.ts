import type { TableBatch, TableValues } from '../../lake/index.ts';
import {
  BATCH_ROWS,
  type BatchRows,
  gatherCodes,
  gatherPart,
  gatherPrices,
  gatherWide,
  gatherWords,
  makePrices,
  makeWide,
  type Prices,
  type RowCounts,
  type RowInstrument,
} from './batch-rows.ts';
import { ACTION_CODES, ACTION_NONE, SIDE_CODES, SIDE_NONE } from './codes.ts';
import { DayClock } from './day-clock.ts';
import { TermsColumns } from './terms-columns.ts';

/** Where a kind of record has what all kinds have: words from its first, bits within a word. */
export interface RecordLayout {
  price: number;
  size: number;
  /** The word of flags, action and side, and their first bits. */
  letters: number;
  flagsBit: number;
  actionBit: number;
  sideBit: number;
  tsRecv: number;
  tsInDelta: number;
}

/** Rows of a table of records: the columns that every kind has. */
export abstract class RecordRows implements BatchRows {
  rows = 0;
  readonly counts: RowCounts = {
    unknown_actions: 0,
    unknown_sides: 0,
    clock_steps: 0,
    outside_day: 0,
  };
  protected readonly terms = new TermsColumns();
  protected readonly tsRecv = makeWide();
  protected readonly tsEvent = makeWide();
  protected readonly price = makePrices();
  protected readonly size = new Uint32Array(BATCH_ROWS);
  protected readonly instrumentId = new Uint32Array(BATCH_ROWS);
  protected readonly tsInDelta = new Int32Array(BATCH_ROWS);
  protected readonly publisherId = new Uint16Array(BATCH_ROWS);
  protected readonly flags = new Uint8Array(BATCH_ROWS);
  protected readonly action = new Uint8Array(BATCH_ROWS);
  protected readonly side = new Uint8Array(BATCH_ROWS);
  private readonly layout: RecordLayout;
  private readonly clock: DayClock;
  private named = 0;

  /** @param originNs 00:00 UTC of the day. */
  constructor(layout: RecordLayout, originNs: bigint) {
    this.layout = layout;
    this.clock = new DayClock(originNs);
  }

  get room(): number {
    return BATCH_ROWS - this.named;
  }

  name(instrument: RowInstrument, count: number): void {
    this.terms.name(instrument, this.named, count);
    this.named += count;
  }

  append(words: Int32Array, first: number, step: number, count: number): void {
    const at = this.rows;
    const { layout } = this;
    this.clock.watch(words, first + layout.tsRecv, step, count, this.counts);
    gatherPart(this.publisherId, at, words, first, step, count, 16);
    gatherWords(this.instrumentId, at, words, first + 1, step, count);
    gatherWide(this.tsEvent, at, words, first + 2, step, count);
    gatherPrices(this.price, at, words, first + layout.price, step, count);
    gatherWords(this.size, at, words, first + layout.size, step, count);
    gatherWide(this.tsRecv, at, words, first + layout.tsRecv, step, count);
    gatherWords(this.tsInDelta, at, words, first + layout.tsInDelta, step, count);
    this.appendLetters(words, first + layout.letters, step, count);
    this.appendOwn(words, first, step, count);
    this.rows += count;
  }

  take(): TableBatch {
    const columns = this.columns();
    const prices = this.prices();
    const nulls = columns.map((column) => {
      const price = prices.find((p) => p === column);
      return price && price.absent > 0 ? price.nulls : null;
    });
    const { rows } = this;
    this.rows = 0;
    this.named = 0;
    for (const price of prices) price.absent = 0;
    return { rows, columns, nulls };
  }

  /** Takes what only this kind of record has, as `append` does, to row `rows` and on. */
  protected abstract appendOwn(words: Int32Array, first: number, step: number, count: number): void;

  /** All columns, in the contract's order. */
  protected abstract columns(): TableValues[];

  /** Columns of prices. */
  protected abstract prices(): readonly Prices[];

  private appendLetters(words: Int32Array, w: number, step: number, n: number): void {
    const { rows: at, counts } = this;
    const { flagsBit, actionBit, sideBit } = this.layout;
    gatherPart(this.flags, at, words, w, step, n, flagsBit);
    const actions = [actionBit, ACTION_CODES, ACTION_NONE] as const;
    const sides = [sideBit, SIDE_CODES, SIDE_NONE] as const;
    counts.unknown_actions += gatherCodes(this.action, at, words, w, step, n, ...actions);
    counts.unknown_sides += gatherCodes(this.side, at, words, w, step, n, ...sides);
  }
}
