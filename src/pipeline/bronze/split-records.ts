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
 * Names the rows of partition `k` from record `from` on, stretch by stretch, as far as they follow
 * each other and fit.
 * @returns the record behind them.
 */
function nameRows(
  routes: InstrumentRoutes,
  run: RecordRun,
  from: number,
  k: number,
  rows: BatchRows,
  counted: boolean,
): number {
  const { words } = run;
  const step = run.stride >> 2;
  let at = from;
  while (at < run.count && rows.room > 0) {
    const route = routes.find(words[(run.start >> 2) + at * step + 1]! >>> 0);
    if (route.partition !== k) break;
    const to = Math.min(stretchEnd(run, at), at + rows.room);
    rows.name(route.instrument, to - at);
    if (!counted) routes.count(route, to - at);
    at = to;
  }
  return at;
}

/** Puts records of other partitions than `k` into the spill. @returns the record behind them. */
function spillOthers(split: Split, run: RecordRun, from: number, k: number): number {
  const { routes, spill } = split;
  const step = run.stride >> 2;
  let at = from;
  while (at < run.count) {
    const route = routes.find(run.words[(run.start >> 2) + at * step + 1]! >>> 0);
    if (route.partition === k) break;
    const to = stretchEnd(run, at);
    routes.count(route, to - at);
    if (route.partition >= 0) spill.append(route.partition, run, at, to);
    at = to;
  }
  return at;
}

/**
 * Batches of the records of a run that belong to partition `k`; others go into the spill.
 * @param counted they were counted when they went into the spill.
 */
function* rowsOfRun(
  split: Split,
  run: RecordRun,
  k: number,
  rows: BatchRows,
  counted: boolean,
): Generator<TableBatch> {
  const step = run.stride >> 2;
  for (let at = 0; at < run.count; ) {
    const to = nameRows(split.routes, run, at, k, rows, counted);
    if (to > at) rows.append(run.words, (run.start >> 2) + at * step, step, to - at);
    if (rows.room === 0) yield rows.take();
    at = spillOthers(split, run, to, k);
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
