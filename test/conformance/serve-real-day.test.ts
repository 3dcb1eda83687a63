import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { rawTableFolder } from '../../src/lake/index.ts';
import { createVacuumPressureServer } from '../../src/serve/index.ts';
import { StreamClient } from '../serve/stream-client.ts';
import { describeConformance } from './data.ts';

const FILE = 'esh4-20231225.mbo.v1.dbn.zst';
const QUERY = { symbol: 'ES', dt: '2023-12-25', throttle_ms: 1000 };

describeConformance('a real day, streamed', (pathOf) => {
  const root = mkdtempSync(join(tmpdir(), 'spymaster-real-'));
  const folder = rawTableFolder(join(root, 'lake'), 'future_mbo', 'ES');
  mkdirSync(folder, { recursive: true });
  copyFileSync(pathOf(`dbn/${FILE}`), join(folder, FILE));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const options = { lake: join(root, 'lake'), cacheFolder: join(root, 'cache'), port: 0 };

  it('is a replay, begins behind the snapshot, ends at 4810.00 x 4810.25', async () => {
    const server = await createVacuumPressureServer({ ...options, logLevel: 'silent' });
    const start = new StreamClient(server.port, { ...QUERY, speed: 4 });
    const [frame] = await start.count(2);
    expect(start.messages.find((m) => m.type === 'runtime_config')).toMatchObject({
      symbol: 'ESH4',
      mode: 'replay',
    });
    const beginMs = Number(BigInt(frame?.update.ts_ns ?? 0) / 1_000_000n);
    expect(new Date(beginMs).toISOString()).toMatch(/^2023-12-25T22:/);
    expect(frame?.update).toMatchObject({ book_partial: false });
    await start.close();

    const client = new StreamClient(server.port, { ...QUERY, start_time: '18:50', speed: 0 });
    expect((await client.closed).code).toBe(1000);
    const updates = client.frames.map((f) => f.update);
    const first = (23 * 60 + 50) * 60;
    expect(updates.map((u) => u.seq)).toEqual(updates.map((_, i) => first + i));
    expect(updates.at(-1)).toMatchObject({
      best_bid_price_int: '4810000000000',
      best_ask_price_int: '4810250000000',
    });
    await server.close();
  });
});
