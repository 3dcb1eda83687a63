import { EventMarks, markRecords } from './event-marks.ts';

/** Bytes of a block, and most blocks kept: 16 MiB are about 300,000 order events. */
const BLOCK_BYTES = 1024 * 1024;
const MAX_BLOCKS = 16;

/**
 * The records delivered last, as they were: what a replay sends again is found among them. Memory
 * grows to 16 MiB and no further; what falls out is remembered by its time only.
 */
export class DeliveredWindow {
  /** Latest times of the records that are no longer kept. */
  readonly forgotten = new EventMarks();
  private readonly blocks: { bytes: Uint8Array; filled: number }[] = [];
  private readonly maxBlocks: number;

  constructor(maxBlocks = MAX_BLOCKS) {
    this.maxBlocks = maxBlocks;
  }

  /** Keeps a copy of whole records. */
  remember(records: Uint8Array): void {
    let last = this.blocks.at(-1);
    if (!last || last.bytes.length - last.filled < records.length) {
      last = this.nextBlock(records.length);
      this.blocks.push(last);
    }
    last.bytes.set(records, last.filled);
    last.filled += records.length;
  }

  /** The kept records, oldest first, in pieces of whole records on four bytes. */
  *pieces(): Generator<Uint8Array> {
    for (const { bytes, filled } of this.blocks) yield bytes.subarray(0, filled);
  }

  private nextBlock(size: number): { bytes: Uint8Array; filled: number } {
    const oldest = this.blocks.length >= this.maxBlocks ? this.blocks.shift() : undefined;
    if (oldest) markRecords(oldest.bytes.subarray(0, oldest.filled), this.forgotten);
    const bytes =
      oldest && oldest.bytes.length >= size
        ? oldest.bytes
        : new Uint8Array(Math.max(BLOCK_BYTES, size));
    return { bytes, filled: 0 };
  }
}
