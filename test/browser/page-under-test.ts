import type { Browser, Page } from 'playwright-core';
import type { TestHook } from '../../web/shell/test-hook.ts';
import { decodePng, type Picture } from './png.ts';
import { limited, within } from './within.ts';

declare global {
  interface Window {
    readonly __spymaster: TestHook;
  }
}

/** How long anything may take on a loaded machine with software rendering, ms. */
const PATIENCE_MS = 60_000;

/** A page and everything it complained about. */
export interface PageUnderTest {
  page: Page;
  /** Console errors and uncaught exceptions, in words. */
  complaints: string[];
}

/** Opens an address in a fresh context and waits for the first frames. */
export async function openPage(
  browser: Browser,
  url: string,
  size = { width: 1280, height: 720 },
): Promise<PageUnderTest> {
  const context = await within(
    'a new context',
    browser.newContext({ viewport: size, locale: 'en-US' }),
  );
  const page = limited(await within('a new page', context.newPage()), 'page');
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  page.on('console', (m) => {
    if (m.type() === 'error') complaints.push(m.text());
  });
  page.on('pageerror', (e) => complaints.push(e.stack ?? e.message));
  await page.goto(url);
  return { page, complaints };
}

/** Waits until the page has painted frames over at least `columns` time steps. */
export async function waitForColumns(page: Page, columns: number): Promise<void> {
  await page.waitForFunction((n) => {
    const s = window.__spymaster;
    return s?.header && s.paints > 2 && s.columns.newest - s.columns.oldest >= n;
  }, columns);
}

/** Sequence number of the newest frame. */
export function newestSeq(page: Page): Promise<number> {
  return page.evaluate(() => window.__spymaster.header?.seq ?? -1);
}

/** Stops the playback and waits until it stands still. */
export async function pausePlayback(page: Page): Promise<void> {
  await page.keyboard.press('Space');
  await page.waitForFunction(() => document.querySelector('[aria-label="Play"]') !== null);
  let before = -1;
  for (let now = await newestSeq(page); now !== before; now = await newestSeq(page)) {
    before = now;
    await page.waitForTimeout(400);
  }
}

/** A picture of the plot area, axes left out. */
export async function surfacePicture(page: Page): Promise<Picture> {
  const plot = await page.evaluate(() => window.__spymaster.plot!);
  return decodePng(await page.screenshot({ clip: plot }));
}

/** Runs `act` and waits until a picture was painted after it. */
export async function afterPaint(page: Page, act: () => Promise<unknown>): Promise<void> {
  const before = await page.evaluate(() => window.__spymaster.paints);
  await act();
  await page.waitForFunction((n) => window.__spymaster.paints > n, before);
}
