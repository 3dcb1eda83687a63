/** Our client at the conformance gateway, through every fault that it can inject. */
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ApiKey, type LiveGap, type LiveOptions, openLive } from '../../src/databento/index.ts';
import { FLAG, initZstd, RTYPE } from '../../src/dbn/index.ts';
import {
  DataFolder,
  startVendorGateway,
  type VendorGateway,
  type VendorGatewayOptions,
} from '../../src/vendor/index.ts';
import { encoded, liveFolder, MBO_COUNT, mboRecords } from '../vendor/live-data.ts';
import { consume, type Delivered, ManualClock } from './live-consumer.ts';

const KEY = 'db-0123456789abcdefghijklmFAULTS';
const ALL = encoded(mboRecords());
/** Real time between two moves of the clock, in tests where a timeout has to pass, ms. */
const STEP_MS = 100;

let folder: ReturnType<typeof liveFolder>;
let data: DataFolder;
let gateway: VendorGateway;
beforeAll(async () => {
  await initZstd();
  folder = liveFolder();
  data = await DataFolder.open(folder.path);
});
afterEach(() => gateway.close());
afterAll(() => folder.remove());

/** Order events only: what has to be complete. */
function ordersOf(bytes: Uint8Array): Buffer {
  const orders: Uint8Array[] = [];
  for (let at = 0, size = 0; at < bytes.length; at += size) {
    size = bytes[at]! * 4;
    if (bytes[at + 1] === RTYPE.MBO) orders.push(bytes.subarray(at, at + size));
  }
  return Buffer.concat(orders);
}

/** Listens until `wanted` order events have come, or the session ends by itself. */
async function listen(
  faults: string[],
  wanted = MBO_COUNT,
  more: {
    gateway?: Partial<VendorGatewayOptions>;
    client?: Partial<LiveOptions>;
    pass?: number;
  } = {},
): Promise<Delivered & { gaps: LiveGap[] }> {
  const shared = { data, keys: [KEY], speed: 0, sharedClock: true };
  gateway = await startVendorGateway({ ...shared, faults, ...more.gateway });
  const clock = new ManualClock();
  const session = openLive({
    key: new ApiKey(KEY),
    dataset: 'GLBX.MDP3',
    gateway: { host: '127.0.0.1', port: gateway.port },
    clock,
    subscriptions: [{ schema: 'mbo', stypeIn: 'raw_symbol', symbols: 'ALL_SYMBOLS' }],
    ...more.client,
  });
  const timer = more.pass ? setInterval(() => clock.pass(more.pass!), STEP_MS) : undefined;
  let orders = 0;
  const got = await consume(session, async (item) => {
    if (item.type === 'records') orders += ordersOf(item.bytes).length / 56;
    if (orders >= wanted) await session.close();
  });
  clearInterval(timer);
  const told = JSON.stringify(got.items, (_, v) => (typeof v === 'bigint' ? String(v) : v));
  expect(`${told}${inspect(got.error)}`).not.toContain(KEY);
  return { ...got, gaps: got.items.filter((item): item is LiveGap => item.type === 'gap') };
}

describe('harmless oddities: everything arrives, and nothing is told', () => {
  it.each([
    'split-lines',
    'merged-greeting',
    'trailing-bar',
    'merged-stream',
    'split-stream:3000',
    'unknown-rtype:700',
    'oversize:700',
    'no-codes',
    'auth-delayed:20',
  ])('%s', async (fault) => {
    const got = await listen([fault]);
    expect(got.error).toBe(null);
    expect(got.gaps).toEqual([]);
    expect(ordersOf(got.bytes).equals(ALL)).toBe(true);
  });

  it.each([1, 2, 3] as const)('version %i, compressed', async (version) => {
    const got = await listen([], MBO_COUNT, {
      gateway: { version },
      client: { compression: 'zstd' },
    });
    expect(got.gaps).toEqual([]);
    expect(ordersOf(got.bytes).equals(ALL)).toBe(true);
  });
});

