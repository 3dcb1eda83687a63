import type { WindowSpan } from '../../book/index.ts';
import { NS_PER_DAY, NS_PER_SECOND } from '../../core/index.ts';
import type { Counters } from '../stage.ts';

/** The windows that a day's data reaches. */
export interface CoveredSpans {
  spans: WindowSpan[];
  /** Seconds of the session that come after the day's last record: they have no windows. */
  secondsAfterData: number;
}

/**
 * Ends a session's spans with the data: what stood in the book when a file was cut short is not
 * continued, as if the market had stood still.
 * @param bronze counters of the partition that is read; one that does not tell `covered_seconds`
 * covers the whole day.
 */
export function coveredSpans(spans: readonly WindowSpan[], bronze: Counters): CoveredSpans {
  const endNs = (bronze['covered_seconds'] ?? NS_PER_DAY / NS_PER_SECOND) * NS_PER_SECOND;
  let beyondNs = 0;
  const covered: WindowSpan[] = [];
  for (const { fromNs, toNs } of spans) {
    const end = Math.min(toNs, Math.max(fromNs, endNs));
    if (end > fromNs) covered.push({ fromNs, toNs: end });
    beyondNs += toNs - end;
  }
  return { spans: covered, secondsAfterData: beyondNs / NS_PER_SECOND };
}
