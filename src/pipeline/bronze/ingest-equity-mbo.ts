import { MBO_BYTES } from '../../dbn/index.ts';
import type { Stage } from '../stage.ts';
import { type Ingest, ingestInputs, runIngest } from './ingest.ts';
import { MboRows } from './mbo-rows.ts';
import { placeEquity } from './outright.ts';

const TABLE = { layer: 'bronze', productType: 'equity_mbo', table: 'mbo' } as const;

const INGEST: Ingest = {
  table: TABLE,
  schema: 'mbo',
  recordBytes: MBO_BYTES,
  venue: 'xnas',
  definitionsRequired: false,
  place: (names, task) => placeEquity(names, task.symbol),
  makeRows: (originNs) => new MboRows(originNs, false),
};

/** `bronze_ingest_equity_mbo`. */
export const bronzeEquityMbo: Stage = {
  name: 'bronze_ingest_equity_mbo',
  layer: 'bronze',
  productType: 'equity_mbo',
  version: 1,
  outputs: [TABLE],
  inputs: (task) => ingestInputs(INGEST, task),
  run: (task, io) => runIngest(INGEST, task, io),
};
