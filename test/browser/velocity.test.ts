import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SIDE_CODES } from '../../src/wire/index.ts';
import type { TestHook } from '../../web/shell/test-hook.ts';
import { THEMES } from '../../web/shell/themes.ts';
import { LAYERS } from '../../web/velocity/layers.ts';
import type { VelocityHook } from '../../web/velocity/test-hook.ts';
import { launchChromium } from './chromium.ts';
import { misplaced, violations } from './page-checks.ts';
import {
  afterPaint,
  newestSeq,
  openPage,
  type PageUnderTest,
  pausePlayback,
  surfacePicture,
  waitForColumns,
} from './page-under-test.ts';
import { difference } from './png.ts';
import { UNPROVEN_REASON, VELOCITY_MARKET, VelocityMarket } from './velocity-market.ts';
import { windowOfServer } from './window-of-server.ts';

type Hook = TestHook & VelocityHook;

/** Window end of 09:30:00 New York on the session's day, s since 00:00 UTC. */
const OPEN_SEQ = 52_200;
const STREAM = { symbol: VELOCITY_MARKET.symbol, dt: VELOCITY_MARKET.date };

let browser: Browser;
let market: VelocityMarket;

beforeAll(async () => {
  [browser, market] = await Promise.all([launchChromium(), VelocityMarket.open()]);
});

afterAll(async () => {
  await browser?.close();
  await market?.close();
});

/** Clicks until a layer's switch stands as asked, and waits for the picture. */
async function switchLayer(page: Page, label: string, on: boolean): Promise<void> {
  await afterPaint(page, () => page.getByRole('checkbox', { name: label }).setChecked(on));
}

describe('while it plays', () => {
  let t: PageUnderTest;
  beforeAll(async () => {
    t = await openPage(browser, market.page({ speed: '5' }));
    await waitForColumns(t.page, 12);
  });
  afterAll(() => t.page.context().close());

  it('says what it shows, and calls synthetic data synthetic', async () => {
    expect(await t.page.textContent('.symbol')).toBe(VELOCITY_MARKET.symbol);
    expect(await t.page.textContent('.mode')).toBe('SYNTHETIC');
    expect(await t.page.textContent('.clock')).toMatch(/^09:30:\d\d\.\d EST$/);
    expect(await t.page.textContent('.follow')).toBe('Live');
  });

  it('moves', async () => {
    const before = await surfacePicture(t.page);
    const seq = await newestSeq(t.page);
    await t.page.waitForFunction((n) => window.__spymaster.columns.newest > n + 8, seq);
    expect(difference(before, await surfacePicture(t.page), 24)).toBeGreaterThan(0.01);
  });

  it('calls the forecast unproven on the picture, on the card and in its health', async () => {
    const note = await t.page.textContent('.forecast-note');
    expect(note).toContain('UNPROVEN FORECAST');
    expect(note).toContain(UNPROVEN_REASON);
    expect(await t.page.textContent('.forecast-card .forecast-status')).toBe('unproven');
    expect(await t.page.textContent('.forecast-card')).toContain(UNPROVEN_REASON);
    expect(await t.page.textContent('.health-chip')).toMatch(/lag \d+.*book ok.*fc unproven/);
  });

  it('tells a screen reader price, mode and forecast', async () => {
    await t.page.waitForFunction(() =>
      /ESH6 \d+\.\d+ at .*synthetic data, playing\. Unproven forecast in 10 seconds: up \d+/.test(
        document.querySelector('[aria-live="polite"]')?.textContent ?? '',
      ),
    );
  });

  it('leads to the other page with the same session', async () => {
    const href = await t.page.getAttribute('.other-page', 'href');
    const there = new URL(href!, market.page());
    expect(there.pathname).toBe('/vacuum-pressure.html');
    expect(there.searchParams.get('symbol')).toBe(VELOCITY_MARKET.symbol);
    expect(there.searchParams.get('dt')).toBe(VELOCITY_MARKET.date);
    expect(there.searchParams.has('server')).toBe(false);
  });

  it('complains about nothing', () => {
    expect(t.complaints).toEqual([]);
  });
});

