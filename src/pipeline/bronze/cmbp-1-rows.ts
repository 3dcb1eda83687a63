import type { TableValues } from '../../lake/index.ts';
import {
  BATCH_ROWS,
  gatherPart,
  gatherPrices,
  gatherWords,
  makePrices,
  type Prices,
} from './batch-rows.ts';
import { type RecordLayout, RecordRows } from './record-rows.ts';

/** Words of databento/dbn `Cmbp1Msg`. */
const LAYOUT: RecordLayout = {
  price: 4,
  size: 6,
  letters: 7,
  flagsBit: 16,
  actionBit: 0,
  sideBit: 8,
  tsRecv: 8,
  tsInDelta: 10,
};

/** Rows of `bronze.equity_option_cmbp_1.cmbp_1`. */
export class Cmbp1Rows extends RecordRows {
  private readonly bidPrice = makePrices();
  private readonly askPrice = makePrices();
  private readonly bidSize = new Uint32Array(BATCH_ROWS);
  private readonly askSize = new Uint32Array(BATCH_ROWS);
  private readonly bidPublisher = new Uint16Array(BATCH_ROWS);
  private readonly askPublisher = new Uint16Array(BATCH_ROWS);

  /** @param originNs 00:00 UTC of the day. */
  constructor(originNs: bigint) {
    super(LAYOUT, originNs);
  }

  protected appendOwn(words: Int32Array, first: number, step: number, count: number): void {
    const at = this.rows;
    gatherPrices(this.bidPrice, at, words, first + 12, step, count);
    gatherPrices(this.askPrice, at, words, first + 14, step, count);
    gatherWords(this.bidSize, at, words, first + 16, step, count);
    gatherWords(this.askSize, at, words, first + 17, step, count);
    gatherPart(this.bidPublisher, at, words, first + 18, step, count, 0);
    gatherPart(this.askPublisher, at, words, first + 19, step, count, 0);
  }

  protected columns(): TableValues[] {
    return [
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
      this.terms.symbol,
      ...this.terms.terms(this.rows),
    ];
  }

  protected prices(): readonly Prices[] {
    return [this.price, this.bidPrice, this.askPrice];
  }
}
