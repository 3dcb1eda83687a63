/**
 * What a file of the folder holds: found by reading it once.
 */
import { statSync } from 'node:fs';
import {
  layoutOf,
  type Metadata,
  type RecordRun,
  RTYPE,
  type Schema,
  TS_OUT_BYTES,
} from '../dbn/index.ts';
import type { DataFileReader } from './data-folder-reader.ts';
import { dayOf, indexTimeOf, indexWordOf } from './data-folder-time.ts';

/** A file of one dataset and schema. */
export interface DataFile {
  readonly path: string;
  /** Bytes on disk. */
  readonly bytes: number;
  readonly metadata: Metadata;
  readonly dataset: string;
  readonly schema: Schema;
  /** Whole records. */
  readonly records: number;
  /** Bytes of the records, uncompressed, as stored but without `ts_out`. */
  readonly recordBytes: number;
  /** Smallest and largest index time, Unix ns; of the header's range when there is no record. */
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  /** Index time never runs backwards. */
  readonly sorted: boolean;
  /** Every instrument that has a record. */
  readonly instruments: ReadonlySet<number>;
  /** Hash of what the records say in every version: whole copies have the same. */
  readonly fingerprint: number;
  /** Contracts or shares traded, by day and instrument; of schemas that tell every trade. */
  readonly volumes: ReadonlyMap<number, ReadonlyMap<number, number>>;
  /** The file ends inside a record or a frame; what is whole is served. */
  readonly truncated: boolean;
}

const TRADE_ACTION = 'T'.charCodeAt(0);

function placeOf(rtype: number): { action: number; size: number } {
  const at = new Map(layoutOf(rtype, 3)!.fields.map((f) => [f.name, f.at]));
  return { action: at.get('action')!, size: at.get('size')! };
}

/** Where a record says that it is a trade, and of how much. */
const TRADE_PLACES = new Map(
  [RTYPE.MBO, RTYPE.TRADES].map((rtype): [number, { action: number; size: number }] => [
    rtype,
    placeOf(rtype),
  ]),
);

/** Gathers what `DataFile` says, run by run. */
export class FileSurvey {
  records = 0;
  private recordBytes = 0;
  private first = 0n;
  private last = 0n;
  private sorted = true;
  private readonly instruments = new Set<number>();
  private lastInstrument = -1;
  private fingerprint = 0;
  private readonly volumes = new Map<number, Map<number, number>>();

  /** Takes a run of the file, in order. */
  add(run: RecordRun): void {
    const word = indexWordOf(run.rtype, run.version);
    this.recordBytes += run.count * (run.stride - (run.tsOut ? TS_OUT_BYTES : 0));
    this.addInstruments(run);
    this.fingerprint = hashRun(this.fingerprint, run, word);
    this.addVolumes(run, word);
    const starts = indexTimeOf(run, 0, word);
    const ends = indexTimeOf(run, run.count - 1, word);
    const inOrder = isSorted(run, word) && (this.records === 0 || starts >= this.last);
    if (inOrder) {
      if (this.records === 0) this.first = starts;
      this.last = ends;
    } else {
      this.sorted = false;
      this.widen(run, word);
    }
    this.records += run.count;
  }

  /** Of records that are out of order, every time counts. */
  private widen(run: RecordRun, word: number): void {
    for (let i = 0; i < run.count; i++) {
      const time = indexTimeOf(run, i, word);
      if (this.records + i === 0 || time < this.first) this.first = time;
      if (time > this.last) this.last = time;
    }
  }

  private addVolumes(run: RecordRun, word: number): void {
    const place = TRADE_PLACES.get(run.rtype);
    if (!place) return;
    const { bytes, words, stride, start } = run;
    for (let i = 0, at = start; i < run.count; i++, at += stride) {
      if (bytes[at + place.action] !== TRADE_ACTION) continue;
      const day = dayOf(indexTimeOf(run, i, word));
      const volumes = this.volumes.get(day) ?? new Map<number, number>();
      this.volumes.set(day, volumes);
      const id = words[(at >> 2) + 1]! >>> 0;
      volumes.set(id, (volumes.get(id) ?? 0) + (words[(at + place.size) >> 2]! >>> 0));
    }
  }

  private addInstruments(run: RecordRun): void {
    const { words } = run;
    const step = run.stride >> 2;
    let last = this.lastInstrument;
    for (let i = 0, at = (run.start >> 2) + 1; i < run.count; i++, at += step) {
      const id = words[at]! >>> 0;
      if (id !== last) this.instruments.add(id);
      last = id;
    }
    this.lastInstrument = last;
  }

  /** The survey of a file that was read to its end. */
  finish(reader: DataFileReader, schema: Schema): DataFile {
    const { metadata, path } = reader;
    const empty = this.records === 0;
    return {
      path,
      bytes: statSync(path).size,
      metadata,
      dataset: metadata.dataset,
      schema,
      records: this.records,
      recordBytes: this.recordBytes,
      firstNs: empty ? metadata.start : this.first,
      lastNs: empty ? metadata.start : this.last,
      sorted: this.sorted,
      instruments: this.instruments,
      fingerprint: this.fingerprint,
      volumes: this.volumes,
      truncated: reader.end?.truncated ?? false,
    };
  }
}

const FNV_PRIME = 0x01000193;

/**
 * The hash with a run's records: all of them where no version changed their layout, else what
 * stands at the same place in all: instrument, times.
 */
function hashRun(hash: number, run: RecordRun, indexWord: number): number {
  const { words, rtype, count } = run;
  const step = run.stride >> 2;
  const isSame = layoutOf(rtype, 1) === layoutOf(rtype, 3);
  const trailer = run.tsOut ? TS_OUT_BYTES >> 2 : 0;
  const end = isSame ? step - trailer : Math.min(step, indexWord + 2);
  let h = hash;
  for (let i = 0, at = run.start >> 2; i < count; i++, at += step) {
    // The first word holds the length, which counts the trailer.
    for (let k = 1; k < end; k++) h = Math.imul(h ^ words[at + k]!, FNV_PRIME);
  }
  return h;
}

/** Index times never run backwards in the run; compared as two words, for it is read whole. */
function isSorted(run: RecordRun, word: number): boolean {
  const { words } = run;
  const step = run.stride >> 2;
  let [high, low] = [0, 0];
  for (let i = 0, at = (run.start >> 2) + word; i < run.count; i++, at += step) {
    const [h, l] = [words[at + 1]! >>> 0, words[at]! >>> 0];
    if (h < high || (h === high && l < low)) return false;
    high = h;
    low = l;
  }
  return true;
}
