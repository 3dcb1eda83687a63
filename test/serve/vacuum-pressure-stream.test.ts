import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVacuumPressureServer, type RunningServer } from '../../src/serve/index.ts';
import { DT, type LakeFixture, makeLake, writeDay } from './lake-fixture.ts';
import { StreamClient } from './stream-client.ts';

let fixture: LakeFixture;
let server: RunningServer;

beforeAll(async () => {
  fixture = makeLake();
  await writeDay(fixture);
  server = await createVacuumPressureServer({
    lake: fixture.lake,
    cacheFolder: fixture.cacheFolder,
    port: 0,
    logLevel: 'silent',
  });
});

afterAll(async () => {
  await server?.close();
  fixture?.drop();
});

describe('a stream', () => {
  it('begins with its configuration, then frames on the grid, text and binary in turn', async () => {
    const client = new StreamClient(server.port, {
      symbol: 'ESH6',
      dt: DT,
      start_time: '09:30',
      speed: 1,
    });
    const config = await client.message('runtime_config');
    expect(config).toMatchObject({ symbol: 'ESH6', symbol_root: 'ES', mode: 'replay' });
    const frames = await client.count(20);
    const seqs = frames.map((f) => f.update.seq);
    const startSeq = (14.5 * 3600 * 1000) / 25;
    expect(seqs.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, i) => startSeq + i));
    expect(client.protocolError).toBeNull();
    await client.close();
  });
});
