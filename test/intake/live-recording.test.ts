import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { LiveItem } from '../../src/databento/index.ts';
import { DbnDecoder, encodeMetadata, MboColumns, type Schema } from '../../src/dbn/index.ts';
import { DayCache, SeekableDay } from '../../src/feed/index.ts';
import { readGaps, recordingFolders, recordSession } from '../../src/intake/index.ts';
import { loadProducts, rawTableFolder, SYNTHETIC_MARKER } from '../../src/lake/index.ts';
import {
  connected,
  gap,
  HOUR_NS,
  heartbeat,
  mapping,
  ORIGIN_NS,
  orders,
  ordersItem,
  records,
  sessionOf,
} from './live-items.ts';

const root = mkdtempSync(join(tmpdir(), 'spymaster-recording-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const NOW_NS = ORIGIN_NS + BigInt(48 * HOUR_NS);
let lakes = 0;
let lake = '';
let es = '';

beforeEach(() => {
  lake = join(root, `lake-${lakes++}`);
  es = join(rawTableFolder(lake, 'future_mbo', 'ES'), 'glbx-mdp3-20260105.mbo.dbn');
});

function record(
  items: AsyncIterable<LiveItem>,
  more: { onNewDay?: (date: string) => void; vendor?: boolean } = {},
) {
  return recordSession(items, {
    dataset: 'GLBX.MDP3',
    schemas: ['mbo'] as Schema[],
    folderOf: recordingFolders(lake, loadProducts(), 'GLBX.MDP3'),
    gateway: 'a test',
    vendor: true,
    clock: { unixNs: () => NOW_NS },
    ...more,
  });
}

const opening = () => [
  connected(1),
  records(
    [mapping('ESH6'), orders({ symbol: 'ESH6', atNs: 14 * HOUR_NS, count: 50, snapshot: true })],
    51,
  ),
];

/** Every record of a file, by type. */
function countTypes(path: string): Record<number, number> {
  const decoder = new DbnDecoder();
  const types: Record<number, number> = {};
  decoder.write(readFileSync(path));
  for (let run = decoder.next(); run; run = decoder.next()) {
    types[run.rtype] = (types[run.rtype] ?? 0) + run.count;
  }
  expect(decoder.end().truncated).toBe(false);
  return types;
}

function bodyOf(path: string, headerBytes: number): Buffer {
  return readFileSync(path).subarray(headerBytes);
}

describe('a recording', () => {
  it('is the bytes that were sent, in the day file of their root, openable by symbol', async () => {
    const items = [
      ...opening(),
      records([heartbeat(14.1 * HOUR_NS)], 1),
      ordersItem({ symbol: 'ESH6', atNs: 14.2 * HOUR_NS, count: 500 }),
    ];
    const counts = await record(sessionOf(items));
    expect(counts).toMatchObject({ records: 550, connections: 1, gaps: [], files: [es] });
    const header = encodeMetadata(connected(1).metadata);
    const sent = items.flatMap((item) => (item.type === 'records' ? [item.bytes] : []));
    expect(bodyOf(es, header.length)).toEqual(Buffer.concat(sent));
    const cache = new DayCache(join(root, 'cache'), 1e8);
    const day = await SeekableDay.open(es, { originNs: ORIGIN_NS, cache, now: () => new Date(0) });
    for (const symbol of ['ESH6', 'ES']) {
      const { instrument, symbol: own } = day.select(symbol, '2026-01-05');
      expect([own, instrument.records]).toEqual(['ESH6', 550]);
    }
    const { instrument } = day.select('ES', '2026-01-05');
    const reader = day.reader(instrument);
    expect(reader.fill(new MboColumns(1000, ORIGIN_NS))).toBe(550);
    reader.close();
    day.close();
  });

  it('keeps roots apart, each file with the mapping of its instruments', async () => {
    const nq = join(rawTableFolder(lake, 'future_mbo', 'NQ'), 'glbx-mdp3-20260105.mbo.dbn');
    const both = [0, 1, 2, 3].flatMap((i) => [
      orders({ symbol: 'ESH6', atNs: 14 * HOUR_NS + i * 1e9, count: 3 }),
      orders({ symbol: 'NQH6', atNs: 14 * HOUR_NS + i * 1e9, count: 2 }),
    ]);
    const items = [connected(1), records([mapping('ESH6'), mapping('NQH6'), ...both], 22)];
    const counts = await record(sessionOf(items));
    expect(counts.files).toEqual([es, nq]);
    expect(countTypes(es)).toEqual({ 22: 1, 160: 12 });
    expect(countTypes(nq)).toEqual({ 22: 1, 160: 8 });
  });

  it('goes on in the next day with a new file that is whole by itself', async () => {
    const told: string[] = [];
    const items = [
      ...opening(),
      ordersItem({ symbol: 'ESH6', atNs: 24 * HOUR_NS - 5e9, count: 10, everyNs: 1e9 }),
      records([heartbeat(24.5 * HOUR_NS)], 1),
    ];
    const counts = await record(sessionOf(items), { onNewDay: (date) => told.push(date) });
    const next = es.replace('20260105', '20260106');
    expect(counts.files).toEqual([es, next]);
    expect(told).toEqual(['2026-01-06']);
    // The tenth is at 00:00:04; the fifth at 23:59:59.
    expect(countTypes(es)).toEqual({ 22: 1, 160: 55 });
    expect(countTypes(next)).toEqual({ 22: 1, 160: 5, 23: 1 });
  });

  it('goes on at the end of its file after a restart, and cuts what a crash tore', async () => {
    await record(sessionOf(opening()));
    const before = readFileSync(es);
    appendFileSync(es, orders({ symbol: 'ESH6', atNs: 14.1 * HOUR_NS, count: 2 }).subarray(0, 100));
    const again = ordersItem({ symbol: 'ESH6', atNs: 15 * HOUR_NS, count: 7 });
    await record(sessionOf([connected(1), records([mapping('ESH6')], 1), again]));
    expect(countTypes(es)).toEqual({ 22: 2, 160: 50 + 1 + 7 });
    expect(readFileSync(es).subarray(0, before.length)).toEqual(before);
    const notes = readFileSync(`${es}.notes.jsonl`, 'utf8').trim().split('\n');
    const types = notes.map((line) => JSON.parse(line).type);
    expect(types).toEqual(['begin', 'connected', 'end', 'continue', 'connected', 'gap', 'end']);
    expect(readGaps(es)).toEqual([
      {
        fromNs: ORIGIN_NS + BigInt(14.1 * HOUR_NS),
        toNs: ORIGIN_NS + BigInt(15 * HOUR_NS),
        cause: 'not-recorded',
        recovery: 'none',
        text: 'nothing was recorded meanwhile',
      },
    ]);
    expect(JSON.parse(notes[3] as string)).toMatchObject({ cut: 44, gateway: 'a test' });
  });

  it('begins a further part for another version, and beside a file that is no recording', async () => {
    await record(sessionOf(opening()));
    const [, first] = opening();
    const old = { ...(first as LiveItem & { type: 'records' }), version: 1 as const };
    const bytes = [mapping('ESH6', 'ESH6', 1), orders({ symbol: 'ESH6', atNs: 15e12, count: 4 })];
    await record(sessionOf([connected(1, 1), { ...old, bytes: Buffer.concat(bytes) }]));
    const second = es.replace('.mbo', '-2.mbo');
    expect(countTypes(second)).toEqual({ 22: 1, 160: 4 });
    rmSync(`${second}.notes.jsonl`);
    const downloaded = readFileSync(second);
    const counts = await record(
      sessionOf([connected(1, 1), { ...old, bytes: Buffer.concat(bytes) }]),
    );
    expect(counts.files).toEqual([es.replace('.mbo', '-3.mbo')]);
    expect(readFileSync(second)).toEqual(downloaded);
  });

  it('writes gaps beside the file, by the times of the records around them', async () => {
    const items = [
      ...opening(),
      ordersItem({ symbol: 'ESH6', atNs: 14.1 * HOUR_NS, count: 3, everyNs: 1000 }),
      connected(2),
      gap(),
      records(
        [
          mapping('ESH6'),
          orders({ symbol: 'ESH6', atNs: 14.3 * HOUR_NS, count: 50, snapshot: true }),
        ],
        51,
      ),
    ];
    const counts = await record(sessionOf(items));
    const expected = {
      fromNs: ORIGIN_NS + BigInt(14.1 * HOUR_NS + 2000),
      toNs: ORIGIN_NS + BigInt(14.3 * HOUR_NS),
      cause: 'disconnected',
      recovery: 'snapshot',
      text: 'the connection was lost',
    };
    expect(counts.gaps).toEqual([expected]);
    expect(readGaps(es)).toEqual([expected]);
    expect(readGaps(join(root, 'nothing'))).toEqual([]);
  });

  it('never lies beside a synthetic market, nor in a file that another is recording', async () => {
    const folder = rawTableFolder(lake, 'future_mbo', 'ES');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, SYNTHETIC_MARKER), '{}');
    await expect(record(sessionOf(opening()))).rejects.toMatchObject({ code: 'USAGE' });
    rmSync(join(folder, SYNTHETIC_MARKER));
    async function* second(): AsyncGenerator<LiveItem> {
      yield* opening();
      await expect(record(sessionOf(opening()))).rejects.toMatchObject({ code: 'PARTITION_BUSY' });
    }
    await record(second());
    expect(countTypes(es)).toEqual({ 22: 1, 160: 50 });
  });

  it('never lies beside recordings of a stand-in, nor they beside its', async () => {
    await record(sessionOf(opening()));
    const other = record(sessionOf(opening()), { vendor: false });
    await expect(other).rejects.toMatchObject({ code: 'USAGE' });
    expect(countTypes(es)).toEqual({ 22: 1, 160: 50 });
  });

  it('is readable after every item, and keeps what came before a failure', async () => {
    async function* failing(): AsyncGenerator<LiveItem> {
      yield* opening();
      expect(countTypes(es)).toEqual({ 22: 1, 160: 50 });
      yield ordersItem({ symbol: 'ESH6', atNs: 15e12, count: 5 });
      expect(countTypes(es)).toEqual({ 22: 1, 160: 55 });
      throw new Error('the session broke');
    }
    await expect(record(failing())).rejects.toThrow('the session broke');
    expect(countTypes(es)).toEqual({ 22: 1, 160: 55 });
  });

  it('refuses two schemas whose records look alike', async () => {
    const options = {
      dataset: 'GLBX.MDP3',
      schemas: ['mbp-1', 'tbbo'] as Schema[],
      gateway: '',
      vendor: true,
    };
    const folderOf = () => root;
    const clock = { unixNs: () => NOW_NS };
    const session = recordSession(sessionOf([]), { ...options, folderOf, clock });
    await expect(session).rejects.toMatchObject({ code: 'USAGE' });
  });
});
