import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rgbOfHex } from '../../web/surface/colour-maps.ts';
import { launchChromium } from './chromium.ts';
import { Market } from './market.ts';
import {
  newestSeq,
  openPage,
  type PageUnderTest,
  pausePlayback,
  surfacePicture,
  waitForColumns,
} from './page-under-test.ts';
import { pixel } from './png.ts';

/** Grid index of 09:30:00 New York on the session's day, 25 ms a step. */
const OPEN_SEQ = 2_088_000;
/** Colour of gap hatching in the dark theme. */
const GAP = rgbOfHex('#c9a24a');

let browser: Browser;
let market: Market;

beforeAll(async () => {
  [browser, market] = await Promise.all([launchChromium(), Market.open()]);
});

afterAll(async () => {
  await browser?.close();
  await market?.close();
});

/** Waits until a note on the page matches, and returns it. */
async function noteLike(page: Page, pattern: string): Promise<string> {
  const found = await page.waitForFunction(
    (p) =>
      [...document.querySelectorAll('.note')]
        .map((n) => n.textContent ?? '')
        .find((text) => new RegExp(p).test(text)),
    pattern,
  );
  return String(await found.jsonValue());
}

describe('transport', () => {
  let t: PageUnderTest;
  beforeAll(async () => {
    t = await openPage(browser, market.page());
    await waitForColumns(t.page, 40);
  });
  afterAll(() => t.page.context().close());

  it('starts where the address says', async () => {
    const { oldest } = await t.page.evaluate(() => window.__spymaster.columns);
    expect(oldest).toBe(OPEN_SEQ);
  });

  it('pauses and plays on from the same place', async () => {
    await pausePlayback(t.page);
    const held = await newestSeq(t.page);
    await t.page.waitForTimeout(500);
    expect(await newestSeq(t.page)).toBe(held);
    await t.page.keyboard.press('Space');
    await t.page.waitForFunction((s) => (window.__spymaster.header?.seq ?? 0) > s + 20, held);
    const holes = await t.page.evaluate((s) => window.__spymaster.holes(s - 20, s + 20), held);
    expect(holes).toEqual([]);
  });

  it('changes speed by key and by hand, and shows it', async () => {
    await t.page.keyboard.press(']');
    await t.page.waitForFunction(
      () => document.querySelector<HTMLSelectElement>('.speed select')?.value === '2',
    );
    await t.page.getByLabel('Speed').selectOption('5');
    await t.page.waitForFunction(() => new URL(location.href).searchParams.get('speed') === '5');
  });

  it('seeks forward, and draws what was not played as a gap with its cause', async () => {
    await t.page.focus('.surface-host');
    await pausePlayback(t.page);
    const before = await newestSeq(t.page);
    await t.page.keyboard.press('.');
    await t.page.waitForFunction((s) => (window.__spymaster.header?.seq ?? 0) > s + 1000, before);
    const gaps = await t.page.evaluate(() => window.__spymaster.gaps);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toMatchObject({ from: before + 1, cause: expect.stringMatching(/not played/) });
    await t.page.mouse.move(5, 5);
    await t.page.waitForTimeout(800);
    const picture = await surfacePicture(t.page);
    let hatched = 0;
    for (let y = 0; y < picture.height; y++) {
      for (let x = 0; x < picture.width; x++) {
        const [r, g, b] = pixel(picture, x, y);
        if (Math.abs(r - GAP[0]) + Math.abs(g - GAP[1]) + Math.abs(b - GAP[2]) < 40) hatched++;
      }
    }
    expect(hatched / (picture.width * picture.height)).toBeGreaterThan(0.01);
  });

  it('seeks back without showing the future', async () => {
    const before = await newestSeq(t.page);
    await t.page.keyboard.press(',');
    await t.page.waitForFunction((s) => (window.__spymaster.header?.seq ?? s) < s, before);
    const { newest } = await t.page.evaluate(() => window.__spymaster.columns);
    expect(newest).toBe(await newestSeq(t.page));
    expect(await t.page.evaluate((s) => window.__spymaster.cell(s, 27_790).frameSeq, before)).toBe(
      null,
    );
  });

  it('seeks with the slider', async () => {
    const slider = t.page.getByLabel('Position in the session');
    await slider.focus();
    await slider.press('End');
    await t.page.waitForFunction(
      () => (window.__spymaster.header?.seq ?? 0) > 2_088_000 + 5 * 60 * 40,
    );
  });

  it('restarts with an empty picture from the start time', async () => {
    const before = await newestSeq(t.page);
    await t.page.focus('.surface-host');
    await t.page.keyboard.press('r');
    await t.page.waitForFunction((s) => (window.__spymaster.header?.seq ?? s) < s, before);
    const { oldest } = await t.page.evaluate(() => window.__spymaster.columns);
    expect(oldest).toBe(OPEN_SEQ);
    expect(await t.page.evaluate(() => window.__spymaster.gaps)).toEqual([]);
  });

  it('complains about nothing', () => {
    expect(t.complaints).toEqual([]);
  });
});

