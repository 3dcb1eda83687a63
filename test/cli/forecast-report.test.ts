import { describe, expect, it } from 'vitest';
import { linearScale, roundTicks } from '../../src/cli/forecast-report/chart.ts';
import { renderReport } from '../../src/cli/forecast-report/render-report.ts';
import {
  escapeHtml,
  fixed,
  percent,
  probability,
  withInterval,
} from '../../src/cli/forecast-report/text.ts';
import type { ForecastEvaluation } from '../../src/forecast/index.ts';
import { plantedEvaluation } from '../forecast/planted-proof.ts';

const evaluation = plantedEvaluation();
const html = renderReport(evaluation);

/** The same with every number unknown. */
function withoutNumbers(value: unknown, key = ''): unknown {
  if (typeof value === 'number') {
    return /_s$|compared|labelled|moves|windows|cuts|changed|count/.test(key) ? value : null;
  }
  if (Array.isArray(value)) return value.map((entry) => withoutNumbers(entry));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, withoutNumbers(v, k)]));
}

/** The tags that are opened in a text, in order, less those closed at once or void. */
function openTags(text: string): string[] {
  const open: string[] = [];
  for (const [, closing, name, rest] of text.matchAll(/<(\/?)([a-z0-9]+)([^>]*)>/g)) {
    if (['meta', 'br'].includes(name) || rest.endsWith('/')) continue;
    if (closing === '') open.push(name);
    else if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
  }
  return open;
}

describe('the report', () => {
  it('says first, in one sentence, whether there is skill and where', () => {
    const body = html.slice(html.indexOf('<main>'));
    const text = body.replace(/<[^>]*>/g, '\n');
    const [title, , sentence] = text.split('\n').filter((line) => line.trim() !== '');
    expect(title).toBe('Forecast of ES: proof');
    expect(sentence).toBe(evaluation.sentence);
    expect(body).toContain(`Status: <span class="status">${evaluation.status}</span>`);
  });

  it('needs nothing but itself and runs nothing', () => {
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|src=|href=|https?:/i);
    expect(html.length).toBeLessThan(1_000_000);
  });

  it('is well formed, with a title for every picture and a caption for every table', () => {
    expect(
      openTags(html.replace('<!doctype html>', '').replace(/<style>[\s\S]*<\/style>/, '')),
    ).toEqual([]);
    const pictures = html.match(/<svg [^>]*role="img"/g) ?? [];
    expect(pictures.length).toBe(1 + 6 + 6 + 6);
    expect(html.match(/<title>/g)?.length).toBe(pictures.length + 1);
    expect(html.match(/<table>/g)?.length).toBe(html.match(/<caption>/g)?.length);
    expect(html).not.toMatch(/<th scope="col"><\/th>/);
  });

  it('names every baseline, day, control and fold', () => {
    for (const { name } of evaluation.horizons[0].baselines) {
      expect(html).toContain(name.replaceAll('_', ' '));
    }
    for (const dt of evaluation.days.holdout) expect(html).toContain(dt);
    for (const word of ['shuffled labels', 'mirrored features', 'other day features']) {
      expect(html).toContain(word);
    }
    expect(html).toContain('d'.repeat(64));
    expect(html).toContain('0.12346 (standard error 0.01000)');
  });

  it('shows a dash for what is unknown, and never a number that is none', () => {
    const unknown = renderReport(withoutNumbers(evaluation) as ForecastEvaluation);
    expect(unknown).not.toMatch(/NaN|undefined|null|Infinity/);
    expect(unknown).toContain('<td>–</td>');
    expect(html).not.toMatch(/NaN|undefined|null|Infinity/);
  });

  it('escapes whatever text it is given', () => {
    const reason = '<img src=x onerror="alert(1)"> & \'quotes\'';
    const hostile = renderReport({
      ...evaluation,
      sentence: reason,
      reasons: [reason],
      status: 'unproven',
      root: '</title><script>',
    });
    expect(hostile).not.toMatch(/<img|<script/);
    expect(hostile).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp; &#39;quotes');
  });

  it('is drawn for a single day, without intervals', () => {
    const single = renderReport(plantedEvaluation(1));
    expect(single).toContain('only 1 day was held out');
    expect(single).toContain('(interval unknown)');
    expect(single).not.toMatch(/NaN|undefined|null|Infinity/);
  });
});

describe('numbers in words', () => {
  it('are rounded, with a true minus and no minus zero', () => {
    expect(fixed(-1.25, 1)).toBe('−1.3');
    expect(fixed(-0.0001, 2)).toBe('0.00');
    expect(fixed(null, 2)).toBe('–');
    expect(fixed(Number.NaN, 2)).toBe('–');
    expect(percent(0.1234)).toBe('12.3 %');
    expect(probability(0.0004)).toBe('< 0.001');
    expect(withInterval({ value: 0.1, low: -0.05, high: 0.2 }, (v) => percent(v))).toBe(
      '10.0 % (−5.0 to 20.0 %)',
    );
    expect(escapeHtml(`<a href="x">'&'</a>`)).toBe(
      '&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;',
    );
  });

  it('stand on axes at round places', () => {
    expect(roundTicks(-0.013, 0.046, 6)).toEqual([-0.01, 0, 0.01, 0.02, 0.03, 0.04]);
    expect(roundTicks(0, 100, 5)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(roundTicks(3, 3, 5)).toEqual([3]);
    const scale = linearScale(0, 10, 100, 0);
    expect([scale.at(0), scale.at(5), scale.at(10), scale.at(99)]).toEqual([100, 50, 0, 0]);
  });
});
