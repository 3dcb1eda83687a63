/**
 * Records of several files in the order of their index time, as runs.
 */
import { type RecordRun, sliceRun } from '../dbn/index.ts';
import type { DataFile } from './data-folder-index.ts';
import { DataFileReader } from './data-folder-reader.ts';
import { indexTimeOf, indexWordOf } from './data-folder-time.ts';

/** A span of index time, Unix ns: `from` inclusive, `to` exclusive. */
export interface TimeSpan {
  from: bigint;
  to: bigint;
}

/** A file being read: the run at hand and how far it was delivered. */
class Cursor {
  run: RecordRun | null = null;
  at = 0;
  word = 0;
  private readonly reader: DataFileReader;

  constructor(path: string) {
    this.reader = new DataFileReader(path);
    this.advance();
  }

  /** Goes on to the next run when the one at hand is used up. */
  advance(): void {
    if (this.run && this.at < this.run.count) return;
    this.run = this.reader.next();
    this.at = 0;
    if (this.run) this.word = indexWordOf(this.run.rtype, this.run.version);
  }

  time(i = this.at): bigint {
    return indexTimeOf(this.run!, i, this.word);
  }

  close(): void {
    this.reader.close();
  }
}

/**
 * The records of `files` whose index time lies in the span, merged by it; where times are equal the
 * file that is named first goes first. A file whose own order is another keeps it. A run is valid
 * until the next one is asked for. Closes the files when it is left.
 * @throws DataError, OperatingError naming the file.
 */
export function* mergedRuns(files: readonly DataFile[], span: TimeSpan): Generator<RecordRun> {
  const waiting = files
    .filter((f) => f.records > 0 && f.firstNs < span.to && f.lastNs >= span.from)
    .map((file, rank) => ({ file, rank }))
    .sort((a, b) => compare(a.file.firstNs, b.file.firstNs) || a.rank - b.rank);
  const open: { cursor: Cursor; rank: number; file: DataFile }[] = [];
  try {
    while (open.length > 0 || waiting.length > 0) {
      const now = earliest(open);
      const next = waiting[0];
      if (next && (!now || next.file.firstNs <= now.cursor.time())) {
        open.push({ ...next, cursor: new Cursor(next.file.path) });
        waiting.shift();
        continue;
      }
      yield* take(now!, open, next?.file.firstNs ?? null, span);
      now!.cursor.advance();
      if (!now!.cursor.run || (now!.file.sorted && now!.cursor.time() >= span.to)) {
        now!.cursor.close();
        open.splice(open.indexOf(now!), 1);
      }
    }
  } finally {
    for (const { cursor } of open) cursor.close();
  }
}

interface Open {
  cursor: Cursor;
  rank: number;
  file: DataFile;
}

function earliest(open: readonly Open[]): Open | null {
  let best: Open | null = null;
  for (const each of open) {
    if (!best) best = each;
    else {
      const order = compare(each.cursor.time(), best.cursor.time());
      if (order < 0 || (order === 0 && each.rank < best.rank)) best = each;
    }
  }
  return best;
}

/** Delivers what of the run at hand comes before any other file's next record. */
function* take(
  now: Open,
  open: readonly Open[],
  opensAt: bigint | null,
  span: TimeSpan,
): Generator<RecordRun> {
  const { cursor } = now;
  const run = cursor.run!;
  const from = cursor.at;
  let until = opensAt;
  let untilRank = Number.POSITIVE_INFINITY;
  for (const other of open) {
    if (other === now) continue;
    const time = other.cursor.time();
    if (until === null || time < until || (time === until && other.rank < untilRank)) {
      until = time;
      untilRank = other.rank;
    }
  }
  let to = run.count;
  if (until !== null && !(now.file.sorted && cursor.time(run.count - 1) < until)) {
    to = from + 1;
    while (to < run.count) {
      const time = cursor.time(to);
      if (time > until || (time === until && now.rank > untilRank)) break;
      if (time === until && untilRank === Number.POSITIVE_INFINITY) break;
      to++;
    }
  }
  cursor.at = to;
  yield* clipped(run, from, to, cursor.word, now.file.sorted, span);
}

/** The parts of records `[from, to)` that lie in the span. */
function* clipped(
  run: RecordRun,
  from: number,
  to: number,
  word: number,
  sorted: boolean,
  span: TimeSpan,
): Generator<RecordRun> {
  const inside = (i: number) => {
    const time = indexTimeOf(run, i, word);
    return time >= span.from && time < span.to;
  };
  if (sorted && inside(from) && inside(to - 1)) {
    yield sliceRun(run, from, to);
    return;
  }
  let begin = -1;
  for (let i = from; i < to; i++) {
    if (inside(i)) {
      if (begin < 0) begin = i;
    } else if (begin >= 0) {
      yield sliceRun(run, begin, i);
      begin = -1;
    }
  }
  if (begin >= 0) yield sliceRun(run, begin, to);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