describe('a server that dies', () => {
  it('is met again by itself, and the picture has no hole', async () => {
    const t = await openPage(browser, market.page());
    await waitForColumns(t.page, 60);
    await market.crash();
    await noteLike(t.page, 'Disconnected');
    const atCrash = await newestSeq(t.page);
    await market.revive();
    await t.page.waitForFunction((s) => (window.__spymaster.header?.seq ?? 0) > s + 60, atCrash);
    expect(await noteLike(t.page, 'Reconnected')).toMatch(/Nothing was missed/);
    const { holes, gaps, held } = await t.page.evaluate((s) => {
      const hook = window.__spymaster;
      const { oldest, newest } = hook.columns;
      const around = Array.from({ length: 40 }, (_, i) => hook.cell(s - 10 + i, 27_790));
      return {
        holes: hook.holes(oldest, newest),
        gaps: hook.gaps,
        held: around.filter((c) => c.held).length,
      };
    }, atCrash);
    expect(holes).toEqual([]);
    expect(gaps).toEqual([]);
    expect(held).toBe(0);
    await t.page.context().close();
  });
});

describe('words for what is wrong', () => {
  it('names what is there when a symbol is not', async () => {
    const { page } = await openPage(browser, market.page({ symbol: 'ZZZ9' }));
    const note = await noteLike(page, 'ZZZ9');
    expect(note).toMatch(/ES/);
    expect(await page.evaluate(() => window.__spymaster.connection)).toBe('failed');
    expect(await page.textContent('.last')).toBe('–');
    await page.context().close();
  });

  it('says that the data ended, and plays again', async () => {
    const { page } = await openPage(browser, market.page({ start_time: '09:35:50', speed: '0' }));
    await noteLike(page, 'End of the data');
    await page.getByRole('button', { name: 'Play again' }).click();
    await page.waitForFunction(() => window.__spymaster.connection === 'streaming');
    await page.context().close();
  });
});

describe('a shared link', () => {
  it('restores the view: field, zoom, place', async () => {
    const first = await openPage(browser, market.page({ speed: '2' }));
    await waitForColumns(first.page, 400);
    await pausePlayback(first.page);
    await first.page.keyboard.press('4');
    for (let i = 0; i < 6; i++) await first.page.keyboard.press('Alt+=');
    for (let i = 0; i < 3; i++) await first.page.keyboard.press('ArrowLeft');
    await first.page.waitForFunction(() => new URL(location.href).searchParams.has('at'));
    await first.page.waitForTimeout(1500);
    const camera = await first.page.evaluate(() => window.__spymaster.camera!);
    const second = await openPage(browser, first.page.url());
    await second.page.waitForFunction(() => document.querySelector('[aria-label="Play"]') !== null);
    const restored = await second.page.evaluate(() => window.__spymaster.camera!);
    expect(restored.zoomX).toBeCloseTo(camera.zoomX, 2);
    expect(Math.abs(restored.right - camera.right)).toBeLessThan(1);
    expect(Math.abs(restored.centre - camera.centre)).toBeLessThanOrEqual(1);
    expect(await second.page.getAttribute('.fields [aria-pressed="true"]', 'title')).toMatch(
      /Resting size/,
    );
    await first.page.context().close();
    await second.page.context().close();
  });
});

describe('the same seed', () => {
  it('is the same picture on every page', async () => {
    const view = { speed: '2', field: 'depth', contrast: 'linear' };
    const pictures = [];
    for (let i = 0; i < 2; i++) {
      const { page } = await openPage(browser, market.page(view));
      await waitForColumns(page, 200);
      await pausePlayback(page);
      pictures.push(
        await page.evaluate((open) => {
          const hook = window.__spymaster;
          const cells = [];
          for (let c = open; c < open + 200; c += 7) {
            for (let row = 27_760; row < 27_820; row += 5) cells.push(hook.cell(c, row).values);
          }
          return JSON.stringify(cells);
        }, OPEN_SEQ),
      );
      await page.context().close();
    }
    expect(pictures[0]).toBe(pictures[1]);
    expect(pictures[0]).toMatch(/"rest_depth":[1-9]/);
  });
});