describe('while it stands', () => {
  let t: PageUnderTest;
  beforeAll(async () => {
    t = await openPage(browser, market.page({ speed: '20' }));
    await waitForColumns(t.page, 60);
    await pausePlayback(t.page);
  });
  afterAll(() => t.page.context().close());

  const header = () => t.page.evaluate(() => window.__spymaster.header!);
  const spotOf = (priceInt: string | null) => Math.round(Number(priceInt) / 250_000_000);

  it("reads out the window's numbers of both sides under the crosshair", async () => {
    const { session, seq } = await header();
    const sent = await windowOfServer(market.server, STREAM, session, seq);
    expect(sent.header.seq).toBe(seq);
    const spot = spotOf(sent.header.spot_ref_price_int);
    const { velocity } = sent;
    expect(velocity.rel_ticks.length).toBeGreaterThan(20);
    for (let i = 0; i < velocity.rel_ticks.length; i += 7) {
      const cell = await t.page.evaluate(
        ([column, row]) => window.__spymaster.cell(column!, row!),
        [seq, spot + velocity.rel_ticks[i]!],
      );
      const side = velocity.side[i] === SIDE_CODES.A ? 'ask' : 'bid';
      expect(cell.frameSeq).toBe(seq);
      for (const name of ['liquidity_velocity', 'pressure_grad', 'Omega', 'nu', 'rho'] as const) {
        expect(cell.values[`${name}_${side}`], `${name} ${side}`).toBe(velocity[name][i]);
      }
    }
  });

  it("shows the server's probabilities with each horizon's skill beside them", async () => {
    const { session, seq } = await header();
    const { forecast } = await windowOfServer(market.server, STREAM, session, seq);
    const said = await t.page.evaluate(() => (window.__spymaster as Hook).forecast!);
    expect(said.available).toBe(true);
    expect(said.horizons.map((h) => h.horizon)).toEqual([...forecast.horizon_s]);
    expect(said.horizons.map((h) => h.up)).toEqual([...forecast.p_up]);
    const rows = await t.page.locator('.forecast-card tbody tr').allTextContents();
    expect(rows.map((row) => row.split(' s')[0])).toEqual(['1', '2', '5', '10', '20', '30']);
    const up = (seconds: number) => forecast.p_up[forecast.horizon_s.indexOf(seconds)]!;
    const cells = await t.page.locator('.forecast-card tbody tr').first().locator('td').all();
    expect(await cells[2]!.textContent()).toBe(String(Math.round(100 * up(1))));
    expect(rows[0]).toContain('+3.0 [+1.0, +5.0] ✓');
    expect(rows[5]).toContain('−1.0 [−3.0, +1.0] ≈');
  });

  it('reads the forecast of a second ahead, and calls it unproven', async () => {
    const { seq, mid_price_int: mid } = await header();
    const ahead = await t.page.evaluate(
      ([c, row]) => window.__spymaster.cell(c!, row!),
      [seq + 10, spotOf(mid)],
    );
    expect(ahead.frameSeq).toBeNull();
    expect(ahead.extra[0]![0]).toBe('+10 s UNPROVEN');
    expect(ahead.extra[0]![1]).toMatch(/^-?\d+\.\d\d ticks$/);
  });

  it('has bars at the listed strikes, and options in numbers', async () => {
    const strikes = await t.page.evaluate(() => (window.__spymaster as Hook).strikes);
    expect(strikes.length).toBeGreaterThan(5);
    expect(strikes.every((strike) => strike % 20 === 0)).toBe(true);
    expect(await t.page.textContent('[aria-label="Options"]')).toMatch(/Calls−?\d.*Puts−?\d/);
  });

  it('switches each layer off and on, keeps the rest, and writes it to the address', async () => {
    const whole = await surfacePicture(t.page);
    for (const { label, id } of LAYERS) {
      await switchLayer(t.page, label, false);
      const without = await surfacePicture(t.page);
      expect(difference(whole, without, 12), label).toBeGreaterThan(0.0005);
      await t.page.waitForFunction((off) => location.search.includes(`off=${off}`), id);
      await switchLayer(t.page, label, true);
      expect(difference(whole, await surfacePicture(t.page), 12), label).toBeLessThan(0.0005);
    }
    await t.page.waitForFunction(() => !location.search.includes('off='));
  });

  it('fades a layer', async () => {
    const whole = await surfacePicture(t.page);
    const slider = t.page.getByRole('slider', { name: 'Opacity of Futures' });
    await afterPaint(t.page, () => slider.fill('30'));
    expect(difference(whole, await surfacePicture(t.page), 12)).toBeGreaterThan(0.01);
    await afterPaint(t.page, () => slider.fill('100'));
    expect(difference(whole, await surfacePicture(t.page), 12)).toBeLessThan(0.0005);
  });

  it('recolours history with another field or side, and loses nothing', async () => {
    await t.page.focus('.surface-host');
    const columns = await t.page.evaluate(() => window.__spymaster.columns);
    const first = await surfacePicture(t.page);
    for (const key of ['2', '3', '4', '5']) {
      await afterPaint(t.page, () => t.page.keyboard.press(key));
      await t.page.waitForTimeout(400);
      expect(difference(first, await surfacePicture(t.page), 16), key).toBeGreaterThan(0.02);
    }
    await afterPaint(t.page, () => t.page.keyboard.press('1'));
    for (const side of ['asks', 'bids']) {
      await afterPaint(t.page, () => t.page.keyboard.press('a'));
      await t.page.waitForTimeout(400);
      expect(difference(first, await surfacePicture(t.page), 16), side).toBeGreaterThan(0.01);
    }
    await afterPaint(t.page, () => t.page.keyboard.press('a'));
    await t.page.waitForTimeout(600);
    expect(difference(first, await surfacePicture(t.page), 16)).toBeLessThan(0.01);
    expect(await t.page.evaluate(() => window.__spymaster.columns)).toEqual(columns);
  });

  it('is the same picture after its context was lost', async () => {
    const before = await surfacePicture(t.page);
    await t.page.evaluate(async () => {
      const gl = document.querySelector<HTMLCanvasElement>('.surface-cells')!.getContext('webgl2')!;
      const lose = gl.getExtension('WEBGL_lose_context')!;
      lose.loseContext();
      await new Promise((resolve) => setTimeout(resolve, 300));
      lose.restoreContext();
    });
    await t.page.waitForTimeout(1000);
    expect(difference(before, await surfacePicture(t.page), 16)).toBeLessThan(0.01);
  });

  it('saves a picture and the visible window', async () => {
    const png = t.page.waitForEvent('download');
    await t.page.keyboard.press('s');
    expect((await png).suggestedFilename()).toMatch(/^ESH6-2026-01-05-\d{6}\.png$/);
    const csv = t.page.waitForEvent('download');
    await t.page.keyboard.press('x');
    const chunks: Buffer[] = [];
    for await (const chunk of await (await csv).createReadStream()) chunks.push(chunk as Buffer);
    const lines = Buffer.concat(chunks).toString().trim().split('\n');
    expect(lines[0]).toMatch(/^seq,ts_ns,price,liquidity_velocity_ask/);
    const { newest } = await t.page.evaluate(() => window.__spymaster.columns);
    expect(Number(lines.at(-1)!.split(',')[0])).toBe(newest);
  });

  it.each(Object.keys(THEMES))('has nothing that axe objects to in the %s theme', async (theme) => {
    await t.page.waitForFunction((n) => document.documentElement.dataset['theme'] === n, theme);
    expect(await violations(t.page)).toEqual([]);
    await t.page.focus('.surface-host');
    await t.page.keyboard.press('t');
  });

  it('complains about nothing', () => {
    expect(t.complaints.filter((c) => !/CONTEXT_LOST/.test(c))).toEqual([]);
  });
});

