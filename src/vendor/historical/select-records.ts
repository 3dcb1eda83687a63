/**
 * The records of a query, as runs: by time, instrument and number.
 */
import {
  convertRun,
  type DbnVersion,
  type RecordRun,
  runOf,
  sliceRun,
  TS_OUT_BYTES,
} from '../../dbn/index.ts';
import type { DataFile } from '../data-folder-index.ts';
import { mergedRuns } from '../data-folder-merge.ts';
import { dayOf, indexTimeOf, indexWordOf, instrumentOf } from '../data-folder-time.ts';
import type { DataQuery } from './data-query.ts';

interface Days {
  from: number;
  to: number;
}

/** Which instruments a query wants on which days. */
export class InstrumentFilter {
  private readonly wanted: ReadonlyMap<number, readonly Days[]> | null;
  private readonly first: number;
  private readonly last: number;

  constructor(query: DataQuery) {
    this.first = dayOf(query.span.from);
    this.last = dayOf(query.span.to - 1n);
    if (query.resolution.symbols === null) {
      this.wanted = null;
      return;
    }
    const wanted = new Map<number, Days[]>();
    for (const spans of query.resolution.spans.values()) {
      for (const { instrumentId, from, to } of spans) {
        const days = wanted.get(instrumentId);
        if (days) days.push({ from, to });
        else wanted.set(instrumentId, [{ from, to }]);
      }
    }
    this.wanted = wanted;
  }

  /** Every record of the file that lies in the span of the query is wanted. */
  wantsAllOf(file: DataFile): boolean {
    return this.wanted === null || [...file.instruments].every((id) => this.wantsAlways(id));
  }

  /** The parts of a run that are wanted, in order. */
  *pass(run: RecordRun): Generator<RecordRun> {
    if (this.wanted === null) {
      yield run;
      return;
    }
    const word = indexWordOf(run.rtype, run.version);
    let begin = -1;
    let last = -1;
    let always: boolean | null = null;
    for (let i = 0; i < run.count; i++) {
      const id = instrumentOf(run, i);
      if (id !== last) {
        last = id;
        always = this.wantsAlways(id) ? true : this.wanted.has(id) ? null : false;
      }
      if (always ?? this.wantsOn(id, dayOf(indexTimeOf(run, i, word)))) {
        if (begin < 0) begin = i;
      } else if (begin >= 0) {
        yield sliceRun(run, begin, i);
        begin = -1;
      }
    }
    if (begin >= 0) yield sliceRun(run, begin, run.count);
  }

  private wantsAlways(id: number): boolean {
    const days = this.wanted?.get(id);
    return days?.some((d) => d.from <= this.first && d.to > this.last) ?? false;
  }

  private wantsOn(id: number, day: number): boolean {
    return this.wanted!.get(id)!.some((d) => d.from <= day && day < d.to);
  }
}

/** The records of a query, in `version`, without a `ts_out`; a run is valid until the next. */
export function* selectRecords(query: DataQuery, version: DbnVersion): Generator<RecordRun> {
  const filter = new InstrumentFilter(query);
  let left = query.limit ?? Number.POSITIVE_INFINITY;
  for (const run of mergedRuns(query.files, query.span)) {
    for (const passed of filter.pass(run)) {
      const some = passed.count > left ? sliceRun(passed, 0, left) : passed;
      left -= some.count;
      yield convertRun(withoutTsOut(some), version);
      if (left === 0) return;
    }
  }
}

function withoutTsOut(run: RecordRun): RecordRun {
  if (!run.tsOut) return run;
  const stride = run.stride - TS_OUT_BYTES;
  const bytes = new Uint8Array(stride * run.count);
  for (let i = 0; i < run.count; i++) {
    const at = run.start + i * run.stride;
    bytes.set(run.bytes.subarray(at, at + stride), i * stride);
    bytes[i * stride] = stride / 4;
  }
  return runOf(bytes, { version: run.version, offset: run.offset });
}
