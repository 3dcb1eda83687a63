/**
 * The transform of silver from market-by-order records: batches of one instrument in, rows of
 * `depth_and_flow_1s` out while it goes, `book_snapshot_1s` when it is done. Futures and equities
 * differ by their product's row only.
 */
import { SecondWindows, type WindowSpan } from '../../book/index.ts';
import type { MboColumns } from '../../dbn/index.ts';
import type { Product, TableBatch } from '../../lake/index.ts';
import { FirstInstrument } from '../first-instrument.ts';
import type { Counters } from '../stage.ts';
import { bookCounters } from './book-counters.ts';
import { depthBatch, snapshotBatch } from './mbo-tables.ts';

/**
 * Steps of gold's lattice that are stored beyond its own grid, so that its far kernel sees the
 * levels there.
 */
export const MARGIN_STEPS = 64;
/** Depth rows in a batch, about: those of whole windows. */
const DEPTH_BATCH_ROWS = 65_536;

/** One pass over the records of a day; see the file comment. */
export class MboWindows {
  /** Records taken. */
  records = 0;
  private readonly windows: SecondWindows;
  private readonly originNs: bigint;
  private readonly instrument = new FirstInstrument();

  /** @param originNs 00:00 UTC of the session date; spans and the batches' times count from it. */
  constructor(product: Product, originNs: bigint, spans: readonly WindowSpan[]) {
    this.originNs = originNs;
    this.windows = new SecondWindows({
      tickSize: product.tickSizeInt,
      originNs,
      gridTicks: product.gridMaxTicks + MARGIN_STEPS * product.bucketTicks,
      spans,
      depthRows: DEPTH_BATCH_ROWS,
    });
  }

  /** Takes the records and gives the rows of depth and flow; stops after the last window. */
  *depth(batches: Iterable<MboColumns>): Generator<TableBatch> {
    const { windows } = this;
    for (const batch of batches) {
      this.records += batch.length;
      this.instrument.keep(batch);
      for (let i = 0; i < batch.length; ) {
        i = windows.advance(batch, i, batch.length);
        if (windows.full) yield* this.takeDepth();
      }
      if (windows.done) break;
    }
    while (!windows.finish()) yield* this.takeDepth();
    yield* this.takeDepth();
  }

  /** The snapshots, once `depth` is exhausted. */
  *snapshots(): Generator<TableBatch> {
    yield snapshotBatch(this.windows.snapshots, this.originNs);
  }

  /** What was odd about the records and the windows so far. */
  counters(): Counters {
    const { tally, book } = this.windows;
    return {
      other_instrument_records: this.instrument.otherRecords,
      ...bookCounters(book.counters),
      windows_without_spot: tally.withoutSpot,
      windows_with_stale_spot: tally.staleSpot,
      windows_cleared: tally.cleared,
      windows_with_invalid_book: tally.invalidBook,
      windows_crossed: tally.crossed,
      windows_with_suspect_book: tally.suspect,
      flow_lots_cleared: tally.flowLotsCleared,
    };
  }

  private *takeDepth(): Generator<TableBatch> {
    const { depth } = this.windows;
    if (depth.rows === 0) return;
    yield depthBatch(depth, this.originNs);
    depth.rows = 0;
  }
}
