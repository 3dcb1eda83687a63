import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACTION, DbnEncoder, MboColumns, makeMetadata, SIDE } from '../../src/dbn/index.ts';
import { createVacuumPressureServer, VACUUM_PRESSURE_PATH } from '../../src/serve/index.ts';
import { DT, makeLake, writeDay } from '../serve/lake-fixture.ts';
import { ROOT } from './source-tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'spymaster-examples-'));

/** The examples import the package as a user does, so they read what was built. */
beforeAll(() => {
  const built = existsSync(join(ROOT, 'dist', 'src', 'dbn', 'index.js'));
  if (!built) throw new Error('dist is missing: `npm test` builds it, or run `npm run build`');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function threeAdds(): Buffer {
  const columns = new MboColumns(3, 1_767_571_200_000_000_000n);
  for (let i = 0; i < 3; i++) {
    columns.orderIdLo[i] = i + 1;
    columns.price[i] = 6950e9 - i * 0.25e9;
    columns.size[i] = 10 * (i + 1);
    columns.action[i] = ACTION.ADD;
    columns.side[i] = SIDE.BID;
  }
  columns.length = 3;
  const pieces: Uint8Array[] = [];
  const metadata = makeMetadata({ dataset: 'GLBX.MDP3', schema: 'mbo', symbols: ['ESH6'] });
  const encoder = new DbnEncoder((piece) => pieces.push(piece), metadata);
  encoder.writeMbo(columns);
  encoder.end();
  return Buffer.concat(pieces);
}

it('decode-dbn.mjs reads a file, and one that is cut short', () => {
  const bytes = threeAdds();
  writeFileSync(join(folder, 'whole.dbn'), bytes);
  writeFileSync(join(folder, 'cut.dbn'), bytes.subarray(0, -10));
  const run = (name: string) =>
    spawnSync(process.execPath, [join(ROOT, 'examples', 'decode-dbn.mjs'), join(folder, name)], {
      encoding: 'utf8',
    });
  const whole = run('whole.dbn');
  expect(whole.stderr).toBe('');
  expect(whole.stdout).toContain("symbols: [ 'ESH6' ]");
  expect(whole.stdout).toContain('truncated: false');
  expect(whole.stdout).toContain('rtype 0xa0: 3 records\n60 lots in all MBO records');
  const cut = run('cut.dbn');
  expect(cut.stdout).toContain('truncated: true');
  expect(cut.stdout).toContain('rtype 0xa0: 2 records\n30 lots in all MBO records');
});

it('stream-client.mjs follows a stream', async () => {
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
    const program = join(ROOT, 'examples', 'stream-client.mjs');
    const { stdout } = await promisify(execFile)(process.execPath, [program, url, '5']);
    const frames = stdout.split('\n').filter((line) => line.startsWith('seq '));
    expect(frames.length).toBeGreaterThanOrEqual(5);
    expect(frames[0]).toMatch(
      /^seq \d+ spot \d{4}\.\d\d \w+; most vacuum at k = -?\d+: [\d.]+ lots/,
    );
  } finally {
    await server.close();
    fixture.drop();
  }
});
