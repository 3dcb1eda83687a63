/**
 * The pictures of the documentation. Run with SPYMASTER_UPDATE_IMAGES=1 to write them to
 * docs/images; without it they are drawn all the same, and looked at by the test only.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './chromium.ts';
import { Market } from './market.ts';
import {
  afterPaint,
  openPage,
  type PageUnderTest,
  pausePlayback,
  surfacePicture,
  waitForColumns,
} from './page-under-test.ts';
import { pixel } from './png.ts';

const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const SIZE = { width: 1440, height: 810 };

let browser: Browser;
let market: Market;

beforeAll(async () => {
  [browser, market] = await Promise.all([launchChromium(), Market.open()]);
});

afterAll(async () => {
  await browser?.close();
  await market?.close();
});

describe('the picture', () => {
  let t: PageUnderTest;
  beforeAll(async () => {
    const view = { theme: 'dark', field: 'composite', speed: '4', min_size: '10' };
    t = await openPage(browser, market.page(view), SIZE);
    await waitForColumns(t.page, 2700);
    await pausePlayback(t.page);
  });
  afterAll(() => t.page.context().close());

  it.each(['dark', 'light'])('is full of colours in the %s theme', async (theme) => {
    const { page, complaints } = t;
    const shown = await page.evaluate(() => document.documentElement.dataset['theme']);
    if (shown !== theme) await afterPaint(page, () => page.keyboard.press('t'));
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe(theme);
    const plot = await page.evaluate(() => window.__spymaster.plot!);
    await page.mouse.move(plot.x + plot.width * 0.62, plot.y + plot.height * 0.42);
    await page.waitForTimeout(1500);
    const picture = await surfacePicture(page);
    const colours = new Set<number>();
    for (let y = 0; y < picture.height; y += 3) {
      for (let x = 0; x < picture.width; x += 3) {
        const [r, g, b] = pixel(picture, x, y);
        colours.add((r << 16) | (g << 8) | b);
      }
    }
    expect(colours.size).toBeGreaterThan(120);
    expect(complaints).toEqual([]);
    if (process.env['SPYMASTER_UPDATE_IMAGES']) {
      const file = join(IMAGES, `vacuum-pressure-${theme}.png`);
      await writeFile(file, await page.screenshot());
    }
  });
});
