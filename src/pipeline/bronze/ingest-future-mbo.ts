import { MBO_BYTES } from '../../dbn/index.ts';
import type { Stage } from '../stage.ts';
import { type Ingest, ingestInputs, runIngest } from './ingest.ts';
import { MboRows } from './mbo-rows.ts';
import { placeFuture } from './outright.ts';

const TABLE = { layer: 'bronze', productType: 'future_mbo', table: 'mbo' } as const;

const INGEST: Ingest = {
  table: TABLE,
  schema: 'mbo',
  recordBytes: MBO_BYTES,
  venue: 'glbx',
  definitionsRequired: false,
  place: (names, task) => placeFuture(names, task.product.root),
  makeRows: (originNs) => new MboRows(originNs, false),
};

/** `bronze_ingest_future_mbo`. */
export const bronzeFutureMbo: Stage = {
  name: 'bronze_ingest_future_mbo',
  layer: 'bronze',
  productType: 'future_mbo',
  version: 1,
  outputs: [TABLE],
  inputs: (task) => ingestInputs(INGEST, task),
  run: (task, io) => runIngest(INGEST, task, io),
};
