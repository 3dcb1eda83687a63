import { selectInstrument } from '../book/index.ts';
import type { MboColumns } from '../dbn/index.ts';

/** Keeps of batches what one book holds: one instrument of one venue, the first record's. */
export class FirstInstrument {
  /** Records of others, left out so far. */
  otherRecords = 0;
  private instrumentId = -1;
  private publisherId = -1;

  /** Moves the instrument's records to the front of a batch and cuts it to them. */
  keep(batch: MboColumns): void {
    if (batch.length === 0) return;
    if (this.instrumentId < 0) {
      this.instrumentId = batch.instrumentId[0]!;
      this.publisherId = batch.publisherId[0]!;
    }
    const rows = batch.length;
    this.otherRecords += rows - selectInstrument(batch, this.publisherId, this.instrumentId);
  }
}
