import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { packageRoot, rawTableFolder } from '../../src/lake/index.ts';
import { startVendorGateway, type VendorGateway } from '../../src/vendor/index.ts';
import { liveFolder } from '../vendor/live-data.ts';
import { runHere, startCli } from './run-cli.ts';

const KEY = 'db-unittestapikey1234567890FFFFF';
const OTHER_KEY = 'db-unittestapikey1234567890AAAAA';
const folder = mkdtempSync(join(tmpdir(), 'spymaster-live-cli-'));
const data = liveFolder();
let gateway: VendorGateway;
let lakes = 0;

beforeAll(() => {
  process.env['DATABENTO_API_KEY'] = KEY;
});

afterAll(() => {
  delete process.env['DATABENTO_API_KEY'];
  rmSync(folder, { recursive: true, force: true });
  data.remove();
});

afterEach(async () => {
  process.env['DATABENTO_API_KEY'] = KEY;
  await gateway?.close();
});

async function play(options: Partial<Parameters<typeof startVendorGateway>[0]> = {}) {
  gateway = await startVendorGateway({ data: data.path, keys: [KEY], speed: 1, ...options });
  return ['--live-gateway', `${gateway.host}:${gateway.port}`];
}

const newLake = () => join(folder, `lake-${lakes++}`);
const fileOf = (lake: string) =>
  join(rawTableFolder(lake, 'future_mbo', 'ES'), 'glbx-mdp3-20260105.mbo.dbn');

/** Findings of a check, by what was looked at; nothing that it prints holds the key. */
async function check(args: readonly string[]) {
  const { code, stdout, stderr } = await runHere(['live', 'check', '--json', ...args]);
  expect(stdout + stderr).not.toContain(KEY);
  const findings: { what: string; status: string; found: string; fix: string }[] =
    JSON.parse(stdout);
  return { code, by: Object.fromEntries(findings.map((f) => [f.what, f])) };
}

test('a check says what works, how late records are, and that this is not the vendor', async () => {
  const at = await play({ speed: 20 });
  const { code, by } = await check([...at, '--symbols', 'ESH6', '--seconds', '20']);
  expect(code).toBe(0);
  expect(by['key']).toMatchObject({ status: 'ok', found: 'ends in FFFFF' });
  expect(by['gateway']?.found).toContain('not the vendor');
  expect(by['authentication']?.status).toBe('ok');
  expect(by['subscription']).toMatchObject({ status: 'ok', found: 'resolved to ESH6' });
  expect(by['records']?.found).toMatch(/^the first of \d+ after \d+ ms$/);
  expect(by['latency']).toMatchObject({ status: 'warning' });
  expect(by['latency']?.fix).toContain('recorded data');
});

test('a check of today’s records finds nothing wrong', async () => {
  const at = await play({ timestamps: 'shifted' });
  const { code, by } = await check([...at, '--seconds', '3', '--symbols', 'ESH6']);
  expect(code).toBe(0);
  expect(by['latency']?.status).toBe('ok');
});

test.each([
  [{ keys: [OTHER_KEY] }, ['--symbols', 'ESH6'], 'session', 'VENDOR_AUTH'],
  [{}, ['--symbols', 'ESZ9'], 'subscription', 'ESZ9'],
])('a check names what is wrong: %j %j', async (options, args, what, words) => {
  const at = await play(options);
  const { code, by } = await check([...at, '--seconds', '3', ...args]);
  expect(code).toBe(1);
  expect(by[what]?.status).toBe('problem');
  expect(by[what]?.found).toContain(words);
  expect(by[what]?.fix).not.toBe('');
});

test('a check without a gateway, or without a key, says so', async () => {
  const at = await play();
  await gateway.close();
  const { code, by } = await check([...at, '--symbols', 'ESH6', '--seconds', '3']);
  expect(code).toBe(1);
  expect(by['session']?.found).toContain('VENDOR_UNAVAILABLE');
  process.env['DATABENTO_API_KEY'] = '';
  const none = await runHere(['live', 'check', '--symbols', 'ESH6']);
  expect(none.code).toBe(2);
  expect(none.stderr).toContain('VENDOR_KEY');
});

