/**
 * How many records a query has, and how many bytes the vendor bills for them.
 */
import { type DbnVersion, layoutOf, rtypeOf, type Schema } from '../../dbn/index.ts';
import type { DataFile } from '../data-folder-index.ts';
import type { DataQuery } from './data-query.ts';
import { InstrumentFilter, selectRecords } from './select-records.ts';

/** Runs between which other work is let in. */
const RUNS_PER_BREATH = 64;

/** What a query amounts to. */
export interface Measure {
  records: number;
  /** Uncompressed DBN without header, bytes. */
  bytes: number;
}

/** Counts; files that lie in the query whole are not read again. */
export async function measureQuery(query: DataQuery, version: DbnVersion): Promise<Measure> {
  const { from, to } = query.span;
  const filter = new InstrumentFilter(query);
  const isWhole = (f: DataFile) =>
    query.limit === null && f.firstNs >= from && f.lastNs < to && filter.wantsAllOf(f);
  const total = { records: 0, bytes: 0 };
  for (const file of query.files.filter((f) => f.records > 0 && isWhole(f))) {
    const stored = file.recordBytes;
    total.records += file.records;
    total.bytes += bytesIn(query.schema, version, file) ?? stored;
  }
  const rest = { ...query, files: query.files.filter((f) => !isWhole(f)) };
  let runs = 0;
  for (const run of selectRecords(rest, version)) {
    total.records += run.count;
    total.bytes += run.count * run.stride;
    if (++runs % RUNS_PER_BREATH === 0) await new Promise((done) => setImmediate(done));
  }
  return total;
}

/** Bytes in another version than the file's; null when it is the same layout. */
function bytesIn(schema: Schema, version: DbnVersion, file: DataFile): number | null {
  const rtype = rtypeOf(schema);
  const layout = layoutOf(rtype, version);
  return layout && layout !== layoutOf(rtype, file.metadata.version)
    ? layout.size * file.records
    : null;
}
