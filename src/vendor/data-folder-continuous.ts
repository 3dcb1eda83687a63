/**
 * Which future a continuous symbol stands for on a day. Source: Databento docs, Symbology: `c` by
 * expiry, `v` by the volume of the day before. `n`, by open interest, is known from headers only.
 */
import type { SymbolSpan } from './data-folder-symbols.ts';

/** A continuous symbol's parts. */
export interface ContinuousRule {
  root: string;
  by: 'c' | 'v';
  /** 0 for the first. */
  rank: number;
}

/** A future and when it expires, day since 1970-01-01. */
export interface Candidate {
  span: SymbolSpan;
  expires: number;
}

const CONTINUOUS = /^(.+)\.([cv])\.(\d{1,2})$/;

/** The parts of `ES.c.0`; null when it is none, or of a rule that needs what a folder lacks. */
export function parseContinuous(name: string): ContinuousRule | null {
  const [, root, by, rank] = CONTINUOUS.exec(name) ?? [];
  return root === undefined ? null : { root, by: by as 'c' | 'v', rank: Number(rank) };
}

/** Contracts traded, by day and instrument. */
export class DayVolumes {
  private readonly byDay = new Map<number, Map<number, number>>();

  /** Of several tellings of the same day the largest counts. */
  add(instrumentId: number, day: number, volume: number): void {
    const volumes = this.byDay.get(day) ?? new Map<number, number>();
    this.byDay.set(day, volumes);
    volumes.set(instrumentId, Math.max(volume, volumes.get(instrumentId) ?? 0));
  }

  /**
   * Volumes of the last day before `day` that any of the instruments traded on; where there is
   * none, of `day` itself: the first day of a folder has no day before.
   */
  before(day: number, ids: ReadonlySet<number>): ReadonlyMap<number, number> {
    const traded = (d: number) => [...this.byDay.get(d)!.keys()].some((id) => ids.has(id));
    const days = [...this.byDay.keys()].filter((d) => d < day && traded(d));
    const last = days.length > 0 ? Math.max(...days) : day;
    return this.byDay.get(last) ?? new Map();
  }
}

/** What the rule chooses of the futures on a day; null when there is none of that rank. */
export function choose(
  rule: ContinuousRule,
  futures: readonly Candidate[],
  volumes: DayVolumes,
  day: number,
): SymbolSpan | null {
  const there = futures
    .filter(({ span, expires }) => span.from <= day && day < span.to && expires >= day)
    .sort((a, b) => a.expires - b.expires);
  if (rule.by === 'v') {
    const of = volumes.before(day, new Set(there.map(({ span }) => span.instrumentId)));
    const volume = ({ span }: Candidate) => of.get(span.instrumentId) ?? 0;
    there.sort((a, b) => volume(b) - volume(a));
  }
  return there[rule.rank]?.span ?? null;
}
