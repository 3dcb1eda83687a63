/**
 * Gaps of recorded and live sessions as streams tell them.
 */
import type { UnixNs } from '../core/index.ts';
import type { RecordingGap } from '../intake/index.ts';
import type { SourceGap } from './stream.ts';

/** What happened, by cause. */
const CAUSES: Readonly<Record<RecordingGap['cause'], string>> = {
  disconnected: 'the connection to the vendor was lost',
  stalled: 'the vendor fell silent and was connected to again',
  'slow-reader': 'the vendor left records out, for they were not read fast enough',
  'replay-incomplete': 'the vendor could not give again what was missed',
  'not-recorded': 'the recorder was not there',
  damaged: 'what the vendor sent was damaged, and it was connected to again',
};

/** What was done about it. */
const RECOVERIES: Readonly<Record<RecordingGap['recovery'], string>> = {
  none: 'records are lost',
  replay: 'what was missed was asked for again',
  snapshot: 'what happened meanwhile is not known, a snapshot followed',
};

/** A gap on the clock of a day's frames, in words. */
export function sourceGap(
  { fromNs, toNs, cause, recovery }: RecordingGap,
  originNs: UnixNs,
): SourceGap {
  return {
    fromNs: Number(fromNs - originNs),
    toNs: Number(toNs - originNs),
    cause: `${CAUSES[cause] ?? cause}: ${RECOVERIES[recovery] ?? recovery}`,
  };
}
