import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PartitionRef, packageRoot, partitionFolder } from '../../src/lake/index.ts';
import { publishGenerated } from '../lake/generated-rows.ts';
import { runCli, startCli, temporaryFolder } from './run-cli.ts';

const MAIN = join(packageRoot(), 'dist', 'src', 'cli', 'main.js');
const lake = mkdtempSync(join(tmpdir(), 'spymaster-lake-process-'));
const GOLD: PartitionRef = {
  layer: 'gold',
  productType: 'future_mbo',
  table: 'physics_surface_1s',
  symbol: 'ESH6',
  dt: '2026-01-05',
};
/** Hours of work. */
const ENDLESS = 'SELECT sum(a * b) FROM range(10000000000) t(a), range(10000) u(b)';

beforeAll(async () => {
  await publishGenerated(lake, GOLD, 20_000);
  const open = { ...GOLD, dt: '2026-01-06' };
  await publishGenerated(lake, open, 10);
  rmSync(join(partitionFolder(lake, open), '_SUCCESS'));
});

afterAll(() => rmSync(lake, { recursive: true, force: true }));

test('an interrupt ends a query and leaves nothing behind', async () => {
  const folder = temporaryFolder();
  for (const flags of [
    ['--out', join(folder, 'answer.csv')],
    ['--format', 'table'],
  ]) {
    const run = startCli(['lake', 'sql', '--lake', lake, ...flags, ENDLESS], folder);
    // Said just before the query begins.
    await run.waitFor(/1 partition is not complete/);
    await new Promise((done) => setTimeout(done, 200));
    run.interrupt();
    const { code, stderr } = await run.result;
    expect(code).toBe(1);
    expect(stderr).toContain('interrupted; nothing half-done is left');
    expect(readdirSync(folder)).toEqual([]);
  }
});

test('a reader that leaves (| head) is no error', async () => {
  const query = 'SELECT * FROM gold.physics_surface_1s';
  for (const format of ['csv', 'json', 'arrow']) {
    const args = ['lake', 'sql', '--lake', lake, '--format', format, query];
    const scratch = temporaryFolder();
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...process.env, TMPDIR: scratch },
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [code] = await once(child, 'close');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: '1 partition is not complete and left out: see lake ls\n',
    });
    expect(readdirSync(scratch)).toEqual([]);
  }
});

test('a query may come from standard input', async () => {
  const child = spawn(process.execPath, [MAIN, 'lake', 'sql', '--lake', lake, '-']);
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stdin.end('SELECT count(*) AS n\nFROM gold.physics_surface_1s;\n');
  const [code] = await once(child, 'close');
  expect({ code, stdout }).toEqual({ code: 0, stdout: '    n\n20000\n' });
});

test('the lake is that of SPYMASTER_LAKE', async () => {
  const { code, stdout } = await runCli(['lake', 'ls'], { env: { SPYMASTER_LAKE: lake } });
  expect(code).toBe(0);
  expect(stdout).toMatch(/2 partitions, 1 complete: 20000 rows/);
});
