import type { TableBatch } from '../../lake/index.ts';
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
  type RowCounts,
  type RowInstrument,
} from './batch-rows.ts';
import { ACTION_CODES, ACTION_NONE, SIDE_CODES, SIDE_NONE } from './codes.ts';
import { DayClock } from './day-clock.ts';
import { TermsColumns } from './terms-columns.ts';

/** Rows of `bronze.equity_option_cmbp_1.cmbp_1`; words of the records: databento/dbn `Cmbp1Msg`. */
export class Cmbp1Rows implements BatchRows {
  rows = 0;
  private named = 0;
  readonly counts: RowCounts = {
    unknown_actions: 0,
    unknown_sides: 0,
    clock_steps: 0,
    outside_day: 0,
  };
  private readonly clock: DayClock;
  private readonly terms = new TermsColumns();
  private readonly tsRecv = makeWide();
  private readonly tsEvent = makeWide();
  private readonly price = makePrices();
  private readonly bidPrice = makePrices();
  private readonly askPrice = makePrices();
  private readonly size = new Uint32Array(BATCH_ROWS);
  private readonly bidSize = new Uint32Array(BATCH_ROWS);
  private readonly askSize = new Uint32Array(BATCH_ROWS);
  private readonly instrumentId = new Uint32Array(BATCH_ROWS);
  private readonly tsInDelta = new Int32Array(BATCH_ROWS);
  private readonly publisherId = new Uint16Array(BATCH_ROWS);
  private readonly bidPublisher = new Uint16Array(BATCH_ROWS);
  private readonly askPublisher = new Uint16Array(BATCH_ROWS);
  private readonly flags = new Uint8Array(BATCH_ROWS);
  private readonly action = new Uint8Array(BATCH_ROWS);
  private readonly side = new Uint8Array(BATCH_ROWS);

  /** @param originNs 00:00 UTC of the day. */
  constructor(originNs: bigint) {
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
    const { counts } = this;
    this.clock.watch(words, first + 8, step, count, counts);
    gatherPart(this.publisherId, at, words, first, step, count, 16);
    gatherWords(this.instrumentId, at, words, first + 1, step, count);
    gatherWide(this.tsEvent, at, words, first + 2, step, count);
    gatherPrices(this.price, at, words, first + 4, step, count);
    gatherWords(this.size, at, words, first + 6, step, count);
    counts.unknown_actions += gatherCodes(
      this.action,
      at,
      words,
      first + 7,
      step,
      count,
      0,
      ACTION_CODES,
      ACTION_NONE,
    );
    counts.unknown_sides += gatherCodes(
      this.side,
      at,
      words,
      first + 7,
      step,
      count,
      8,
      SIDE_CODES,
      SIDE_NONE,
    );
    gatherPart(this.flags, at, words, first + 7, step, count, 16);
    gatherWide(this.tsRecv, at, words, first + 8, step, count);
    gatherWords(this.tsInDelta, at, words, first + 10, step, count);
    gatherPrices(this.bidPrice, at, words, first + 12, step, count);
    gatherPrices(this.askPrice, at, words, first + 14, step, count);
    gatherWords(this.bidSize, at, words, first + 16, step, count);
    gatherWords(this.askSize, at, words, first + 17, step, count);
    gatherPart(this.bidPublisher, at, words, first + 18, step, count, 0);
    gatherPart(this.askPublisher, at, words, first + 19, step, count, 0);
    this.rows += count;
  }

  take(): TableBatch {
    const { rows, terms } = this;
    const prices = [this.price, this.bidPrice, this.askPrice];
    const columns = [
      this.tsRecv,
      this.tsEvent,
      this.publisherId,
      this.instrumentId,
      this.action,
      this.side,
      this.price,
      this.size,
      this.flags,
      this.tsInDelta,
      this.bidPrice,
      this.askPrice,
      this.bidSize,
      this.askSize,
      this.bidPublisher,
      this.askPublisher,
      terms.symbol,
      ...terms.terms(rows),
    ];
    const nulls = columns.map((c) => {
      const price = prices.find((p) => p === c);
      return price && price.absent > 0 ? price.nulls : null;
    });
    this.rows = 0;
    this.named = 0;
    for (const p of prices) p.absent = 0;
    return { rows, columns, nulls };
  }
}
