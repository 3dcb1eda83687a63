import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Prng } from '../../src/core/index.ts';
import { openLive } from '../../src/databento/index.ts';
import { consume, ManualClock, TEST_KEY } from './live-consumer.ts';
import { joined, liveHeader, mapping, order, system } from './live-records.ts';
import {
  acceptLogin,
  type Peer,
  readSubscriptions,
  scriptedGateway,
} from './live-scripted-gateway.ts';

const RUNS = 60;

/** What a gateway may send behind a login, whole or spoiled: bytes of chance, or a stream bent. */
function hostileBytes(random: Prng): Uint8Array {
  const noise = Uint8Array.from({ length: random.int(3000) }, () => random.int(256));
  if (random.int(3) === 0) return noise;
  const stream = joined(
    liveHeader(),
    mapping(7, 'ESH6', 'ESH6'),
    ...Array.from({ length: random.int(20) }, (_, i) => order(i)),
    system(random.int(256), 'x'.repeat(random.int(300))),
  );
  for (let i = random.int(4); i >= 0; i--) stream[random.int(stream.length)] = random.int(256);
  return random.int(2) === 0 ? stream : joined(stream, noise);
}

async function survives(script: (peer: Peer) => Promise<void>): Promise<void> {
  const server = await scriptedGateway(script);
  const session = openLive({
    key: TEST_KEY,
    dataset: 'GLBX.MDP3',
    gateway: server.gateway,
    clock: new ManualClock(),
    subscriptions: [{ schema: 'mbo', stypeIn: 'raw_symbol', symbols: ['ESH6'] }],
    maxAttempts: 2,
  });
  const got = await consume(session, async () => {
    if (server.lines.length > 4) await session.close();
  });
  if (got.error) expect(got.error).toMatchObject({ code: expect.stringMatching(/^(VENDOR|DBN)_/) });
  let at = 0;
  while (at < got.bytes.length) at += got.bytes[at]! * 4;
  expect(at).toBe(got.bytes.length);
  await server.close();
}

it('ends or goes on, with whole records only, whatever comes behind the login', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 1e6 }), async (seed) => {
      const random = new Prng(seed);
      await survives(async (peer) => {
        await acceptLogin(peer);
        await readSubscriptions(peer);
        const bytes = hostileBytes(random);
        const cut = random.int(bytes.length + 1);
        await peer.write(bytes.subarray(0, cut));
        await peer.write(bytes.subarray(cut));
        peer.end();
      });
    }),
    { seed: 3, numRuns: RUNS },
  );
});

it('ends or goes on whatever comes instead of a login', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.boolean(), async (noise, greeted) => {
      await survives(async (peer) => {
        if (greeted) await peer.write('lsg_version=1\ncram=x\n');
        await peer.write(noise);
        peer.end();
      });
    }),
    { seed: 4, numRuns: RUNS },
  );
});
