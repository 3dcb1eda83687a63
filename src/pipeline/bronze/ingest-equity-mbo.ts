/**
 * `bronze_ingest_equity_mbo`: raw orders of a ticker, definitions where there are any, to
 * `bronze.equity_mbo.mbo`, a partition the ticker.
 *
 * Grain: a record of the raw file, in its order, the whole UTC day of the file with its snapshot;
 * prices undefined by the vendor are absent.
 * Leaves out, and counts: other tickers, ids without a name, other record types.
 * Refuses: another schema, damaged bytes (but not a file that is merely cut short), files of a day
 * that contradict each other, a day without any name of its instruments.
 */
import { MBO_BYTES } from '../../dbn/index.ts';
import type { Stage } from '../stage.ts';
import { ingestStage } from './ingest.ts';
import { MboRows } from './mbo-rows.ts';
import { placeEquity } from './place-outrights.ts';

/** Orders of equities. */
export const bronzeEquityMbo: Stage = ingestStage({
  name: 'bronze_ingest_equity_mbo',
  version: 2,
  table: { layer: 'bronze', productType: 'equity_mbo', table: 'mbo' },
  schema: 'mbo',
  recordBytes: MBO_BYTES,
  venue: 'xnas',
  definitionsRequired: false,
  place: placeEquity,
  makeRows: (originNs) => new MboRows(originNs, false),
  wanted: 'the ticker itself',
  emptyDay: null,
});
