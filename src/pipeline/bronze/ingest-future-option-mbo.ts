/**
 * `bronze_ingest_future_option_mbo`: raw orders of options on a futures root and the day's
 * definitions to `bronze.future_option_mbo.mbo`, a partition an underlying contract.
 *
 * Grain: a record of the raw file, in its order, the whole UTC day of the file with its snapshot;
 * prices undefined by the vendor are absent.
 * Leaves out, and counts: options that do not expire on the date (exchange time), spreads, user-
 * defined instruments, other products, instruments without a definition, other record types.
 * Refuses: another schema, damaged bytes (but not a file that is merely cut short), files of a day
 * that contradict each other, a day without definitions, or of contradictory ones. A day on which
 * nothing expires has no partition: that is said and counted, and no error.
 */
import { MBO_BYTES } from '../../dbn/index.ts';
import type { Stage } from '../stage.ts';
import { ingestStage } from './ingest.ts';
import { MboRows } from './mbo-rows.ts';
import { placeFutureOption } from './place-options.ts';

/** Orders of options on futures. */
export const bronzeFutureOptionMbo: Stage = ingestStage({
  name: 'bronze_ingest_future_option_mbo',
  version: 2,
  table: { layer: 'bronze', productType: 'future_option_mbo', table: 'mbo' },
  schema: 'mbo',
  recordBytes: MBO_BYTES,
  venue: 'glbx',
  definitionsRequired: true,
  place: placeFutureOption,
  makeRows: (originNs) => new MboRows(originNs, true),
  wanted: 'an option on a contract of the root that expires on the date',
  emptyDay: 'no option of the root expires on the date',
});