test('a recording lies where bronze finds it, and its gaps beside it', async () => {
  const at = await play({ speed: 2 });
  const lake = newLake();
  const args = ['live', 'record', ...at, '--lake', lake, '--symbols', 'ESH6,ESM6'];
  const cut = setInterval(() => {
    if ((gateway.connections[0]?.records ?? 0) < 50) return;
    gateway.disconnectAll('fin');
    clearInterval(cut);
  }, 20);
  const run = await runHere([...args, '--duration', '5', '--json']);
  expect(run.code).toBe(0);
  expect(run.stdout + run.stderr).not.toContain(KEY);
  const summary = JSON.parse(run.stdout);
  expect(summary).toMatchObject({ connections: 2, files: [fileOf(lake)] });
  expect(summary.gaps).toMatchObject([{ cause: 'disconnected', recovery: 'snapshot' }]);
  expect(run.stderr).toContain('GAP, disconnected');
  expect(readFileSync(`${fileOf(lake)}.notes.jsonl`, 'utf8')).not.toContain(KEY);
  const info = await runHere(['dbn', 'info', fileOf(lake), '--json']);
  expect(JSON.parse(info.stdout)).toMatchObject({ truncated: false });
  const book = await runHere(['book', fileOf(lake), '--symbol', 'ESM6', '--levels', '1']);
  expect(book.stdout.split('\n')[1]).toMatch(/,ESM6$/);
  const only = ['--symbol', 'ESM6', '--symbols', '--limit', '20'];
  const cat = await runHere(['dbn', 'cat', fileOf(lake), ...only]);
  const rows = cat.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows).toHaveLength(20);
  expect(new Set(rows.map(({ symbol }) => symbol))).toEqual(new Set(['ESM6']));
});

test('an interrupt ends a recording cleanly; another schema has a file of its own', async () => {
  const at = await play();
  writeFileSync(join(folder, '.env'), `DATABENTO_API_KEY=${KEY}\n`);
  const out = join(folder, 'out');
  const symbols = ['--symbols', 'ESH6', '--schema', 'mbo,trades', '--output', out];
  const run = startCli(['live', 'record', ...at, ...symbols], folder);
  await run.waitFor(/subscription-acknowledged/);
  await new Promise((done) => setTimeout(done, 700));
  run.interrupt();
  const { code, stdout, stderr } = await run.result;
  expect(stderr).toMatch(/\d+ records, 1 connections, 0 gaps/);
  expect(code).toBe(0);
  const files = stdout.trim().split('\n').sort();
  expect(files).toEqual([
    join(out, 'glbx-mdp3-20260105.mbo.dbn'),
    join(out, 'glbx-mdp3-20260105.trades.dbn'),
  ]);
  for (const file of files) expect(existsSync(file)).toBe(true);
});

test('a recording of what nobody knows ends with words and code 3', async () => {
  const at = await play();
  const args = ['live', 'record', ...at, '--lake', newLake(), '--symbols', 'ESZ9'];
  const run = await runHere([...args, '--duration', '1']);
  expect(run.code).toBe(3);
  expect(run.stderr).toContain('ESZ9');
});

/** A recorder that is killed; resolves when it is gone. */
async function recordAndKill(args: readonly string[], afterMs: number): Promise<void> {
  const main = join(packageRoot(), 'dist', 'src', 'cli', 'main.js');
  const env = { PATH: process.env['PATH'], DATABENTO_API_KEY: KEY };
  const child = spawn(process.execPath, [main, ...args], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.setEncoding('utf8');
  await new Promise<void>((done) => {
    child.stderr.on('data', (text: string) => {
      if (text.includes('subscription-acknowledged')) setTimeout(done, afterMs);
    });
  });
  child.kill('SIGKILL');
  await once(child, 'close');
}

test('a recorder that is killed loses nothing that it had, and the next one says what was', async () => {
  const at = await play({ speed: 4 });
  const lake = newLake();
  const args = ['live', 'record', ...at, '--lake', lake, '--symbols', 'ESH6'];
  let before = Buffer.alloc(0);
  for (const afterMs of [130, 310, 70]) {
    await recordAndKill(args, afterMs);
    const now = readFileSync(fileOf(lake));
    expect(now.length).toBeGreaterThan(before.length);
    expect(now.subarray(0, before.length).equals(before)).toBe(true);
    before = now;
  }
  const last = await runHere([...args, '--duration', '0.5', '--json']);
  const { gaps } = JSON.parse(last.stdout);
  expect(gaps).toMatchObject([{ cause: 'not-recorded', recovery: 'none' }]);
  const info = await runHere(['dbn', 'info', fileOf(lake), '--json']);
  expect(JSON.parse(info.stdout)).toMatchObject({ truncated: false });
  const notes = readFileSync(`${fileOf(lake)}.notes.jsonl`, 'utf8')
    .trim()
    .split('\n');
  const types = notes.map((line) => JSON.parse(line).type);
  expect(types.filter((type) => type === 'continue')).toHaveLength(3);
  expect(types.filter((type) => type === 'gap')).toHaveLength(3);
});
