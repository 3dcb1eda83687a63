/**
 * Intraday replay: the past of subscriptions with a start, as fast as the client reads. Source:
 * Databento docs, Live API, intraday replay.
 */
import type { GatewayFaultName } from './gateway-fault-names.ts';
import type { ConnectionFaults } from './gateway-faults.ts';
import { ERROR_CODE, SYSTEM_CODE } from './gateway-messages.ts';
import { sendNext } from './send-next.ts';
import { SessionLanes } from './session-lanes.ts';
import type { StreamContext } from './stream-context.ts';
import type { StreamSender } from './stream-sender.ts';
import type { Subscription } from './subscription-line.ts';

const NS_PER_SECOND = 1_000_000_000n;
const NS_PER_MS = 1e6;
/** Records are looked for this much before a start: clocks of venue and capture differ. */
const MARGIN_NS = NS_PER_SECOND;
/** Schemas whose start is compared with `ts_recv`; others with `ts_event`. */
const BY_INDEX = /^c?bbo-/;

/** Where a subscription's replay begins, Unix ns of the recording; it has a start. */
export function replayStart(subscription: Subscription, context: StreamContext): bigint {
  const { market, faults } = context;
  if (subscription.start === 0n) return market.firstNs;
  const early = amountNs('replay-duplicates', faults);
  const late = amountNs('replay-short', faults);
  return subscription.start! - market.shiftNs - early + late;
}

/** How much of a subscription's replay is sent again afterwards, ns: nothing but by a fault. */
export function replayOverlap(subscription: Subscription, context: StreamContext): bigint {
  return subscription.start === null ? 0n : amountNs('replay-overlap', context.faults);
}

function amountNs(name: GatewayFaultName, faults: ConnectionFaults): bigint {
  return BigInt(Math.round((faults.get(name) ?? 0) * NS_PER_MS));
}

/** Sends what of the subscriptions lies before `nowNs`, then says of each schema so. */
export async function replayPast(
  subscriptions: readonly Subscription[],
  nowNs: bigint,
  context: StreamContext,
  sender: StreamSender,
): Promise<void> {
  const past = subscriptions.filter((s) => s.start !== null);
  if (past.length === 0) return;
  if (past.some((s) => agedOut(s, nowNs, context))) {
    const seconds = context.replayNs! / NS_PER_SECOND;
    sender.fail(
      ERROR_CODE.REPLAY_AGED_OUT,
      `Replay data has aged out: it goes back ${seconds} s, start with 0 for all of it`,
    );
    return;
  }
  const lanes = new SessionLanes(context.market, (answers) => sender.answer(answers));
  try {
    for (const each of past) {
      const startNs = replayStart(each, context);
      const byIndex = BY_INDEX.test(each.schema) || each.start === 0n;
      if (byIndex) lanes.add(each, startNs, 0n);
      else lanes.add(each, startNs - MARGIN_NS, startNs);
    }
    while (!sender.over && sendNext(lanes, nowNs, sender)) await sender.breathe();
  } finally {
    lanes.close();
  }
  if (sender.over) return;
  for (const schema of new Set(past.map((each) => each.schema))) {
    sender.say(SYSTEM_CODE.REPLAY_COMPLETED, `Finished ${schema} replay`);
  }
}

function agedOut(subscription: Subscription, nowNs: bigint, context: StreamContext): boolean {
  if (subscription.start === 0n || context.replayNs === null) return false;
  return replayStart(subscription, context) < nowNs - context.replayNs;
}
