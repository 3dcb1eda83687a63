import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createVacuumPressureServer, VACUUM_PRESSURE_PATH } from '../../src/serve/index.ts';
import { DT, makeLake, writeDay } from '../serve/lake-fixture.ts';
import { interopPython } from './python.ts';

it('stream_client.py of the examples follows a stream with pyarrow', async () => {
  const fixture = makeLake();
  await writeDay(fixture, { fromHour: 14.49, toHour: 14.52 });
  const { lake, cacheFolder } = fixture;
  const server = await createVacuumPressureServer({
    lake,
    cacheFolder,
    port: 0,
    logLevel: 'silent',
  });
  try {
    const query = `symbol=ES&dt=${DT}&start_time=09:30&speed=0&throttle_ms=100`;
    const url = `ws://127.0.0.1:${server.port}${VACUUM_PRESSURE_PATH}?${query}`;
    const program = fileURLToPath(new URL('../../examples/stream_client.py', import.meta.url));
    const { stdout } = await promisify(execFile)(interopPython(), [program, url, '5']);
    const frames = stdout.trim().split(/\r?\n/);
    expect(frames).toHaveLength(5);
    for (const line of frames)
      expect(line).toMatch(/^seq \d+ spot \d{4}\.\d\d \w+; 101 rows, vacuum/);
  } finally {
    await server.close();
    fixture.drop();
  }
});
