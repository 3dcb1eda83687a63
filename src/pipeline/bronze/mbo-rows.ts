import { RTYPE } from '../../dbn/index.ts';
import type { TableValues } from '../../lake/index.ts';
import {
  BATCH_ROWS,
  gatherPart,
  gatherWide,
  gatherWords,
  makeWide,
  type Prices,
} from './batch-rows.ts';
import { type RecordLayout, RecordRows } from './record-rows.ts';

/** Words of databento/dbn `MboMsg`. */
const LAYOUT: RecordLayout = {
  price: 6,
  size: 8,
  letters: 9,
  flagsBit: 0,
  actionBit: 16,
  sideBit: 24,
  tsRecv: 10,
  tsInDelta: 12,
};

/** Rows of a `bronze.*.mbo` table. */
export class MboRows extends RecordRows {
  private readonly options: boolean;
  private readonly orderId = makeWide();
  private readonly sequence = new Uint32Array(BATCH_ROWS);
  private readonly channelId = new Uint8Array(BATCH_ROWS);
  private readonly rtype = new Uint8Array(BATCH_ROWS).fill(RTYPE.MBO);

  /** @param originNs 00:00 UTC of the day. @param options the table has the columns of options. */
  constructor(originNs: bigint, options: boolean) {
    super(LAYOUT, originNs);
    this.options = options;
  }

  protected appendOwn(words: Int32Array, first: number, step: number, count: number): void {
    const at = this.rows;
    gatherWide(this.orderId, at, words, first + 4, step, count);
    gatherPart(this.channelId, at, words, first + 9, step, count, 8);
    gatherWords(this.sequence, at, words, first + 13, step, count);
  }

  protected columns(): TableValues[] {
    return [
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
      this.terms.symbol,
      this.price,
      ...(this.options ? this.terms.terms(this.rows) : []),
    ];
  }

  protected prices(): readonly Prices[] {
    return [this.price];
  }
}
