/**
 * One step of a stream: the records that come next, and the intervals that end before them.
 */
import { indexTimeOf, indexWordOf } from '../data-folder-time.ts';
import { SYSTEM_CODE } from './gateway-messages.ts';
import { isInterval } from './market-lane.ts';
import { eachWanted } from './record-filter.ts';
import type { SessionLanes } from './session-lanes.ts';
import type { StreamSender } from './stream-sender.ts';

/**
 * Sends the next records that are known before `untilNs` (Unix ns of the recording; null:
 * whenever).
 * @returns false when there are none.
 */
export function sendNext(
  lanes: SessionLanes,
  untilNs: bigint | null,
  sender: StreamSender,
): boolean {
  const taken = lanes.next(untilNs);
  for (const lane of lanes.ended(taken ? taken.headNs : untilNs)) {
    sender.say(
      SYSTEM_CODE.END_OF_INTERVAL,
      `End of interval for ${lane.schema}`,
      lane.openInterval!,
    );
    lane.openInterval = null;
  }
  if (!taken) return false;
  const { run, from, to, owner, headNs } = taken;
  const { lane } = owner;
  if (isInterval(lane.schema)) lane.openInterval = headNs;
  if (lane.schema === 'mbo' && lane.tookLap()) sender.clearBooks(taken);
  let end = to;
  eachWanted(taken, (a, b) => {
    const came = sender.send(run, a, b, lane);
    if (came < b && came < end) end = came;
  });
  const word = indexWordOf(run.rtype, run.version);
  if (end > from) sender.clock.reached(indexTimeOf(run, end - 1, word) + lane.lapShiftNs + 1n);
  return true;
}
