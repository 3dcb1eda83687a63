/**
 * A recorder at midnight UTC, against a gateway: the new day's file has a book of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { OrderBook } from '../../src/book/index.ts';
import { ApiKey, openLive, SYSTEM_CLOCK } from '../../src/databento/index.ts';
import { DbnEncoder, MboColumns, makeMetadata } from '../../src/dbn/index.ts';
import { openDbn } from '../../src/feed/index.ts';
import { recordSession } from '../../src/intake/index.ts';
import { startVendorGateway } from '../../src/vendor/index.ts';
import { DATASET, FRONT, liveFolder, mboRecords, START_NS } from '../vendor/live-data.ts';

const KEY = 'db-unittestapikey1234567890FFFFF';
const MIDNIGHT_NS = BigInt(Date.parse('2026-01-06')) * 1_000_000n;
/** Ten seconds before midnight. */
const SHIFT_NS = MIDNIGHT_NS - 10_000_000_000n - START_NS;

function lateFile(): Uint8Array {
  const pieces: Uint8Array[] = [];
  const intervals = [{ startDate: 20260105, endDate: 20260107, symbol: String(FRONT.id) }];
  const mappings = [{ rawSymbol: FRONT.symbol, intervals }];
  const start = START_NS + SHIFT_NS;
  const what = {
    dataset: DATASET,
    schema: 'mbo',
    start,
    symbols: [FRONT.symbol],
    mappings,
  } as const;
  const metadata = makeMetadata({ ...what, symbols: [FRONT.symbol] });
  const encoder = new DbnEncoder((piece) => pieces.push(piece), metadata);
  for (const record of mboRecords()) {
    if (record.instrument_id !== FRONT.id) continue;
    const ts_recv = (record['ts_recv'] as bigint) + SHIFT_NS;
    encoder.writeRecord({ ...record, ts_recv, ts_event: record.ts_event + SHIFT_NS });
  }
  encoder.end();
  return Buffer.concat(pieces);
}

/** The book that a file alone gives, at its end. */
async function bookOf(path: string, originNs: bigint): Promise<OrderBook> {
  const book = new OrderBook({ tickSize: 250_000_000, originNs });
  const file = await openDbn(path);
  for (const columns of file.batches(new MboColumns(1000, originNs))) {
    book.applyBatch(columns, 0, columns.length);
  }
  file.close();
  return book;
}

it('asks for the books again, so that each day’s file is whole by itself', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spymaster-midnight-'));
  const data = liveFolder({ 'es.mbo.dbn': lateFile() });
  const gateway = await startVendorGateway({
    data: data.path,
    keys: [KEY],
    speed: 20,
    atEnd: 'close',
    fromNs: START_NS + SHIFT_NS + 2_000_000_000n,
  });
  const { host, port } = gateway;
  const mbo = {
    schema: 'mbo',
    stypeIn: 'raw_symbol',
    symbols: [FRONT.symbol],
    snapshot: true,
  } as const;
  const session = openLive({
    key: new ApiKey(KEY),
    dataset: DATASET,
    gateway: { host, port },
    subscriptions: [mbo],
    maxAttempts: 1,
  });
  const days: string[] = [];
  const counts = await recordSession(session, {
    dataset: DATASET,
    schemas: ['mbo'],
    folderOf: () => folder,
    gateway: 'a stand-in',
    vendor: false,
    clock: SYSTEM_CLOCK,
    onNewDay: (date) => {
      days.push(date);
      void session.subscribe(mbo);
    },
    onItem: (item) => {
      if (item.type === 'notice' && item.text.includes('next attempt')) void session.close();
    },
  });
  expect(days).toEqual(['2026-01-06']);
  expect(counts.files.map((f) => f.slice(-16))).toEqual(['20260105.mbo.dbn', '20260106.mbo.dbn']);
  const [first, second] = counts.files as [string, string];
  const before = await bookOf(first, MIDNIGHT_NS - 86_400_000_000_000n);
  const after = await bookOf(second, MIDNIGHT_NS);
  for (const book of [before, after]) {
    expect(book.valid).toBe(true);
    expect(book.orderCount).toBeGreaterThan(20);
    expect(book.counters.snapshots).toBe(1);
  }
  await gateway.close();
  data.remove();
  rmSync(folder, { recursive: true, force: true });
});
