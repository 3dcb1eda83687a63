/**
 * The records of one schema in the order in which the market gives them out, from a moment on.
 */
import type { RecordRun, Schema } from '../../dbn/index.ts';
import type { DataFile } from '../data-folder-index.ts';
import { mergedRuns } from '../data-folder-merge.ts';
import { indexTimeOf, indexWordOf } from '../data-folder-time.ts';

const NS_PER_SECOND = 1_000_000_000n;
const ALL_TIME = 1n << 64n;
const LOW_WORD = 0xffffffffn;

/** A bar bears the time at which it begins and is known when it ends, ns later. */
const KNOWN_AFTER_NS: Partial<Record<Schema, bigint>> = {
  'ohlcv-1s': NS_PER_SECOND,
  'ohlcv-1m': 60n * NS_PER_SECOND,
  'ohlcv-1h': 3600n * NS_PER_SECOND,
  'ohlcv-1d': 86_400n * NS_PER_SECOND,
};

/** Schemas whose records close an interval. */
const INTERVAL = /^(ohlcv|c?bbo)-1[smhd]$/;

/** True for schemas whose intervals are closed by a system record. */
export function isInterval(schema: Schema): boolean {
  return INTERVAL.test(schema);
}

/** A part of a run, valid until the lane is asked for more. */
export interface LanePart {
  run: RecordRun;
  from: number;
  to: number;
}

/** What a lane reads. */
export interface LaneSource {
  schema: Schema;
  files: readonly DataFile[];
  /** Start over when the data ends, this much later each time, ns; null: it ends. */
  lapNs: bigint | null;
  /** First moment of the data, Unix ns: where each lap begins. */
  firstNs: bigint;
}

/** An open lane; see the file comment. Close it. */
export class MarketLane {
  readonly schema: Schema;
  /** End of the interval that the last records belonged to, to be told; null when it was. */
  openInterval: bigint | null = null;
  private readonly source: LaneSource;
  private readonly delayNs: bigint;
  private readonly empty: boolean;
  private runs: Generator<RecordRun>;
  private run: RecordRun | null = null;
  private at = 0;
  private word = 0;
  private lap = 0n;
  private lapBegan = false;

  /** @param fromNs records that become known from here on, Unix ns. */
  constructor(source: LaneSource, fromNs: bigint) {
    this.source = source;
    this.schema = source.schema;
    this.delayNs = KNOWN_AFTER_NS[source.schema] ?? 0n;
    this.empty = source.files.every((f) => f.records === 0);
    const { lapNs, firstNs } = source;
    if (lapNs !== null && fromNs > firstNs) this.lap = (fromNs - firstNs) / lapNs;
    this.runs = this.lapFrom(fromNs - this.lapShiftNs - this.delayNs);
    this.advance();
  }

  /** What is added to the times of the part at hand, ns: the laps that are done. */
  get lapShiftNs(): bigint {
    return this.lap * (this.source.lapNs ?? 0n);
  }

  /** True once after each new beginning of the data: books are empty then. */
  tookLap(): boolean {
    const began = this.lapBegan;
    this.lapBegan = false;
    return began;
  }

  /** When the next record becomes known, Unix ns; null at the end of the data. */
  get headNs(): bigint | null {
    if (!this.run) return null;
    return indexTimeOf(this.run, this.at, this.word) + this.delayNs + this.lapShiftNs;
  }

  /** Publisher of the next record; null at the end of the data. */
  get headPublisher(): number | null {
    if (!this.run) return null;
    return this.run.words[(this.run.start + this.at * this.run.stride) >> 2]! >>> 16;
  }

  /** The next records that are known before `untilNs` (null: whenever), or null. */
  take(untilNs: bigint | null): LanePart | null {
    this.advance();
    const { run, at } = this;
    if (!run) return null;
    const bound = untilNs === null ? null : untilNs - this.delayNs - this.lapShiftNs;
    const to = bound === null ? run.count : firstFrom(run, at, this.word, bound);
    if (to === at) return null;
    this.at = to;
    return { run, from: at, to };
  }

  /** Makes the next record the one that `headNs` speaks of; the part taken is no longer valid. */
  advance(): void {
    while (!this.run || this.at === this.run.count) {
      const step = this.runs.next();
      if (!step.done) {
        this.run = step.value;
        this.at = 0;
        this.word = indexWordOf(this.run.rtype, this.run.version);
        continue;
      }
      this.run = null;
      if (this.source.lapNs === null || this.empty) return;
      this.lap++;
      this.lapBegan = true;
      this.runs = this.lapFrom(0n);
    }
  }

  /** Gives the files back. */
  close(): void {
    this.runs.return(undefined);
  }

  private lapFrom(fromNs: bigint): Generator<RecordRun> {
    return mergedRuns(this.source.files, { from: fromNs > 0n ? fromNs : 0n, to: ALL_TIME });
  }
}

/** The first record from `from` on whose time is `bound` or later, or the run's count. */
function firstFrom(run: RecordRun, from: number, word: number, bound: bigint): number {
  if (bound <= 0n) return from;
  if (bound >= ALL_TIME) return run.count;
  const high = Number(bound >> 32n);
  const low = Number(bound & LOW_WORD);
  const { words } = run;
  const step = run.stride >> 2;
  let at = ((run.start + from * run.stride) >> 2) + word;
  for (let i = from; i < run.count; i++, at += step) {
    const h = words[at + 1]! >>> 0;
    if (h > high || (h === high && words[at]! >>> 0 >= low)) return i;
  }
  return run.count;
}
