import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FRAME_K } from '../../src/wire/index.ts';
import { lookupTable } from '../../web/surface/colour-maps.ts';
import { normalise } from '../../web/surface/contrast.ts';
import { launchChromium } from './chromium.ts';
import { frameOfServer } from './frame-of-server.ts';
import { MARKET, Market } from './market.ts';
import {
  afterPaint,
  openPage,
  type PageUnderTest,
  pausePlayback,
  surfacePicture,
  waitForColumns,
} from './page-under-test.ts';
import { difference, pixel } from './png.ts';

let browser: Browser;
let market: Market;

beforeAll(async () => {
  [browser, market] = await Promise.all([launchChromium(), Market.open()]);
});

afterAll(async () => {
  await browser?.close();
  await market?.close();
});

/** Centre of the plot, in pixels of the page. */
async function plotCentre(page: Page): Promise<{ x: number; y: number }> {
  const plot = await page.evaluate(() => window.__spymaster.plot!);
  return { x: plot.x + plot.width / 2, y: plot.y + plot.height / 2 };
}

describe('while it plays', () => {
  let t: PageUnderTest;
  beforeAll(async () => {
    t = await openPage(browser, market.page());
    await waitForColumns(t.page, 60);
  });
  afterAll(() => t.page.context().close());

  it('says what it shows, and calls synthetic data synthetic', async () => {
    expect(await t.page.textContent('.symbol')).toBe(MARKET.symbol);
    expect(await t.page.textContent('.mode')).toBe('SYNTHETIC');
    expect(await t.page.textContent('.clock')).toMatch(/^09:30:\d\d\.\d EST$/);
    expect(await t.page.textContent('.follow')).toBe('Live');
  });

  it('moves', async () => {
    const before = await surfacePicture(t.page);
    const { newest } = await t.page.evaluate(() => window.__spymaster.columns);
    await t.page.waitForFunction((n) => window.__spymaster.columns.newest > n + 80, newest);
    const after = await surfacePicture(t.page);
    expect(difference(before, after, 24)).toBeGreaterThan(0.01);
  });

  it('shows its health, and opens it', async () => {
    expect(await t.page.textContent('.health-chip')).toMatch(/lag \d+.*\d+ ms.*fps.*book ok/);
    await t.page.keyboard.press('h');
    expect(await t.page.textContent('#health-panel')).toContain('streaming');
    await t.page.keyboard.press('h');
    await t.page.waitForSelector('#health-panel', { state: 'detached' });
  });

  it('tells a screen reader price, mode and edge', async () => {
    await t.page.waitForFunction(() =>
      /ESH6 \d+\.\d+ at .*synthetic data, playing\. Net edge/.test(
        document.querySelector('[aria-live="polite"]')?.textContent ?? '',
      ),
    );
  });

  it('complains about nothing', () => {
    expect(t.complaints).toEqual([]);
  });
});

