import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Prng } from '../../src/core/index.ts';
import { packageRoot } from '../../src/lake/index.ts';
import { DataFolder, type VendorHistorical } from '../../src/vendor/index.ts';
import {
  filesBelow,
  KEY,
  scratch,
  smallMarket,
  startVendor,
  submissionsOf,
} from '../intake/batch/small-market.ts';

const MAIN = join(packageRoot(), 'dist', 'src', 'cli', 'main.js');
/** Times that a daemon is killed. */
const KILLS = 50;
/** Requests within which a daemon is killed; a whole run has some 60. */
const MOST_REQUESTS = 14;
/** Longest wait between such a request and the end, ms. */
const MOST_DELAY_MS = 25;

let market: DataFolder;
let vendor: VendorHistorical | null = null;

beforeAll(async () => {
  market = await DataFolder.open(await smallMarket());
}, 120_000);

afterAll(() => vendor?.close());

function startDaemon(url: string, folder: string) {
  const flags = ['--start', '2026-01-05', '--end', '2026-01-06', '--include-futures'];
  const pace = ['--pause-seconds', '0', '--poll-interval', '0.05', '--settle-seconds', '0.2'];
  const where = ['--historical-url', url, '--lake', join(folder, 'lake')];
  const args = ['download', 'futures', 'daemon', ...flags, ...pace, ...where];
  return spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], DATABENTO_API_KEY: KEY },
    stdio: 'ignore',
  });
}

/** Runs a daemon to its end; its exit code. */
async function runToEnd(url: string, folder: string): Promise<number> {
  const [code] = await once(startDaemon(url, folder), 'close');
  return code as number;
}

/** Kills a daemon some requests after its start; false when it ended before. */
async function runAndKill(server: VendorHistorical, folder: string, chance: Prng) {
  const { entries } = server.log;
  const last = entries.length + 1 + chance.int(MOST_REQUESTS);
  const delay = chance.float() * MOST_DELAY_MS;
  const child = startDaemon(server.url, folder);
  let isOver = false;
  const closed = once(child, 'close').then(() => {
    isOver = true;
  });
  while (!isOver && entries.length < last) await sleep(1);
  await sleep(delay);
  const isKilled = !isOver && child.kill('SIGKILL');
  await closed;
  return isKilled && child.signalCode === 'SIGKILL';
}

test('a daemon that is killed goes on: the same files, and no job is made twice', async () => {
  vendor = await startVendor(market);
  const whole = scratch();
  expect(await runToEnd(vendor.url, whole)).toBe(0);
  const files = filesBelow(join(whole, 'lake'));
  const jobs = submissionsOf(vendor);
  expect(new Set(jobs).size).toBe(8);
  expect(files).toHaveLength(40);
  await vendor.close();

  const chance = new Prng(20260105);
  let kills = 0;
  while (kills < KILLS) {
    vendor = await startVendor(market);
    const folder = scratch();
    while (kills < KILLS && (await runAndKill(vendor, folder, chance))) kills++;
    expect(await runToEnd(vendor.url, folder)).toBe(0);
    expect(filesBelow(join(folder, 'lake'))).toEqual(files);
    expect(submissionsOf(vendor)).toEqual(jobs);
    await vendor.close();
    rmSync(folder, { recursive: true });
  }
}, 900_000);
