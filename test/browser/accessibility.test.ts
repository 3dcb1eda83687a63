import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { THEMES } from '../../web/shell/themes.ts';
import { launchChromium } from './chromium.ts';
import { Market } from './market.ts';
import { misplaced, violations } from './page-checks.ts';
import { openPage, type PageUnderTest, pausePlayback, waitForColumns } from './page-under-test.ts';

const THEME_NAMES = Object.keys(THEMES);

let browser: Browser;
let market: Market;

beforeAll(async () => {
  [browser, market] = await Promise.all([launchChromium(), Market.open()]);
});

afterAll(async () => {
  await browser?.close();
  await market?.close();
});

describe('the page', () => {
  let t: PageUnderTest;
  beforeAll(async () => {
    t = await openPage(browser, market.page({ speed: '4' }));
    await waitForColumns(t.page, 200);
    await pausePlayback(t.page);
  });
  afterAll(() => t.page.context().close());

  it.each(THEME_NAMES)('has nothing that axe objects to in the %s theme', async (theme) => {
    await t.page.waitForFunction((n) => document.documentElement.dataset['theme'] === n, theme);
    expect(await violations(t.page)).toEqual([]);
    await t.page.keyboard.press('h');
    await t.page.waitForSelector('#health-panel');
    expect(await violations(t.page)).toEqual([]);
    await t.page.keyboard.press('h');
    await t.page.waitForSelector('#health-panel', { state: 'detached' });
    await t.page.keyboard.press('?');
    await t.page.waitForSelector('dialog.help[open]');
    expect(await violations(t.page)).toEqual([]);
    await t.page.keyboard.press('Escape');
    await t.page.waitForSelector('dialog.help', { state: 'hidden' });
    await t.page.keyboard.press('t');
  });

  it('shows where the focus is', async () => {
    for (let i = 0; i < 25; i++) {
      await t.page.keyboard.press('Tab');
      const outline = await t.page.evaluate(() => {
        const el = document.activeElement;
        return el && el !== document.body ? getComputedStyle(el).outlineStyle : 'solid';
      });
      expect(outline).not.toBe('none');
    }
  });
});

describe.each([
  { width: 1280, height: 720 },
  { width: 1024, height: 720 },
  { width: 2560, height: 1440 },
])('at $width x $height', (size) => {
  it('lets nothing overlap, stick out or scroll', async () => {
    const { page } = await openPage(browser, market.page(), size);
    await waitForColumns(page, 10);
    expect(await misplaced(page)).toEqual([]);
    const plot = await page.evaluate(() => window.__spymaster.plot!);
    expect(plot.width).toBeGreaterThan(420);
    await page.context().close();
  });
});

describe('with reduced motion', () => {
  it('jumps to spot instead of gliding', async () => {
    const context = await browser.newContext({ reducedMotion: 'reduce', locale: 'en-US' });
    const page = await context.newPage();
    await page.goto(market.page());
    await waitForColumns(page, 20);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Home');
    await page.waitForFunction(() => {
      const s = window.__spymaster;
      const spot = Math.floor(Number(s.header!.spot_ref_price_int) / 250_000_000);
      return s.camera!.centre === spot;
    });
    await context.close();
  });
});
