/**
 * Which records of a lane a session is sent.
 */
import type { RecordRun } from '../../dbn/index.ts';
import { indexTimeOf } from '../data-folder-time.ts';
import type { Taken } from './session-lanes.ts';

const TS_EVENT_WORD = 2;

/** Calls `send` for every stretch of the records that the subscriptions ask for, in order. */
export function eachWanted(taken: Taken, send: (from: number, to: number) => void): void {
  const { run, from, to, owner } = taken;
  const { instruments, minEventNs, lane } = owner;
  if (instruments === null && minEventNs === null) {
    send(from, to);
    return;
  }
  const wanted = filterOf(run, instruments, minEventNs && minEventNs - lane.lapShiftNs);
  for (let i = from; i < to; ) {
    const start = i;
    while (i < to && wanted(i)) i++;
    if (i > start) send(start, i);
    while (i < to && !wanted(i)) i++;
  }
}

function filterOf(
  run: RecordRun,
  instruments: ReadonlySet<number> | null,
  minEventNs: bigint | null,
): (i: number) => boolean {
  const { words } = run;
  const first = run.start >> 2;
  const step = run.stride >> 2;
  return (i) => {
    if (instruments && !instruments.has(words[first + i * step + 1]! >>> 0)) return false;
    return minEventNs === null || indexTimeOf(run, i, TS_EVENT_WORD) >= minEventNs;
  };
}
