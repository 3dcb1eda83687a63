import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVacuumPressureServer, type RunningServer } from '../../src/serve/index.ts';
import { DT, type LakeFixture, makeLake, writeDay } from './lake-fixture.ts';
import { type OfflineFrame, offlineFrames } from './offline-frames.ts';
import { StreamClient } from './stream-client.ts';

const THROTTLE_MS = 100;
const CHECKPOINT_RECORDS = 4000;
const QUERY = { symbol: 'ESH6', dt: DT, throttle_ms: THROTTLE_MS, speed: 1 };
const LATE = { ...QUERY, start_time: '09:31' };

let fixture: LakeFixture;
let offline: Map<number, OfflineFrame>;

beforeAll(async () => {
  fixture = makeLake();
  const path = await writeDay(fixture, { fromHour: 14.47, toHour: 14.52, rate: 200 });
  offline = await offlineFrames(path, 'ESH6', THROTTLE_MS);
});

afterAll(() => fixture?.drop());

function start(): Promise<RunningServer> {
  return createVacuumPressureServer({
    lake: fixture.lake,
    cacheFolder: fixture.cacheFolder,
    port: 0,
    logLevel: 'silent',
    checkpointRecords: CHECKPOINT_RECORDS,
  });
}

async function recordsFor(query: Record<string, string | number>): Promise<number> {
  const server = await start();
  const client = new StreamClient(server.port, query);
  const frames = await client.count(3);
  for (const { update, arrow } of frames) {
    const own = offline.get(update.seq);
    expect(update).toMatchObject(own?.fields ?? {});
    expect(Buffer.compare(arrow, own?.arrow as Uint8Array)).toBe(0);
  }
  await client.close();
  const records = (await server.metrics.records.get()).values[0]?.value ?? 0;
  await server.close();
  return records;
}

function checkpointFiles(): string[] {
  const folder = readdirSync(fixture.cacheFolder).find((name) => name.endsWith('.checkpoints'));
  if (!folder) return [];
  const path = join(fixture.cacheFolder, folder);
  return readdirSync(path)
    .sort()
    .map((name) => join(path, name));
}

describe('checkpoints', () => {
  it('the second start computes from the nearest one, with the same bits', async () => {
    const first = await recordsFor(LATE);
    expect(first).toBeGreaterThan(4 * CHECKPOINT_RECORDS);
    expect(checkpointFiles().length).toBeGreaterThanOrEqual(4);
    const second = await recordsFor(LATE);
    expect(second).toBeLessThan(2.5 * CHECKPOINT_RECORDS);
  });

  it('serve another throttle and an earlier place too', async () => {
    expect(await recordsFor({ ...QUERY, start_time: '09:30:30' })).toBeLessThan(
      2.5 * CHECKPOINT_RECORDS,
    );
    const server = await start();
    const client = new StreamClient(server.port, { ...LATE, throttle_ms: 50 });
    await client.count(4);
    const own = client.frames.filter((f) => f.update.seq % 2 === 0);
    for (const { update, arrow } of own) {
      expect(Buffer.compare(arrow, offline.get(update.seq / 2)?.arrow as Uint8Array)).toBe(0);
    }
    expect(own.length).toBeGreaterThan(0);
    await client.close();
    expect((await server.metrics.records.get()).values[0]?.value).toBeLessThan(
      2.5 * CHECKPOINT_RECORDS,
    );
    await server.close();
  });

  it('damaged ones are dropped and made anew, with the same bits', async () => {
    const files = checkpointFiles();
    for (const file of files) {
      const bytes = readFileSync(file);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
      writeFileSync(file, bytes);
    }
    expect(await recordsFor(LATE)).toBeGreaterThan(4 * CHECKPOINT_RECORDS);
    expect(await recordsFor(LATE)).toBeLessThan(2.5 * CHECKPOINT_RECORDS);
  });
});
