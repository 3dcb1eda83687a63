/**
 * How long the pressure page takes from picture to picture, in the browser of the page tests:
 * `npm run bench:page` prints the table that bench/RESULTS.md quotes. Nothing is asserted but that
 * pictures were painted; software rendering on two cores says little about a graphics card.
 *
 * Two loads, as the screens' specification asks: panning over everything that the page holds
 * (65,536 time steps of 128 rows, 8.4 M cells), and 40 new columns a second.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './chromium.ts';
import { checkBuilt, runProgram, ServerProcess } from './market.ts';
import { openPage, pausePlayback, waitForColumns } from './page-under-test.ts';

const DATE = '2026-01-05';
/** Time steps that the page holds. */
const HELD_COLUMNS = 65_536;
/** How long each load is watched, ms. */
const WATCH_MS = 10_000;

/** Times between animation frames and between pictures, ms. */
interface FrameTimes {
  frames: number[];
  paints: number;
}

let browser: Browser;
let folder: string;
let servers: ServerProcess[] = [];

beforeAll(async () => {
  checkBuilt('vacuum-pressure.html');
  folder = await mkdtemp(join(tmpdir(), 'spymaster-frames-'));
  const lake = ['--lake', join(folder, 'lake')];
  const hours = ['--dates', DATE, '--from', '09:25', '--to', '10:00'];
  await runProgram(['synth', '--symbol', 'ES', ...hours, '--rate', '300', ...lake]);
  const cache = ['--cache-dir', join(folder, 'cache')];
  servers = [
    await ServerProcess.start(['web', '--web-port', '0']),
    await ServerProcess.start(['vacuum-pressure', '--port', '0', ...lake, ...cache]),
  ];
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  for (const server of servers) await server.kill();
  await rm(folder, { recursive: true, force: true });
});

function address(speed: number): string {
  const [web, stream] = servers.map((s) => new URL(s.url)) as [URL, URL];
  const url = new URL('/vacuum-pressure.html', web);
  const server = stream.searchParams.get('server')!;
  const query = { symbol: 'ESH6', dt: DATE, start_time: '09:30', speed: String(speed), server };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

/** Watches animation frames; with `keys`, presses one of them in turn in each. */
function watch(page: Page, keys: readonly string[]): Promise<FrameTimes> {
  const ask = { keys, watchMs: WATCH_MS };
  return page.evaluate(async ({ keys: pressed, watchMs }) => {
    const host = document.querySelector<HTMLElement>('.surface-host')!;
    const before = window.__spymaster.paints;
    const frames: number[] = [];
    const began = performance.now();
    let last = began;
    while (last - began < watchMs) {
      const key = pressed[frames.length % Math.max(1, pressed.length)];
      if (key) host.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      const now = await new Promise<number>((seen) => requestAnimationFrame(seen));
      frames.push(now - last);
      last = now;
    }
    return { frames, paints: window.__spymaster.paints - before };
  }, ask);
}

function print(load: string, times: FrameTimes): void {
  const sorted = [...times.frames].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor(part * (sorted.length - 1))]!.toFixed(1);
  const paints = ((times.paints * 1000) / WATCH_MS).toFixed(1);
  const row = [load, at(0.5), at(0.95), at(0.99), paints];
  process.stdout.write(`| ${row.join(' | ')} |\n`);
}

describe('time from animation frame to animation frame, ms', () => {
  it('p50, p95, p99, pictures a second: 40 new columns a second', async () => {
    const { page } = await openPage(browser, address(1));
    await waitForColumns(page, 200);
    const times = await watch(page, []);
    print('40 columns a second', times);
    expect(times.paints).toBeGreaterThan(0);
    await page.context().close();
  });

  it('p50, p95, p99, pictures a second: panning over 8.4 M cells', async () => {
    const { page } = await openPage(browser, address(100));
    await waitForColumns(page, HELD_COLUMNS - 2000);
    await page.focus('.surface-host');
    await pausePlayback(page);
    for (let i = 0; i < 40; i++) await page.keyboard.press('-');
    const pans = Array.from({ length: 40 }, (_, i) => (i < 20 ? 'ArrowLeft' : 'ArrowRight'));
    const times = await watch(page, pans);
    print('panning 8.4 M cells', times);
    expect(times.paints).toBeGreaterThan(0);
    await page.context().close();
  });
});
