import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DbnRecord, type DbnVersion, RTYPE } from '../../src/dbn/index.ts';
import { DataFolder } from '../../src/vendor/index.ts';
import {
  barRecords,
  dbnFile,
  definitionRecords,
  encoded,
  FRONT,
  liveFolder,
  MBO_COUNT,
  mboRecords,
  NEXT,
  quoteRecords,
  START_NS,
  STEP_NS,
  tradeRecords,
} from './live-data.ts';
import {
  decodeStream,
  gatewayFor,
  marketRecords,
  startedClient,
  wholeStream,
} from './live-raw-client.ts';

let folder: ReturnType<typeof liveFolder>;
let data: DataFolder;
beforeAll(async () => {
  folder = liveFolder();
  data = await DataFolder.open(folder.path);
});
afterAll(() => folder.remove());

const line = (schema: string, more = '') =>
  `schema=${schema}|stype_in=raw_symbol|symbols=ALL_SYMBOLS|id=1|is_last=1${more}`;
const SESSION = 'dataset=GLBX.MDP3|encoding=dbn';
const VERSIONS: DbnVersion[] = [1, 2, 3];
const SOURCES = {
  mbo: mboRecords,
  trades: tradeRecords,
  'ohlcv-1s': barRecords,
  'bbo-1s': quoteRecords,
  definition: definitionRecords,
} as const;

const own = (records: readonly DbnRecord[], rtype: number) =>
  records.filter((r) => r.rtype === rtype);
const sequences = (records: readonly DbnRecord[]) =>
  marketRecords(records).map((r) => r['sequence']);

