/**
 * The pressure page on a live stream, from a gateway over a folder of records.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startVendorGateway, type VendorGateway } from '../../src/vendor/index.ts';
import { liveFolder } from '../vendor/live-data.ts';
import { launchChromium } from './chromium.ts';
import { checkBuilt, ServerProcess } from './market.ts';
import { newestSeq, openPage, waitForColumns } from './page-under-test.ts';

const KEY = 'db-unittestapikey1234567890FFFFF';
const folder = mkdtempSync(join(tmpdir(), 'spymaster-live-page-'));
const data = liveFolder();
let browser: Browser;
let gateway: VendorGateway;
let web: ServerProcess;
let stream: ServerProcess;

beforeAll(async () => {
  checkBuilt('vacuum-pressure.html');
  process.env['DATABENTO_API_KEY'] = KEY;
  const options = { data: data.path, keys: [KEY], speed: 1, atEnd: 'loop' } as const;
  [browser, gateway] = await Promise.all([launchChromium(), startVendorGateway(options)]);
  const at = ['--live-gateway', `${gateway.host}:${gateway.port}`, '--port', '0'];
  const lake = ['--lake', join(folder, 'lake'), '--cache-dir', join(folder, 'cache')];
  stream = await ServerProcess.start(['vacuum-pressure', ...at, ...lake]);
  web = await ServerProcess.start(['web', '--web-port', '0']);
});

afterAll(async () => {
  delete process.env['DATABENTO_API_KEY'];
  await browser?.close();
  await stream?.kill();
  await web?.kill();
  await gateway?.close();
  data.remove();
  rmSync(folder, { recursive: true, force: true });
});

function address(): string {
  const url = new URL('/vacuum-pressure.html', web.url);
  const server = new URL(stream.url).searchParams.get('server') ?? '';
  url.search = String(new URLSearchParams({ server, source: 'live', symbol: 'ESH6' }));
  return url.href;
}

const textOf = (page: Page, selector: string) => page.locator(selector).first().textContent();

it('says LIVE and how late the feed is, goes back, and returns to the edge', async () => {
  const { page, complaints } = await openPage(browser, address());
  await waitForColumns(page, 60);
  expect(await textOf(page, '.mode')).toBe('LIVE');
  expect(await textOf(page, '.health-chip')).toContain('feed lag');
  expect(await page.getByLabel('Speed').isDisabled()).toBe(true);
  const toLive = page.getByRole('button', { name: 'To live' });
  expect(await toLive.count()).toBe(0);
  const edge = await newestSeq(page);
  await page.getByLabel('Position in the session').focus();
  await page.keyboard.press('Home');
  await toLive.waitFor();
  await page.waitForFunction((seq) => (window.__spymaster.header?.seq ?? seq) < seq, edge);
  await toLive.click();
  await page.waitForFunction((seq) => (window.__spymaster.header?.seq ?? 0) > seq, edge);
  await toLive.waitFor({ state: 'detached' });
  gateway.disconnectAll('rst');
  await page.waitForFunction(() => window.__spymaster.header?.gap !== null);
  expect(complaints).toEqual([]);
  expect(await page.content()).not.toContain(KEY);
  await page.context().close();
});
