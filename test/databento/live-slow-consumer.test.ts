/** A consumer of ours that falls behind the stand-in's market, and what it is told. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiKey, type LiveItem, type LiveOptions, openLive } from '../../src/databento/index.ts';
import { type DbnRecord, initZstd, RTYPE, type Schema } from '../../src/dbn/index.ts';
import { DataFolder, startVendorGateway } from '../../src/vendor/index.ts';
import { dbnFile, liveFolder, quoteRecords, START_NS, tradeRecords } from '../vendor/live-data.ts';
import { consume, ManualClock } from './live-consumer.ts';

const KEY = `db-${'0'.repeat(24)}SLOWR`;
/** Enough of them to fill what sockets of this machine hold unread, several times. */
const RECORDS = 250_000;
const STEP_NS = 10_000n;
const SEND_BUFFER_BYTES = 1024 * 1024;
/** When most of the market has gone by, and when all of it, ms. */
const MOST_MS = 2400;
const OVER_MS = 10_000;
const TS_EVENT_AT = 8;
const TS_RECV_AT = 32;

/** A record again and again, each at its own time. */
function market(schema: Schema, record: DbnRecord, bytes: number): Uint8Array {
  const file = dbnFile(schema, [record]);
  const header = file.length - bytes;
  const whole = Buffer.alloc(header + RECORDS * bytes);
  whole.set(file.subarray(0, header));
  for (let i = 0; i < RECORDS; i++) {
    const at = header + i * bytes;
    whole.set(file.subarray(header), at);
    const ns = START_NS + BigInt(i) * STEP_NS;
    whole.writeBigUInt64LE(ns, at + TS_EVENT_AT);
    whole.writeBigUInt64LE(ns, at + TS_RECV_AT);
  }
  return whole;
}

let folder: ReturnType<typeof liveFolder>;
let data: DataFolder;
beforeAll(async () => {
  await initZstd();
  const [trade] = tradeRecords();
  const { levels } = quoteRecords()[0]!;
  const quote = { ...trade!, rtype: RTYPE.MBP_1, ...(levels && { levels }) };
  folder = liveFolder({
    'a.trades.dbn': market('trades', trade!, 48),
    'a.mbp-1.dbn': market('mbp-1', quote, 80),
  });
  data = await DataFolder.open(folder.path);
});
afterAll(() => folder.remove());

/** Times of the records of data, in order. */
function timesOf(bytes: Uint8Array): bigint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const times: bigint[] = [];
  for (let at = 0; at < bytes.length; at += bytes[at]! * 4) {
    const isData = bytes[at + 1] === RTYPE.MBP_1 || bytes[at + 1] === RTYPE.TRADES;
    if (isData) times.push(view.getBigUint64(at + TS_RECV_AT, true));
  }
  return times;
}

const LAST_NS = START_NS + BigInt(RECORDS - 1) * STEP_NS;

/** Listens; the consumer takes its first records and then nothing until the gateway is stuck. */
async function fallBehind(schema: Schema, more: Partial<LiveOptions> = {}) {
  let ms = 0;
  const clock = { nowMs: () => ms, unixNs: () => 0n };
  const shared = { data, keys: [KEY], speed: 1, clock };
  const gateway = await startVendorGateway({ ...shared, sendBufferBytes: SEND_BUFFER_BYTES });
  const session = openLive({
    key: new ApiKey(KEY),
    dataset: 'GLBX.MDP3',
    gateway: { host: gateway.host, port: gateway.port },
    clock: new ManualClock(),
    subscriptions: [{ schema, stypeIn: 'raw_symbol', symbols: 'ALL_SYMBOLS' }],
    ...more,
  });
  const stuck = async () => {
    const [first] = gateway.connections;
    const before = first!.records;
    await new Promise((done) => setTimeout(done, 50));
    return before > 1 && first!.records === before;
  };
  const got = await consume(session, async (item: LiveItem) => {
    if (ms === MOST_MS && item.type === 'gap') ms = OVER_MS;
    if (item.type !== 'records') return;
    if (ms === 0) {
      ms = MOST_MS;
      await expect.poll(stuck, { timeout: 20_000 }).toBe(true);
    }
    if (timesOf(item.bytes).at(-1) === LAST_NS) await session.close();
  });
  await gateway.close();
  return { ...got, times: timesOf(got.bytes) };
}

const isGap = (item: LiveItem) => item.type === 'gap';

it('is told how many quotes were left out, and between which', async () => {
  const { items, times, error } = await fallBehind('mbp-1');
  expect(error).toBe(null);
  const gaps = items.filter(isGap);
  expect(gaps).toMatchObject([{ cause: 'slow-reader', recovery: 'none', schemas: ['mbp-1'] }]);
  const skipped = Number(/mbp-1, (\d+) records were skipped/.exec(gaps[0]!.text)?.[1]);
  expect(times.length + skipped).toBe(RECORDS);
  expect(new Set(times).size).toBe(times.length);
  const lost = times.findIndex((ns, i) => i > 0 && ns - times[i - 1]! > STEP_NS);
  expect([gaps[0]!.fromNs, gaps[0]!.toNs]).toEqual([times[lost - 1], times[lost]]);
});

it('is cut off where nothing may be left out, and the replay brings the rest', async () => {
  const { items, times, error } = await fallBehind('trades');
  expect(error).toBe(null);
  expect(items.filter(isGap)).toMatchObject([{ cause: 'disconnected', recovery: 'replay' }]);
  expect(times.length).toBe(RECORDS);
  expect(times.every((ns, i) => ns === START_NS + BigInt(i) * STEP_NS)).toBe(true);
});
