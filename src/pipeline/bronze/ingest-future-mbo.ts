/**
 * `bronze_ingest_future_mbo`: raw orders of a futures root, definitions where there are any, to
 * `bronze.future_mbo.mbo`, a partition an outright contract.
 *
 * Grain: a record of the raw file, in its order, the whole UTC day of the file with its snapshot;
 * prices undefined by the vendor are absent.
 * Leaves out, and counts: spreads, user-defined instruments, other products, ids without a name,
 * other record types.
 * Refuses: another schema, damaged bytes (but not a file that is merely cut short), files of a day
 * that contradict each other, a day without any name of its instruments.
 */
import { MBO_BYTES } from '../../dbn/index.ts';
import type { Stage } from '../stage.ts';
import { ingestStage } from './ingest.ts';
import { MboRows } from './mbo-rows.ts';
import { placeFuture } from './place-outrights.ts';

/** Orders of futures. */
export const bronzeFutureMbo: Stage = ingestStage({
  name: 'bronze_ingest_future_mbo',
  version: 2,
  table: { layer: 'bronze', productType: 'future_mbo', table: 'mbo' },
  schema: 'mbo',
  recordBytes: MBO_BYTES,
  venue: 'glbx',
  definitionsRequired: false,
  place: placeFuture,
  makeRows: (originNs) => new MboRows(originNs, false),
  wanted: 'an outright contract of the root',
  emptyDay: null,
});
