import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DbnRecord, RTYPE } from '../../src/dbn/index.ts';
import { DataFolder } from '../../src/vendor/index.ts';
import { dbnFile, liveFolder, quoteRecords, START_NS, tradeRecords } from './live-data.ts';
import { decodeStream, gatewayFor, startedClient } from './live-raw-client.ts';

/** Enough of them to fill what a socket of this machine holds unread, several times. */
const RECORDS = 250_000;
const SEND_BUFFER_BYTES = 1024 * 1024;
/** Byte of `ts_recv` in both schemas. */
const TS_RECV_AT = 32;

/** One record again and again, 10 us apart. */
function repeated(schema: 'mbp-1' | 'trades', record: DbnRecord, bytes: number): Uint8Array {
  const file = dbnFile(schema, [record]);
  const header = file.length - bytes;
  const whole = Buffer.alloc(header + RECORDS * bytes);
  whole.set(file.subarray(0, header));
  for (let i = 0; i < RECORDS; i++) {
    const at = header + i * bytes;
    whole.set(file.subarray(header), at);
    whole.writeBigUInt64LE(START_NS + BigInt(i) * 10_000n, at + TS_RECV_AT);
  }
  return whole;
}

let folder: ReturnType<typeof liveFolder>;
let data: DataFolder;
beforeAll(async () => {
  const [trade] = tradeRecords();
  const { levels } = quoteRecords()[0]!;
  const quote = { ...trade!, rtype: RTYPE.MBP_1, ...(levels && { levels }) };
  folder = liveFolder({
    'a.trades.dbn': repeated('trades', trade!, 48),
    'a.mbp-1.dbn': repeated('mbp-1', quote, 80),
  });
  data = await DataFolder.open(folder.path);
});
afterAll(() => folder.remove());

const line = (schema: string) => `schema=${schema}|stype_in=raw_symbol|symbols=ALL_SYMBOLS|id=1`;
const LOSSLESS = 'dataset=GLBX.MDP3|slow_reader_behavior=warn';

/** A client that reads nothing while the market goes to its end. */
async function lateReader(schema: string, fields?: string) {
  let ms = 0;
  const clock = { nowMs: () => ms, unixNs: () => 0n };
  const options = { data, clock, speed: 1, sendBufferBytes: SEND_BUFFER_BYTES };
  const gateway = await gatewayFor({ ...options, atEnd: 'close' });
  const client = await startedClient(gateway, [line(schema)], fields);
  await client.until((s) => s.records.length >= 2);
  client.socket.pause();
  ms = 2400;
  await expect.poll(() => gateway.connections[0]!.records, { timeout: 20_000 }).toBeGreaterThan(1);
  const stuck = async () => {
    const before = gateway.connections[0]!.records;
    await new Promise((done) => setTimeout(done, 50));
    return gateway.connections[0]!.records === before;
  };
  await expect.poll(stuck, { timeout: 20_000 }).toBe(true);
  client.socket.resume();
  await expect.poll(() => client.socket.bytesRead, { timeout: 20_000 }).toBeGreaterThan(1e6);
  const skippedAt = () => client.stream.includes('Slow client detected');
  await expect.poll(() => client.ended || skippedAt(), { timeout: 20_000 }).toBe(true);
  ms = 10_000;
  return decodeStream(await client.untilEnd());
}

describe('a client that reads too slowly', () => {
  it('loses quotes, is told how many, and goes on at the present', async () => {
    const { records, trailingBytes } = await lateReader('mbp-1');
    const errors = records.filter((r) => r.rtype === RTYPE.ERROR);
    expect(errors).toMatchObject([{ code: 7 }]);
    const skipped = Number(/mbp-1, (\d+) records/.exec(String(errors[0]!['err']))![1]);
    expect(skipped).toBeGreaterThan(1000);
    const quotes = records.filter((r) => r.rtype === RTYPE.MBP_1);
    expect(quotes.length + skipped).toBe(RECORDS);
    expect(quotes.at(-1)!['ts_recv']).toBe(START_NS + BigInt(RECORDS - 1) * 10_000n);
    expect(trailingBytes).toBe(0);
  });

  it.each([
    ['trades are never left out', 'trades', undefined],
    ['the client asked for it', 'mbp-1', LOSSLESS],
  ])('is warned, then cut off, where %s', async (_, schema, fields) => {
    const { records } = await lateReader(schema, fields);
    const warnings = records.filter((r) => r['code'] === 2 && r.rtype === RTYPE.SYSTEM);
    const sent = records.filter((r) => r.rtype === RTYPE.TRADES || r.rtype === RTYPE.MBP_1);
    expect(records.some((r) => r.rtype === RTYPE.ERROR)).toBe(false);
    expect(sent.length).toBeLessThan(RECORDS);
    const times = sent.map((r) => r['ts_recv']);
    expect(times).toEqual(times.map((_, i) => START_NS + BigInt(i) * 10_000n));
    expect(warnings.length).toBeLessThanOrEqual(1);
  });
});
