import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from './chromium.ts';
import { limited } from './within.ts';

/** Nothing that is tried here takes as long when it ends at all, ms. */
const LIMIT_MS = 3_000;

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(() => browser?.close());

it('says what hung when a page does not answer any more, and lets it be closed', async () => {
  const context = await browser.newContext();
  const page = limited(await context.newPage(), 'page', LIMIT_MS);
  expect(await page.evaluate(() => 6 * 7)).toBe(42);
  await page.setContent('<button>one</button>');
  expect(await page.getByRole('button').textContent()).toBe('one');
  const hung = page.evaluate(() => {
    for (;;);
  });
  await expect(hung).rejects.toThrow('page.evaluate did not end within 3 s');
  await expect(page.getByRole('button').first().textContent()).rejects.toThrow(
    'page.getByRole.first.textContent did not end within 3 s',
  );
  await expect(page.waitForFunction(() => true, null, { timeout: 500 })).rejects.toThrow();
  await page.context().close();
});
