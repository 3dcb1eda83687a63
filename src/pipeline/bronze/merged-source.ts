/**
 * Several files of a day as one, in the order of the clock.
 */
import { type RecordRun, sliceRun } from '../../dbn/index.ts';
import type { DaySource } from './day-source.ts';
import { clockWord, type Origin, timeAt } from './record-clock.ts';

/** A file to be merged, and the instruments taken from it; null for all. */
export interface MergedPart {
  source: DaySource;
  keep: ReadonlySet<number> | null;
}

/** Where a file stands. A file's own order is kept: its clock never runs back here. */
class Cursor {
  run: RecordRun | null = null;
  at = 0;
  clock = Number.NEGATIVE_INFINITY;
  private readonly part: MergedPart;
  private readonly rtype: number;
  private readonly origin: Origin;

  constructor(part: MergedPart, rtype: number, origin: Origin) {
    this.part = part;
    this.rtype = rtype;
    this.origin = origin;
    this.settle();
  }

  /** Goes to the next record that is taken and notes its time. */
  settle(): void {
    for (;;) {
      if (!this.run || this.at === this.run.count) {
        this.run = this.part.source.next();
        this.at = 0;
        if (!this.run) return;
      }
      if (this.run.rtype !== this.rtype || this.taken()) break;
      this.at++;
    }
    if (this.run.rtype === this.rtype) this.clock = Math.max(this.clock, this.time());
  }

  /** Takes records while they are not later than `bound`; at least one. */
  take(bound: number, strictly: boolean): RecordRun {
    const run = this.run!;
    const from = this.at;
    if (run.rtype !== this.rtype) {
      this.at = run.count;
      return sliceRun(run, from, run.count);
    }
    for (this.at++; this.at < run.count && this.taken(); this.at++) {
      const clock = Math.max(this.clock, this.time());
      if (clock > bound || (strictly && clock === bound)) break;
      this.clock = clock;
    }
    return sliceRun(run, from, this.at);
  }

  private taken(): boolean {
    const { keep } = this.part;
    return keep === null || keep.has(this.word(1) >>> 0);
  }

  private word(k: number): number {
    const run = this.run!;
    return run.words[((run.start + this.at * run.stride) >> 2) + k]!;
  }

  private time(): number {
    const run = this.run!;
    const at = (run.start + this.at * run.stride) >> 2;
    const ns = timeAt(run.words, at + clockWord(run.rtype), this.origin);
    // An undefined time says nothing of the order.
    return ns < Number.MAX_SAFE_INTEGER ? ns : this.clock;
  }
}

function earliest(cursors: readonly Cursor[]): Cursor | null {
  let best: Cursor | null = null;
  for (const c of cursors) if (c.run && (best === null || c.clock < best.clock)) best = c;
  return best;
}

/** Files merged by the time of capture; of equal times, the file named first goes first. */
export function mergeSources(
  parts: readonly MergedPart[],
  rtype: number,
  origin: Origin,
): DaySource {
  let cursors: Cursor[] | null = null;
  let last: Cursor | null = null;
  const next = (): RecordRun | null => {
    cursors ??= parts.map((part) => new Cursor(part, rtype, origin));
    last?.settle();
    last = earliest(cursors);
    if (!last) return null;
    const others = cursors.filter((c) => c !== last && c.run);
    const bound = Math.min(...others.map((c) => c.clock));
    const before = cursors.indexOf(last);
    const strictly = others.some((c) => c.clock === bound && cursors!.indexOf(c) < before);
    return last.take(bound, strictly);
  };
  return {
    metadata: parts.flatMap((p) => p.source.metadata),
    next,
    counters: () => {
      const sum: Record<string, number> = {};
      for (const { source } of parts) {
        for (const [k, n] of Object.entries(source.counters())) sum[k] = (sum[k] ?? 0) + n;
      }
      return sum;
    },
    progress: () => Math.min(...parts.map((p) => p.source.progress())),
    close: () => {
      for (const { source } of parts) source.close();
    },
  };
}
