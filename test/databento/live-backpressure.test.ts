import { expect, it } from 'vitest';
import { openLive } from '../../src/databento/index.ts';
import { consume, ManualClock, TEST_KEY } from './live-consumer.ts';
import { joined, liveHeader, order, system } from './live-records.ts';
import {
  acceptLogin,
  type Peer,
  readSubscriptions,
  scriptedGateway,
} from './live-scripted-gateway.ts';

/** Orders sent: 56 MB, more than buffers and kernels hold. */
const ORDERS = 1_000_000;
const BATCH = joined(...Array.from({ length: 1000 }, (_, i) => order(i)));
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

it('stops reading while the consumer lags, blames nobody, and then delivers everything', async () => {
  let sent = 0;
  const server = await scriptedGateway(async (peer) => {
    await acceptLogin(peer);
    await readSubscriptions(peer);
    await peer.write(liveHeader());
    for (; sent < ORDERS; sent += 1000) await peer.write(BATCH);
    await peer.write(system(1, 'the end'));
  });
  const clock = new ManualClock();
  const session = openLive({
    key: TEST_KEY,
    dataset: 'GLBX.MDP3',
    gateway: server.gateway,
    clock,
    subscriptions: [{ schema: 'mbo', stypeIn: 'raw_symbol', symbols: ['A'], recovery: 'none' }],
  });
  let count = 0;
  let longest = 0;
  let lagged = false;
  const story: string[] = [];
  for await (const item of session) {
    if (item.type === 'records') {
      count += item.count;
      longest = Math.max(longest, item.bytes.length);
      if (lagged) continue;
      lagged = true;
      // Nothing is taken until the gateway can send no more; hours pass, and no watchdog barks.
      for (let before = -1; before !== sent; await pause(100)) before = sent;
      expect(sent).toBeLessThan(ORDERS);
      for (let hour = 0; hour < 3; hour++) {
        clock.pass(3_600_000);
        await pause(10);
      }
    } else if (item.type === 'notice' && item.text === 'the end') await session.close();
    else story.push(item.type);
  }
  expect(count).toBe(ORDERS + 1);
  expect(longest).toBeLessThanOrEqual(1024 * 1024);
  expect(story).toEqual(['notice', 'connected']);
  await server.close();
});

it('does not give up on a gateway whose bytes wait for us because we are busy', async () => {
  let gateway: Peer | null = null;
  const server = await scriptedGateway(async (peer) => {
    gateway = peer;
    await acceptLogin(peer);
    await readSubscriptions(peer);
    await peer.write(joined(liveHeader(), order(1)));
  });
  const clock = new ManualClock();
  const session = openLive({
    key: TEST_KEY,
    dataset: 'GLBX.MDP3',
    gateway: server.gateway,
    clock,
    subscriptions: [{ schema: 'mbo', stypeIn: 'raw_symbol', symbols: ['A'], recovery: 'none' }],
  });
  const got = await consume(session, async (item) => {
    if (item.type === 'notice' && item.text === 'the end') await session.close();
    if (item.type !== 'records' || item.count > 1) return;
    // The bytes lie in the kernel when time is up, as nothing is read before this function returns.
    void gateway!.write(joined(order(2), system(1, 'the end')));
    clock.pass(40_000);
  });
  expect(got.story).toEqual(['connected 1', 'records 3', 'notice subscription-acknowledged']);
  await server.close();
});