describe('the stream of the live gateway', () => {
  it.each(Object.entries(SOURCES))('sends the bytes of the folder: %s', async (schema, source) => {
    const gateway = await gatewayFor({ data, atEnd: 'close' });
    const { metadata, records, raw } = await wholeStream(gateway, [line(schema)]);
    const sent = raw.filter((_, i) => marketRecords([records[i]!]).length > 0);
    expect(Buffer.concat(sent).equals(encoded(source()))).toBe(true);
    expect(metadata).toMatchObject({
      version: 3,
      dataset: 'GLBX.MDP3',
      schema: null,
      stypeIn: null,
      stypeOut: 'instrument_id',
      end: null,
      symbols: [],
      mappings: [],
    });
  });

  it.each(VERSIONS)('speaks version %i', async (version) => {
    const gateway = await gatewayFor({ data, atEnd: 'close', version });
    const lines = [line('definition'), line('trades').replace('ALL_SYMBOLS', 'NOPE')];
    const { metadata, records } = await wholeStream(gateway, lines);
    expect(metadata.version).toBe(version);
    const code = version > 1 ? { code: 1 } : {};
    const msg = 'Subscription request 1 for definition data succeeded';
    expect(records[0]).toMatchObject({ msg, ...code });
    expect('code' in records[0]!).toBe(version > 1);
    const error = own(records, RTYPE.ERROR)[0]!;
    expect(error).toMatchObject({ err: 'Failed to resolve symbol NOPE' });
    expect('code' in error).toBe(version > 1);
    expect(own(records, RTYPE.DEFINITION)).toMatchObject([
      { raw_symbol: 'ESH6', asset: 'ES' },
      { raw_symbol: 'ESM6', asset: 'ES' },
    ]);
  });

  it('appends its time of sending to every record, its own ones too', async () => {
    const gateway = await gatewayFor({ data, atEnd: 'close' });
    const { metadata, records } = await wholeStream(gateway, [line('mbo')], `${SESSION}|ts_out=1`);
    expect(metadata.tsOut).toBe(true);
    expect(records.every((r) => r.ts_out! >= START_NS - 86_400_000_000_000n)).toBe(true);
    expect(sequences(records)).toEqual(mboRecords().map((r) => r['sequence']));
    const bare = marketRecords(records).map(({ ts_out: _, ...rest }) => rest);
    expect(encoded(bare as DbnRecord[]).equals(encoded(mboRecords()))).toBe(true);
  });

  it('compresses header and records as one zstd stream, complete at every write', async () => {
    const gateway = await gatewayFor({ data, heartbeatMs: 20 });
    const fields = `${SESSION}|compression=zstd`;
    const client = await startedClient(gateway, [line('mbo')], fields);
    const fits = (s: { records: DbnRecord[] }) =>
      sequences(s.records).length === MBO_COUNT && s.records.at(-1)?.['msg'] === 'Heartbeat';
    const { records } = await client.until(fits, true);
    expect(encoded(marketRecords(records)).equals(encoded(mboRecords()))).toBe(true);
    gateway.disconnectAll();
    const whole = await decodeStream(await client.untilEnd(), true);
    expect(sequences(whole.records)).toHaveLength(MBO_COUNT);
  });

  it('merges schemas by the time at which their records became known', async () => {
    const gateway = await gatewayFor({ data, atEnd: 'close' });
    const lines = ['trades', 'mbo', 'ohlcv-1s'].map((schema) => line(schema));
    const { records } = await wholeStream(gateway, lines);
    const known = marketRecords(records).map((r) =>
      r.rtype === RTYPE.OHLCV_1S ? r.ts_event + 1_000_000_000n : (r['ts_recv'] as bigint),
    );
    expect(known).toEqual([...known].sort((a, b) => Number(a - b)));
    expect(known).toHaveLength(MBO_COUNT + 300 + 30);
  });

  it('says when an interval is over, after its records', async () => {
    const gateway = await gatewayFor({ data, atEnd: 'close' });
    const { records } = await wholeStream(gateway, [line('ohlcv-1s'), line('bbo-1s')]);
    const ends = own(records, RTYPE.SYSTEM).filter((r) => r['code'] === 4);
    expect(ends.filter((r) => r['msg'] === 'End of interval for ohlcv-1s')).toHaveLength(30);
    expect(ends.filter((r) => r['msg'] === 'End of interval for bbo-1s')).toHaveLength(30);
    const bars = records.filter((r) => r.rtype === RTYPE.OHLCV_1S || ends.includes(r));
    const first = bars.findIndex((r) => r.rtype === RTYPE.OHLCV_1S);
    const end = bars.findIndex((r, i) => i > first && r['msg'] === 'End of interval for ohlcv-1s');
    expect(bars[end]!.ts_event).toBe(bars[first]!.ts_event + 1_000_000_000n);
  });

  it('beats when it has nothing else to say', async () => {
    const gateway = await gatewayFor({ data, heartbeatMs: 10 });
    const client = await startedClient(gateway, [line('definition')]);
    const beats = (records: DbnRecord[]) => records.filter((r) => r['msg'] === 'Heartbeat');
    const { records } = await client.until((s) => beats(s.records).length >= 3);
    expect(beats(records)[0]).toMatchObject({ rtype: RTYPE.SYSTEM, code: 0, instrument_id: 0 });
  });

  it('plays at a speed, and goes on without those who are away', async () => {
    let ms = 0;
    const clock = { nowMs: () => ms, unixNs: () => 0n };
    const gateway = await gatewayFor({ data, speed: 10, clock });
    const first = await startedClient(gateway, [line('mbo')]);
    await first.until(() => true);
    ms = 100.5;
    const early = await first.until((s) => sequences(s.records).length > 100);
    expect(sequences(early.records)).toHaveLength(101);
    first.socket.destroy();
    ms = 500;
    expect(gateway.marketNs('GLBX.MDP3')).toBe(START_NS + 500n * STEP_NS);
    const second = await startedClient(gateway, [line('mbo')]);
    await second.until(() => true);
    ms = 3100;
    const late = await second.until((s) => sequences(s.records).includes(MBO_COUNT));
    expect(late.metadata.start).toBe(START_NS + 500n * STEP_NS);
    expect(sequences(late.records)).toEqual(sequences(mboRecords().slice(500)));
  });

  it('at speed 0 with one clock, goes on behind the furthest record that was sent', async () => {
    const gateway = await gatewayFor({ data, sharedClock: true, atEnd: 'close' });
    const first = await wholeStream(gateway, [line('mbo')]);
    expect(sequences(first.records)).toHaveLength(MBO_COUNT);
    const second = await wholeStream(gateway, [line('mbo')]);
    expect(sequences(second.records)).toEqual([]);
    expect(second.metadata.start).toBe(START_NS + BigInt(MBO_COUNT - 1) * STEP_NS + 1n);
  });

  it('begins again when it is to, later each time', async () => {
    const gateway = await gatewayFor({ data, atEnd: 'loop' });
    const client = await startedClient(gateway, [line('trades')]);
    const { records } = await client.until((s) => marketRecords(s.records).length > 900);
    const trades = marketRecords(records);
    const times = trades.map((r) => r['ts_recv'] as bigint);
    expect(times.every((t, i) => i === 0 || t > times[i - 1]!)).toBe(true);
    expect(trades[300]!['size']).toBe(1);
    expect(trades[300]!.ts_event - trades[0]!.ts_event).toBe(times[300]! - times[0]!);
  });

  it('begins again with empty books', async () => {
    const gateway = await gatewayFor({ data, atEnd: 'loop' });
    const subscription = line('mbo').replace('ALL_SYMBOLS', 'ESM6');
    const client = await startedClient(gateway, [subscription]);
    const own = mboRecords().filter((r) => r.instrument_id === NEXT.id);
    const { records } = await client.until((s) => sequences(s.records).length > 2 * own.length);
    const second = marketRecords(records).slice(own.length);
    expect(second[0]).toMatchObject({ action: 'R', instrument_id: NEXT.id, flags: 136 });
    expect(second[1]).toMatchObject({ sequence: own[0]!['sequence'] });
    expect(second[1]!['ts_recv']).toBeGreaterThanOrEqual(second[0]!['ts_recv'] as bigint);
  });

  it('tells a damaged file in its report, and hangs up', async () => {
    const other = liveFolder({ 'es.mbo.dbn': dbnFile('mbo', mboRecords()) });
    try {
      const gateway = await gatewayFor({ data: other.path, atEnd: 'close' });
      const whole = readFileSync(join(other.path, 'es.mbo.dbn'));
      writeFileSync(join(other.path, 'es.mbo.dbn'), whole.fill(0, 1000, 1100));
      const client = await startedClient(gateway, [line('mbo')]);
      await client.untilEnd();
      await expect.poll(() => gateway.connections[0]!.failure).toMatch(/es\.mbo\.dbn/);
      expect((await wholeStream(gateway, [line('trades')])).records).toHaveLength(3);
    } finally {
      other.remove();
    }
  });

  it('moves times to now, and a start that is asked for with them', async () => {
    const wallNs = 1_800_000_000_000_000_000n;
    const clock = { nowMs: () => performance.now(), unixNs: () => wallNs };
    const options = { data, clock, timestamps: 'shifted', atEnd: 'close' } as const;
    const gateway = await gatewayFor({ ...options, fromNs: START_NS + 1000n * STEP_NS });
    const { metadata, records } = await wholeStream(gateway, [line('bbo-1s')]);
    expect(metadata.start).toBe(wallNs);
    expect(records[0]!.ts_event).toBe(wallNs);
    const moved = (ns: bigint) => ns - START_NS - 1000n * STEP_NS + wallNs;
    const later = quoteRecords().slice(10);
    expect(marketRecords(records)).toMatchObject(
      later.map((r) => ({ ts_event: moved(r.ts_event), ts_recv: moved(r['ts_recv'] as bigint) })),
    );
    const from = `|start=${wallNs - 500n * STEP_NS}`;
    const replayed = await wholeStream(gateway, [line('bbo-1s', from)]);
    expect(marketRecords(replayed.records)).toHaveLength(25);
  });

  it('serves versions and compressions of one folder as one', async () => {
    const half = MBO_COUNT / 2;
    const mixed = liveFolder({
      'a.mbo.dbn': dbnFile('mbo', mboRecords().slice(0, half), 1),
      'b.mbo.dbn': dbnFile('mbo', mboRecords().slice(half), 2),
    });
    try {
      const gateway = await gatewayFor({ data: mixed.path, atEnd: 'close' });
      const { records } = await wholeStream(gateway, [line('mbo')]);
      expect(sequences(records)).toEqual(mboRecords().map((r) => r['sequence']));
      expect(marketRecords(records)[0]!.instrument_id).toBeGreaterThanOrEqual(FRONT.id);
    } finally {
      mixed.remove();
    }
  });
});
