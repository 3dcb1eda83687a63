/**
 * One pass over a day's records: those of the largest partition become batches as they come, those
 * of the others wait in a spill.
 */
import { type RecordRun, RTYPE } from '../../dbn/index.ts';
import type { TableBatch } from '../../lake/index.ts';
import type { BatchRows } from './batch-rows.ts';
import type { InstrumentRoutes, Route } from './instrument-routes.ts';
import type { RecordSpill } from './record-spill.ts';

/** Records looked at before the largest partition is chosen, bytes. */
const HEAD_BYTES = 48 * 1024 * 1024;

/** Records of a day, and what is done with them. */
export interface Split {
  /** The next run of records of any type; null at the end. */
  next: () => RecordRun | null;
  /** Type of the records that are wanted. */
  rtype: number;
  routes: InstrumentRoutes;
  spill: RecordSpill;
  /** Records of other types so far. */
  others: { records: number };
  /** Is shown the runs of symbol mappings, which live recordings have in their midst. */
  onMappings: (run: RecordRun) => void;
  /** Records looked at before the largest partition is chosen, bytes. */
  headBytes?: number;
}

/** Told each stretch of records of one instrument that has a partition. */
type OnStretch = (route: Route, run: RecordRun, from: number, to: number) => void;

function nextWanted(split: Split): RecordRun | null {
  for (;;) {
    const run = split.next();
    if (!run || run.rtype === split.rtype) return run;
    split.others.records += run.count;
    if (run.rtype === RTYPE.SYMBOL_MAPPING) split.onMappings(run);
  }
}

/** End of the stretch of records of one instrument that starts at record `from`. */
function stretchEnd(run: RecordRun, from: number): number {
  const { words, count } = run;
  const step = run.stride >> 2;
  let w = (run.start >> 2) + from * step + 1;
  const id = words[w]!;
  let to = from + 1;
  for (w += step; to < count && words[w] === id; w += step) to++;
  return to;
}

function eachStretch(routes: InstrumentRoutes, run: RecordRun, on: OnStretch): void {
  const step = run.stride >> 2;
  for (let from = 0; from < run.count; ) {
    const to = stretchEnd(run, from);
    const route = routes.find(run.words[(run.start >> 2) + from * step + 1]! >>> 0);
    routes.count(route, to - from);
    if (route.partition >= 0) on(route, run, from, to);
    from = to;
  }
}

/**
 * Reads the first records of the day into the spill.
 * @returns the number of the partition with the most of them; -1 when there is none.
 */
export function readHead(split: Split): number {
  const { routes, spill, headBytes = HEAD_BYTES } = split;
  while (spill.heldBytes + spill.spilledBytes < headBytes) {
    const run = nextWanted(split);
    if (!run) break;
    eachStretch(routes, run, (route, r, from, to) => spill.append(route.partition, r, from, to));
  }
  let largest = -1;
  for (const [k, found] of routes.partitions.entries()) {
    if (largest < 0 || found.records > routes.partitions[largest]!.records) largest = k;
  }
  return largest;
}

/**
 * Batches of the records of a run that belong to partition `k`; others go into the spill.
 * @param counted the records were counted when they went into the spill.
 */
function* rowsOfRun(
  split: Split,
  run: RecordRun,
  k: number,
  rows: BatchRows,
  counted: boolean,
): Generator<TableBatch> {
  const { routes, spill } = split;
  const step = run.stride >> 2;
  for (let from = 0; from < run.count; ) {
    const first = (run.start >> 2) + from * step;
    const route = routes.find(run.words[first + 1]! >>> 0);
    let to = stretchEnd(run, from);
    if (route.partition === k) {
      to = Math.min(to, from + rows.room);
      rows.append(run.words, first, step, to - from, route.instrument);
    } else if (route.partition >= 0) {
      spill.append(route.partition, run, from, to);
    }
    if (!counted) routes.count(route, to - from);
    from = to;
    if (rows.room === 0) yield rows.take();
  }
}

/** Batches of the partition that `readHead` chose, to the end of the day. */
export function* streamPartition(split: Split, k: number, rows: BatchRows): Generator<TableBatch> {
  for (const run of split.spill.read(k)) yield* rowsOfRun(split, run, k, rows, true);
  for (let run = nextWanted(split); run; run = nextWanted(split)) {
    yield* rowsOfRun(split, run, k, rows, false);
  }
  if (rows.rows > 0) yield rows.take();
}

/** Batches of a partition that waited in the spill. */
export function* spilledPartition(split: Split, k: number, rows: BatchRows): Generator<TableBatch> {
  for (const run of split.spill.read(k)) yield* rowsOfRun(split, run, k, rows, true);
  if (rows.rows > 0) yield rows.take();
}
