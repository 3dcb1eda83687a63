import { RTYPE } from '../../dbn/index.ts';
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

/** Rows of a `bronze.*.mbo` table; words of the records: databento/dbn `MboMsg`. */
export class MboRows implements BatchRows {
  rows = 0;
  private named = 0;
  readonly counts: RowCounts = {
    unknown_actions: 0,
    unknown_sides: 0,
    clock_steps: 0,
    outside_day: 0,
  };
  private readonly options: boolean;
  private readonly clock: DayClock;
  private readonly terms = new TermsColumns();
  private readonly tsRecv = makeWide();
  private readonly tsEvent = makeWide();
  private readonly orderId = makeWide();
  private readonly price = makePrices();
  private readonly size = new Uint32Array(BATCH_ROWS);
  private readonly sequence = new Uint32Array(BATCH_ROWS);
  private readonly instrumentId = new Uint32Array(BATCH_ROWS);
  private readonly tsInDelta = new Int32Array(BATCH_ROWS);
  private readonly publisherId = new Uint16Array(BATCH_ROWS);
  private readonly flags = new Uint8Array(BATCH_ROWS);
  private readonly channelId = new Uint8Array(BATCH_ROWS);
  private readonly action = new Uint8Array(BATCH_ROWS);
  private readonly side = new Uint8Array(BATCH_ROWS);
  private readonly rtype = new Uint8Array(BATCH_ROWS).fill(RTYPE.MBO);

  /** @param originNs 00:00 UTC of the day. @param options the table has the columns of options. */
  constructor(originNs: bigint, options: boolean) {
    this.clock = new DayClock(originNs);
    this.options = options;
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
    this.clock.watch(words, first + 10, step, count, counts);
    gatherPart(this.publisherId, at, words, first, step, count, 16);
    gatherWords(this.instrumentId, at, words, first + 1, step, count);
    gatherWide(this.tsEvent, at, words, first + 2, step, count);
    gatherWide(this.orderId, at, words, first + 4, step, count);
    gatherPrices(this.price, at, words, first + 6, step, count);
    gatherWords(this.size, at, words, first + 8, step, count);
    gatherPart(this.flags, at, words, first + 9, step, count, 0);
    gatherPart(this.channelId, at, words, first + 9, step, count, 8);
    counts.unknown_actions += gatherCodes(
      this.action,
      at,
      words,
      first + 9,
      step,
      count,
      16,
      ACTION_CODES,
      ACTION_NONE,
    );
    counts.unknown_sides += gatherCodes(
      this.side,
      at,
      words,
      first + 9,
      step,
      count,
      24,
      SIDE_CODES,
      SIDE_NONE,
    );
    gatherWide(this.tsRecv, at, words, first + 10, step, count);
    gatherWords(this.tsInDelta, at, words, first + 12, step, count);
    gatherWords(this.sequence, at, words, first + 13, step, count);
    this.rows += count;
  }

  take(): TableBatch {
    const { rows, price, terms } = this;
    const columns = [
      this.tsRecv,
      this.size,
      this.tsEvent,
      this.channelId,
      this.rtype,
      this.orderId,
      this.publisherId,
      this.flags,
      this.instrumentId,
      this.tsInDelta,
      this.action,
      this.sequence,
      this.side,
      terms.symbol,
      price,
      ...(this.options ? terms.terms(rows) : []),
    ];
    const nulls = columns.map((c) => (c === price && price.absent > 0 ? price.nulls : null));
    this.rows = 0;
    this.named = 0;
    price.absent = 0;
    return { rows, columns, nulls };
  }
}