describe('ends that nobody asked for: gaps are told, and the replay makes them whole', () => {
  it.each([
    [['fin:700@2'], 'disconnected', 2],
    [['fin-mid-record:700@2'], 'disconnected', 2],
    [['rst:700@2'], 'disconnected', 2],
    [['drop-records:1300@4'], 'disconnected', 4],
    [['length-zero:700@2'], 'damaged', 2],
    [['error-3:700@1'], 'disconnected', 1],
    [['error-6:700@1'], 'disconnected', 1],
    [['fin:700@1', 'replay-duplicates:5000'], 'disconnected', 1],
    [['fin:2500@1', 'replay-short:3000'], 'disconnected', 1],
    [['fin:700@1', 'no-codes'], 'disconnected', 1],
    [['fin:700@1', 'refuse@2'], 'disconnected', 0],
  ] as const)('%j', async (faults, cause, gaps) => {
    const got = await listen([...faults]);
    expect(got.error).toBe(null);
    const expected = Array(gaps).fill({ cause, recovery: 'replay' });
    expect(got.gaps.map(({ cause, recovery }) => ({ cause, recovery }))).toEqual(expected);
    expect(ordersOf(got.bytes).equals(ALL)).toBe(true);
  });

  it('silence: given up after the heartbeat is due', async () => {
    const got = await listen(['silence:700@1'], MBO_COUNT, { pass: 20_000 });
    expect(got.gaps.map((gap) => gap.cause)).toContain('stalled');
    expect(ordersOf(got.bytes).equals(ALL)).toBe(true);
  });

  it('snapshots: the books begin anew behind the gap', async () => {
    const book = {
      schema: 'mbo',
      stypeIn: 'raw_symbol',
      symbols: ['ESH6'],
      snapshot: true,
    } as const;
    const got = await listen(['fin:700@1'], 1500, { client: { subscriptions: [book] } });
    expect(got.gaps).toMatchObject([{ cause: 'disconnected', recovery: 'snapshot' }]);
    const behind = got.items.slice(got.items.indexOf(got.gaps[0]!));
    const bytes = behind.flatMap((item) => (item.type === 'records' ? [item.bytes] : []));
    const orders = ordersOf(Buffer.concat(bytes));
    expect([String.fromCharCode(orders[38]!), orders[36]! & FLAG.SNAPSHOT]).toEqual(['R', 32]);
  });

  it('a replay that lacks what was delivered is told', async () => {
    const got = await listen(['fin:2500@1', 'replay-short:15000']);
    expect(got.gaps.map(({ cause, recovery }) => `${cause} ${recovery}`)).toEqual([
      'disconnected replay',
      'replay-incomplete none',
    ]);
  });
});

describe('what is lost is told as lost', () => {
  it('error 7: the records that were skipped, between those before and those after', async () => {
    const got = await listen(['error-7:200'], MBO_COUNT - 200);
    expect(got.gaps).toMatchObject([{ cause: 'slow-reader', recovery: 'none' }]);
    const [{ fromNs, toNs } = { fromNs: 0n, toNs: 0n }] = got.gaps;
    const events = mboRecords().map((record) => record.ts_event);
    const newest = events.slice(0, 200).sort().at(-1);
    expect([fromNs, toNs]).toEqual([newest, events[400]]);
    const rest = Buffer.concat([ALL.subarray(0, 200 * 56), ALL.subarray(400 * 56)]);
    expect(ordersOf(got.bytes).equals(rest)).toBe(true);
  });

  it('error 8: a replay that has aged out', async () => {
    const got = await listen(['fin:2500@1'], MBO_COUNT, { gateway: { replayNs: 1_000_000_000n } });
    expect(got.gaps.map(({ cause, recovery }) => `${cause} ${recovery}`)).toEqual([
      'disconnected replay',
      'replay-incomplete none',
      'disconnected none',
    ]);
  });
});

describe('refusals', () => {
  it.each([
    ['auth-refused', 'VENDOR_AUTH'],
    ['unknown-key', 'VENDOR_AUTH'],
    ['wrong-challenge', 'VENDOR_AUTH'],
    ['auth-garbled', 'VENDOR_PROTOCOL'],
    ['endless-greeting', 'VENDOR_PROTOCOL'],
    ['error-1:700', 'VENDOR_AUTH'],
    ['error-2:700', 'VENDOR_AUTH'],
    ['error-5:700', 'VENDOR_REFUSED'],
  ])('%s is final', async (fault, code) => {
    const got = await listen([fault]);
    expect(got.error).toMatchObject({ code });
    expect(gateway.connections).toHaveLength(1);
    const orders = ordersOf(got.bytes);
    expect(orders.equals(ALL.subarray(0, fault.startsWith('error') ? 700 * 56 : 0))).toBe(true);
  });

  it.each(['connection-limit@2', 'refuse@3'])('%s passes', async (fault) => {
    const got = await listen([fault]);
    expect(got.gaps).toEqual([]);
    expect(ordersOf(got.bytes).equals(ALL)).toBe(true);
  });

  it('no greeting: the attempt is given up and made again', async () => {
    const got = await listen(['no-greeting@1'], MBO_COUNT, { pass: 30_000 });
    expect(ordersOf(got.bytes).equals(ALL)).toBe(true);
    const texts = got.items.flatMap((item) => (item.type === 'notice' ? [item.text] : []));
    expect(texts.join('\n')).toMatch(/nothing within 30 s; awaited the greeting/);
  });
});
