import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Violations of WCAG 2.2 A and AA and of good practice that axe finds, in words. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const injected = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const result = await injected.axe.run();
    return result.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html}`));
  });
}

/** What overlaps, sticks out or scrolls on the page, in words. */
export function misplaced(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const problems: string[] = [];
    const { width, height } = document.body.getBoundingClientRect();
    for (const parent of ['.top-bar', '.toolbar', '.stage', '.side']) {
      for (const element of document.querySelectorAll(parent)) {
        const boxes = [...element.children]
          .map((el) => ({ name: `${parent} ${el.className}`, box: el.getBoundingClientRect() }))
          .filter(({ box }) => box.width > 1 && box.height > 1);
        for (const [i, a] of boxes.entries()) {
          if (a.box.right > width + 0.5 || a.box.bottom > height + 0.5) {
            problems.push(`${a.name} sticks out`);
          }
          for (const b of boxes.slice(i + 1)) {
            const x = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
            const y = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
            if (x > 1 && y > 1) problems.push(`${a.name} overlaps ${b.name}`);
          }
        }
      }
    }
    const root = document.documentElement;
    if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight) {
      problems.push('the page scrolls');
    }
    return problems;
  });
}
