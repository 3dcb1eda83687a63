/**
 * The server against a live gateway, over real sockets: what was streamed is what its session
 * holds.
 */
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { rawTableFolder } from '../../src/lake/index.ts';
import { createVacuumPressureServer, type RunningServer } from '../../src/serve/index.ts';
import { startVendorGateway, type VendorGateway } from '../../src/vendor/index.ts';
import { liveFolder } from '../vendor/live-data.ts';
import { DT, type LakeFixture, makeLake } from './lake-fixture.ts';
import { TEST_KEY } from './live-session.ts';
import { type ReceivedFrame, StreamClient } from './stream-client.ts';

const LIVE = { source: 'live', symbol: 'ESH6', throttle_ms: 50 };
const data = liveFolder();
let fixture: LakeFixture;
let gateway: VendorGateway;
let server: RunningServer;

beforeAll(() => {
  fixture = makeLake();
});

beforeEach(async () => {
  gateway = await startVendorGateway({ data: data.path, keys: [TEST_KEY], speed: 4 });
  const { host, port } = gateway;
  server = await createVacuumPressureServer({
    lake: fixture.lake,
    cacheFolder: fixture.cacheFolder,
    port: 0,
    logLevel: 'silent',
    live: { key: TEST_KEY, gateway: { host, port } },
  });
});

afterEach(async () => {
  await server.close();
  await gateway.close();
});

afterAll(() => {
  fixture.drop();
  data.remove();
});

const spools = () =>
  readdirSync(join(fixture.cacheFolder, 'live')).filter((n) => n.endsWith('.dbn'));

/** What of a frame follows from the records alone; gaps are told by notes that a copy has not. */
function essence({ update, arrow }: ReceivedFrame) {
  const {
    session: _s,
    lag_ms: _l,
    skipped: _k,
    thinned: _t,
    gap: _g,
    book_valid: _b,
    ...rest
  } = update;
  return { ...rest, arrow: arrow.toString('base64') };
}

it('streams a session that is lost and found, and its records give the same frames', async () => {
  const client = new StreamClient(server.port, LIVE);
  await client.count(40);
  gateway.disconnectAll('rst');
  await client.until(() => client.frames.some(({ update }) => update.gap !== null), 'a gap');
  const lost = client.frames.length;
  const isWhole = () => client.frames.slice(lost).some(({ update }) => update.gap === null);
  await client.until(isWhole, 'the end of the gap');
  const live = [...client.frames];
  const cause = live.find(({ update }) => update.gap !== null)?.update.gap?.cause;
  expect(cause).toContain('the connection to the vendor was lost');
  expect(gateway.connections.map((c) => c.subscriptions.length)).toEqual([1, 1]);
  expect(gateway.connections[1]?.subscriptions[0]).toContain('snapshot=1');
  const metrics = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  expect(metrics).toContain(
    'spymaster_live_gaps_total{dataset="GLBX.MDP3",cause="disconnected"} 1',
  );

  const folder = rawTableFolder(fixture.lake, 'future_mbo', 'ES');
  mkdirSync(folder, { recursive: true });
  const [spool] = spools();
  const copy = join(folder, 'glbx-mdp3-20260105.mbo.dbn');
  copyFileSync(join(fixture.cacheFolder, 'live', spool as string), copy);
  const query = { symbol: 'ESH6', dt: DT, throttle_ms: 50, speed: 0 };
  const file = new StreamClient(server.port, query);
  await file.closed;
  const bySeq = new Map(file.frames.map((frame) => [frame.update.seq, frame]));
  const both = live.filter(({ update }) => bySeq.has(update.seq));
  expect(both.length).toBeGreaterThan(60);
  for (const frame of both.slice(1)) {
    expect(essence(frame)).toEqual(essence(bySeq.get(frame.update.seq) as ReceivedFrame));
  }
  await client.close();
});

it('gives a root its most traded contract, and one connection to all', async () => {
  const root = new StreamClient(server.port, { ...LIVE, symbol: 'ES' });
  const config = await root.message('runtime_config');
  expect(config).toMatchObject({ mode: 'live', symbol_root: 'ES', dt: DT });
  const next = new StreamClient(server.port, { ...LIVE, symbol: 'ESM6' });
  await next.count(3);
  await root.count(3);
  expect(gateway.connections).toHaveLength(1);
  const asked = gateway.connections[0]?.subscriptions.map(
    (line) => /symbols=([^|]+)/.exec(line)?.[1],
  );
  expect(asked?.[0]).toBe('ES.v.0');
  expect(new Set(asked).size).toBe(asked?.length);
  for (const client of [root, next]) await client.close();
});

it('says that a key is not accepted, without showing it', async () => {
  const { host, port } = gateway;
  const other = await createVacuumPressureServer({
    lake: fixture.lake,
    cacheFolder: join(fixture.root, 'other-cache'),
    port: 0,
    logLevel: 'silent',
    live: { key: TEST_KEY.replace('unittest', 'otherkey'), gateway: { host, port } },
  });
  const client = new StreamClient(other.port, LIVE);
  const error = await client.message('error');
  expect(error).toMatchObject({ code: 'VENDOR_AUTH', hint: expect.stringContaining('live check') });
  expect(JSON.stringify(error)).not.toContain('otherkey');
  expect((await client.closed).code).toBe(1011);
  await other.close();
});

it('leaves no session behind', async () => {
  const client = new StreamClient(server.port, LIVE);
  await client.count(1);
  expect(spools()).toHaveLength(1);
  await server.close();
  expect(spools()).toEqual([]);
});
