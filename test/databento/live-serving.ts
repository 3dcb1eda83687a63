/** Sessions over connections that are served as a test says. */
import { onTestFinished } from 'vitest';
import {
  type LiveGap,
  type LiveItem,
  type LiveOptions,
  type LiveSubscription,
  openLive,
} from '../../src/databento/index.ts';
import { consume, type Delivered, ManualClock, TEST_KEY } from './live-consumer.ts';
import { DAY_NS, system } from './live-records.ts';
import {
  acceptLogin,
  type Peer,
  readSubscriptions,
  type ScriptedGateway,
  scriptedGateway,
} from './live-scripted-gateway.ts';

/** Second `n` of the day, Unix ns. */
export const at = (n: number) => DAY_NS + BigInt(n) * 1_000_000_000n;
export const MBO: LiveSubscription = { schema: 'mbo', stypeIn: 'raw_symbol', symbols: ['ESH6'] };
export const TRADES: LiveSubscription = { ...MBO, schema: 'trades' };
/** A message behind which `over` closes the session. */
export const THE_END = system(1, 'the end');

/** What a session did, with the gaps by themselves. */
export interface Session extends Delivered {
  gaps: LiveGap[];
  clock: ManualClock;
  server: ScriptedGateway;
  /** The start that the first subscription of each connection asked for. */
  starts: (string | null)[];
}

/** Runs a session over connections that `scripts` serve in turn, to the message `the end`. */
export async function over(
  scripts: ((peer: Peer) => Promise<void>)[],
  options: Partial<LiveOptions> = {},
  each: (item: LiveItem, clock: ManualClock, connection: number) => void = () => {},
): Promise<Session> {
  const server = await scriptedGateway((peer) =>
    scripts[Math.min(peer.connection, scripts.length) - 1]!(peer),
  );
  onTestFinished(() => server.close());
  const clock = new ManualClock();
  const { gateway, lines } = server;
  const base = { key: TEST_KEY, dataset: 'GLBX.MDP3', gateway, clock, subscriptions: [MBO] };
  const session = openLive({ ...base, ...options });
  const got = await consume(session, async (item) => {
    each(item, clock, lines.length);
    if (item.type === 'notice' && item.text === 'the end') await session.close();
  });
  const gaps = got.items.filter((item): item is LiveGap => item.type === 'gap');
  const starts = lines.map((said) => /start=(\d+)/.exec(said[1]!)?.[1] ?? null);
  return { ...got, gaps, clock, server, starts };
}

/** A whole login, then `pieces`, then `end`. */
export const serving =
  (end: (peer: Peer) => void, ...pieces: Uint8Array[]) =>
  async (peer: Peer): Promise<void> => {
    await acceptLogin(peer);
    await readSubscriptions(peer);
    for (const piece of pieces) await peer.write(piece);
    end(peer);
  };

/** Ends cleanly. */
export function fin(peer: Peer): void {
  peer.end();
}

/** Resets, once what was sent has been read. */
export function rst(peer: Peer): void {
  setTimeout(peer.reset, 30);
}

/** Leaves the connection open. */
export function stay(): void {}