describe('transport', () => {
  let t: PageUnderTest;
  beforeAll(async () => {
    t = await openPage(browser, market.page({ speed: '10' }));
    await waitForColumns(t.page, 5);
  });
  afterAll(() => t.page.context().close());

  it('goes where the seek bar is put, and hatches what was passed over', async () => {
    const slider = t.page.getByRole('slider', { name: 'Position in the session' });
    await slider.fill(String(Number(await slider.inputValue()) + 120));
    await t.page.waitForFunction((n) => window.__spymaster.columns.newest > n + 100, OPEN_SEQ);
    const gaps = await t.page.evaluate(() => window.__spymaster.gaps);
    expect(gaps.map((g) => g.cause)).toContain('not played: moved forward');
  });

  it('shows no future after a step back', async () => {
    await pausePlayback(t.page);
    const before = await newestSeq(t.page);
    for (let i = 0; i < 2; i++) await t.page.keyboard.press(',');
    await t.page.waitForFunction((n) => window.__spymaster.columns.newest < n - 20, before);
    // Both at one moment: the second step may arrive between two questions.
    const { said, newest } = await t.page.evaluate(() => {
      const hook = window.__spymaster as Hook;
      return { said: hook.forecast!.seq, newest: hook.columns.newest };
    });
    expect(said).toBe(newest);
  });

  it('restarts the stream with every layer empty', async () => {
    await t.page.getByRole('button', { name: 'Restart Stream' }).click();
    const { columns, forecast, strikes } = await t.page.evaluate(() => {
      const hook = window.__spymaster as Hook;
      return { columns: hook.columns, forecast: hook.forecast, strikes: hook.strikes };
    });
    const empty = columns.newest < columns.oldest && forecast === null && strikes.length === 0;
    expect(empty || columns.oldest <= OPEN_SEQ + 2).toBe(true);
    await waitForColumns(t.page, 5);
    const after = await t.page.evaluate(() => window.__spymaster.columns);
    expect(after.oldest).toBeLessThanOrEqual(OPEN_SEQ + 2);
    expect(await t.page.evaluate(() => window.__spymaster.gaps)).toEqual([]);
    expect(await t.page.evaluate(() => window.__spymaster.connection)).toBe('streaming');
  });

  it('reconnects by itself and misses nothing', async () => {
    const { newest } = await t.page.evaluate(() => window.__spymaster.columns);
    await market.crash();
    await t.page.waitForFunction(() => window.__spymaster.connection === 'waiting');
    await market.revive();
    await t.page.waitForFunction((n) => window.__spymaster.columns.newest > n + 10, newest);
    const holes = await t.page.evaluate((n) => window.__spymaster.holes(n, n + 10), newest);
    expect(holes).toEqual([]);
  });

  it('complains about nothing but the lost connection', () => {
    expect(t.complaints.filter((c) => !/WebSocket connection/.test(c))).toEqual([]);
  });
});