describe('while it stands', () => {
  let t: PageUnderTest;
  beforeAll(async () => {
    t = await openPage(browser, market.page({ speed: '4' }));
    await waitForColumns(t.page, 900);
    await pausePlayback(t.page);
  });
  afterAll(() => t.page.context().close());

  it('paints nothing while nothing changes', async () => {
    await t.page.mouse.move(5, 5);
    await t.page.waitForTimeout(600);
    const before = await t.page.evaluate(() => window.__spymaster.paints);
    await t.page.waitForTimeout(1500);
    expect(await t.page.evaluate(() => window.__spymaster.paints)).toBe(before);
  });

  it('labels the axes with the prices and times of the cells beside them', async () => {
    const { price, time } = await t.page.evaluate(() => {
      const s = window.__spymaster;
      return {
        price: s.labels.price.map((l) => [l.text, s.cellAt(10, l.y)?.price]),
        time: s.labels.time.map((l) => [l.text, s.cellAt(l.x, 10)?.time]),
      };
    });
    expect(price.length).toBeGreaterThan(4);
    for (const [label, cell] of price) expect(cell).toBe(label);
    expect(time.length).toBeGreaterThan(2);
    for (const [label, cell] of time) {
      const seconds = (text: string) =>
        text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
      expect(Math.abs(seconds(label!) - seconds(cell!))).toBeLessThanOrEqual(0.1);
    }
  });

  it("reads out the frame's numbers under the crosshair", async () => {
    const header = await t.page.evaluate(() => window.__spymaster.header!);
    const stream = { symbol: MARKET.symbol, dt: MARKET.date };
    const frame = await frameOfServer(market.server, stream, header.session, header.seq);
    expect(frame.header.seq).toBe(header.seq);
    for (const k of [0, -1, 7, -50, 50]) {
      const cell = await t.page.evaluate(
        ([seq, dk]) => {
          const s = window.__spymaster;
          const spot = Math.floor(Number(s.header!.spot_ref_price_int) / 250_000_000);
          return s.cell(seq!, spot + dk!);
        },
        [header.seq, k],
      );
      const i = FRAME_K + k;
      expect(cell.frameSeq).toBe(header.seq);
      expect(cell.held).toBe(false);
      for (const [name, value] of Object.entries(cell.values)) {
        expect(value, `${name} at k ${k}`).toBe(frame.arrays[name as 'composite'][i]);
      }
    }
  });

  it('shows the read-out of the cell that the mouse points at', async () => {
    const { x, y } = await plotCentre(t.page);
    await t.page.mouse.move(x + 90, y + 12);
    await t.page.waitForFunction(() => window.__spymaster.crosshair !== null);
    const cell = await t.page.evaluate(() => window.__spymaster.crosshair!);
    const text = await t.page.textContent('.read-out');
    expect(text).toContain(cell.price);
    expect(text).toContain(cell.time);
    expect(text).toContain(`comp ${cell.values.composite.toFixed(3)}`);
  });

  it('colours each cell by the map, at its place', async () => {
    await t.page.keyboard.press('4');
    await t.page.getByLabel('Trades ≥').fill('0');
    await t.page.getByLabel('Map').selectOption('viridis');
    await t.page.getByLabel('Contrast').selectOption('linear');
    await t.page.focus('.surface-host');
    for (let i = 0; i < 12; i++) await t.page.keyboard.press('Alt+=');
    await t.page.keyboard.press('Home');
    expect(await t.page.evaluate(() => window.__spymaster.camera!.zoomX)).toBeGreaterThan(10);
    await t.page.mouse.move(5, 5);
    await t.page.waitForTimeout(1500);
    const picture = await surfacePicture(t.page);
    const { cells, range } = await t.page.evaluate(() => {
      const s = window.__spymaster;
      const places = Array.from({ length: 400 }, (_, i) => [
        Math.floor(s.plot!.width * (0.3 + 0.55 * ((i * 0.618) % 1))),
        Math.floor(s.plot!.height * (0.05 + 0.9 * ((i * 0.7548) % 1))),
      ]);
      const at = (x: number, y: number) => s.cellAt(x + 0.5, y + 0.5)!.values.rest_depth;
      return { cells: places.map(([x, y]) => [x!, y!, at(x!, y!)] as const), range: s.range };
    });
    const lut = lookupTable('viridis');
    const full = { ...range, mode: 'linear' as const, signed: false };
    const right = cells.filter(([x, y, value]) => {
      if (Number.isNaN(value)) return true;
      const at = Math.round(normalise(value, full) * 255) * 4;
      return pixel(picture, x, y).every((c, i) => Math.abs(c - lut[at + i]!) <= 12);
    });
    // Grid lines and the lines of bid, ask and middle cover a few of the places.
    expect(cells.filter(([, , v]) => v > 0).length).toBeGreaterThan(150);
    expect(right.length / cells.length).toBeGreaterThan(0.9);
  });

  it('recolours history with another field, and loses nothing', async () => {
    const { oldest, newest } = await t.page.evaluate(() => window.__spymaster.columns);
    const pictures = [];
    for (const key of ['1', '2', '3', '4', '5', '6', '7']) {
      await afterPaint(t.page, () => t.page.keyboard.press(key));
      await t.page.waitForTimeout(300);
      pictures.push(await surfacePicture(t.page));
    }
    for (let i = 1; i < pictures.length; i++) {
      expect(difference(pictures[0]!, pictures[i]!, 16), `field ${i + 1}`).toBeGreaterThan(0.05);
    }
    await afterPaint(t.page, () => t.page.keyboard.press('1'));
    await t.page.waitForTimeout(300);
    expect(difference(pictures[0]!, await surfacePicture(t.page), 16)).toBeLessThan(0.01);
    expect(await t.page.evaluate(() => window.__spymaster.columns)).toEqual({ oldest, newest });
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

  it('complains about nothing', () => {
    expect(t.complaints.filter((c) => !/CONTEXT_LOST/.test(c))).toEqual([]);
  });
});

describe('under the hand', () => {
  let t: PageUnderTest;
  const camera = () => t.page.evaluate(() => window.__spymaster.camera!);
  beforeAll(async () => {
    t = await openPage(browser, market.page({ speed: '4' }));
    await waitForColumns(t.page, 500);
    await pausePlayback(t.page);
  });
  afterAll(() => t.page.context().close());

  it('zooms either axis at the cursor, never beyond its limits', async () => {
    const { x, y } = await plotCentre(t.page);
    await t.page.mouse.move(x, y);
    const before = await t.page.evaluate(() => window.__spymaster.crosshair!);
    for (let i = 0; i < 12; i++) await t.page.mouse.wheel(0, -300);
    await t.page.waitForFunction(() => window.__spymaster.camera!.zoomY === 64);
    expect((await camera()).zoomX).toBe(1);
    await t.page.mouse.move(x, y + 1);
    expect((await t.page.evaluate(() => window.__spymaster.crosshair!)).row).toBe(before.row);
    for (let i = 0; i < 16; i++) await t.page.mouse.wheel(0, 300);
    await t.page.waitForFunction(() => window.__spymaster.camera!.zoomY === 0.25);
    await t.page.keyboard.down('Control');
    for (let i = 0; i < 12; i++) await t.page.mouse.wheel(0, -300);
    await t.page.keyboard.up('Control');
    await t.page.waitForFunction(() => window.__spymaster.camera!.zoomX === 64);
    await afterPaint(t.page, () => t.page.mouse.dblclick(x, y));
    expect(await camera()).toMatchObject({ zoomX: 1, zoomY: 1 });
  });

  it('looks back with a drag, says so, and comes home', async () => {
    const { x, y } = await plotCentre(t.page);
    const before = await camera();
    await t.page.mouse.move(x, y);
    await t.page.mouse.down();
    await t.page.mouse.move(x + 150, y + 20, { steps: 5 });
    await t.page.mouse.up();
    const after = await camera();
    expect(after.right).toBeLessThan(before.right);
    expect(after.centre).toBeGreaterThan(before.centre);
    await t.page.waitForFunction(
      () => document.querySelector('.follow')?.textContent === 'Inspecting',
    );
    await t.page.keyboard.press('Home');
    await t.page.waitForFunction(() => document.querySelector('.follow')?.textContent === 'Paused');
    await t.page.waitForFunction((r) => window.__spymaster.camera!.right === r, before.right);
  });

  it('zooms to a box and back', async () => {
    const { x, y } = await plotCentre(t.page);
    const before = await camera();
    await t.page.keyboard.down('Shift');
    await t.page.mouse.move(x - 60, y - 50);
    await t.page.mouse.down();
    await t.page.mouse.move(x + 60, y + 50, { steps: 4 });
    await t.page.mouse.up();
    await t.page.keyboard.up('Shift');
    const zoomed = await camera();
    expect(zoomed.zoomX).toBeGreaterThan(4);
    expect(zoomed.zoomY).toBeGreaterThan(4);
    await t.page.keyboard.press('Control+z');
    expect(await camera()).toEqual(before);
  });

  it('does with keys what the mouse does', async () => {
    const home = await camera();
    const press = async (key: string) => {
      await t.page.keyboard.press(key);
      return camera();
    };
    expect((await press('ArrowLeft')).right).toBeLessThan(home.right);
    expect((await press('ArrowUp')).centre).toBeGreaterThan(home.centre);
    expect((await press('+')).zoomY).toBeCloseTo(1.25, 6);
    expect((await press('-')).zoomY).toBeCloseTo(1, 6);
    expect((await press('Alt+=')).zoomX).toBeCloseTo(1.25, 6);
    await press('Alt+ArrowLeft');
    const first = await t.page.evaluate(() => window.__spymaster.crosshair!);
    await press('Alt+ArrowUp');
    const second = await t.page.evaluate(() => window.__spymaster.crosshair!);
    expect([second.column - first.column, second.row - first.row]).toEqual([0, 1]);
    await press('b');
    for (let i = 0; i < 3; i++) await press('Alt+ArrowDown');
    await press('Alt+ArrowLeft');
    expect((await press('b')).zoomY).toBeGreaterThan(8);
    expect(await press('0')).toMatchObject({ zoomX: 1, zoomY: 1 });
    await press('?');
    await t.page.waitForSelector('dialog.help[open]');
    await press('Escape');
    await t.page.waitForSelector('dialog.help', { state: 'hidden' });
  });

  it('saves a picture and the visible window', async () => {
    const png = t.page.waitForEvent('download');
    await t.page.keyboard.press('s');
    expect((await png).suggestedFilename()).toMatch(/^ESH6-2026-01-05-\d{6}\.png$/);
    const csv = t.page.waitForEvent('download');
    await t.page.keyboard.press('x');
    const file = await csv;
    expect(file.suggestedFilename()).toMatch(/\.csv$/);
    const chunks: Buffer[] = [];
    for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer);
    const lines = Buffer.concat(chunks).toString().trim().split('\n');
    expect(lines[0]).toMatch(/^seq,ts_ns,price,composite/);
    const { oldest, newest } = await t.page.evaluate(() => window.__spymaster.columns);
    expect(Number(lines[1]!.split(',')[0])).toBe(oldest);
    expect(Number(lines.at(-1)!.split(',')[0])).toBe(newest);
  });

  it('complains about nothing', () => {
    expect(t.complaints).toEqual([]);
  });
});
