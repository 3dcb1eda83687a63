/** Gaps kept for drawing. */
const MAX_GAPS = 500;

/** A span of time without comparable frames. */
export interface Gap {
  /** First and last time column of the gap. */
  from: number;
  to: number;
  cause: string;
}

/** The gaps behind the hatching: same causes that touch are one gap. */
export class GapHistory {
  readonly gaps: Gap[] = [];
  /** Gaps met since the last clear, also those no longer held. */
  total = 0;

  /** Adds a gap; joins it to the last one when they touch and share the cause. */
  add(gap: Gap): void {
    if (gap.to < gap.from) return;
    const last = this.gaps.at(-1);
    if (last && last.cause === gap.cause && gap.from <= last.to + 1 && gap.to >= last.from) {
      last.from = Math.min(last.from, gap.from);
      last.to = Math.max(last.to, gap.to);
      return;
    }
    this.gaps.push(gap);
    this.total++;
    if (this.gaps.length > MAX_GAPS) this.gaps.shift();
  }

  /** Forgets what lies at or after a column. */
  truncateFrom(column: number): void {
    for (let i = this.gaps.length - 1; i >= 0; i--) {
      const gap = this.gaps[i]!;
      if (gap.from >= column) this.gaps.splice(i, 1);
      else gap.to = Math.min(gap.to, column - 1);
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.gaps.length = 0;
    this.total = 0;
  }
}

/** A length of time in words: 350 ms, 12.5 s, 3 min 20 s, 2 h 5 min. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.round((ms % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
