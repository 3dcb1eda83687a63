/**
 * `bronze_ingest_equity_option_cmbp_1`: raw quotes and trades of options on a ticker and the day's
 * definitions to `bronze.equity_option_cmbp_1.cmbp_1`, a partition the ticker.
 *
 * Grain: a record of the raw file, in its order, the whole UTC day of the file with its snapshot;
 * prices undefined by the vendor are absent.
 * Leaves out, and counts: options that do not expire on the date, other products, instruments
 * without a definition, other record types.
 * Refuses: another schema, damaged bytes (but not a file that is merely cut short), files of a day
 * that contradict each other, a day without definitions, or of contradictory ones. A day on which
 * nothing expires has no partition: that is said and counted, and no error.
 */
import type { Stage } from '../stage.ts';
import { Cmbp1Rows } from './cmbp-1-rows.ts';
import { ingestStage } from './ingest.ts';
import { placeEquityOption } from './place-options.ts';

/** Bytes of a CMBP-1 record without its trailer. */
const CMBP_1_BYTES = 80;

/** Quotes and trades of options on equities. */
export const bronzeEquityOptionCmbp1: Stage = ingestStage({
  name: 'bronze_ingest_equity_option_cmbp_1',
  version: 2,
  table: { layer: 'bronze', productType: 'equity_option_cmbp_1', table: 'cmbp_1' },
  schema: 'cmbp-1',
  recordBytes: CMBP_1_BYTES,
  venue: 'opra',
  definitionsRequired: true,
  place: placeEquityOption,
  makeRows: (originNs) => new Cmbp1Rows(originNs),
  wanted: 'an option on the ticker that expires on the date',
  emptyDay: 'no option on the ticker expires on the date',
});