describe('the same place', () => {
  it('has the same numbers on every page', async () => {
    const numbers = [];
    for (let i = 0; i < 2; i++) {
      const { page } = await openPage(browser, market.page({ speed: '20' }));
      await waitForColumns(page, 40);
      numbers.push(
        await page.evaluate((open) => {
          const hook = window.__spymaster;
          const cells = [];
          for (let c = open + 2; c < open + 40; c += 3) {
            for (let row = 27_700; row < 27_880; row += 7) cells.push(hook.cell(c, row));
          }
          return JSON.stringify(cells.map((cell) => [cell.price, cell.values]));
        }, OPEN_SEQ),
      );
      await page.context().close();
    }
    expect(numbers[0]).toBe(numbers[1]);
    expect(numbers[0]).toMatch(/"Omega_bid":[1-9]/);
  });
});

describe('where unproven forecasts are withheld', () => {
  it('shows none, says why, and leaves dashes, not zeros', async () => {
    const { page, complaints } = await openPage(
      browser,
      market.page({ server: market.strictServer }),
    );
    await waitForColumns(page, 3);
    expect(await page.textContent('.forecast-note')).toContain('Forecast withheld: unproven');
    expect(await page.textContent('.forecast-note')).toContain(UNPROVEN_REASON);
    const cells = await page.locator('.forecast-card tbody tr td:not(.skill)').allTextContents();
    expect(cells).toHaveLength(24);
    expect(new Set(cells)).toEqual(new Set(['–']));
    const said = await page.evaluate(() => (window.__spymaster as Hook).forecast!);
    expect(said).toMatchObject({ available: false, horizons: [] });
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe.each([
  { width: 1280, height: 720 },
  { width: 1024, height: 720 },
  { width: 1440, height: 860 },
  { width: 2560, height: 1440 },
])('at $width x $height', (size) => {
  it('lets nothing overlap, stick out or scroll', async () => {
    const { page } = await openPage(browser, market.page(), size);
    await waitForColumns(page, 3);
    expect(await misplaced(page)).toEqual([]);
    expect((await page.evaluate(() => window.__spymaster.plot!)).width).toBeGreaterThan(420);
    expect((await page.locator('.seek-track').boundingBox())!.width).toBeGreaterThan(75);
    await page.context().close();
  });
});
