import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FINDINGS, loadDatasets, PUBLISH_STEPS, packageRoot } from '../../src/lake/index.ts';
import { encodeManifest } from '../../src/lake/manifest.ts';

const page = readFileSync(join(packageRoot(), 'docs', 'lake.md'), 'utf8');

/** First and second cells of the rows of the table whose header begins so. */
function rowsOf(header: string): [string, string][] {
  const from = page.indexOf(header);
  expect(from).toBeGreaterThan(0);
  const table = page.slice(from).split('\n\n')[0] as string;
  const rows = table.split('\n').slice(2);
  return rows.map((row) => {
    const [, first = '', second = ''] = row.split('|').map((cell) => cell.trim());
    return [first, second];
  });
}

describe('docs/lake.md', () => {
  test('names every finding of lake verify with its severity', () => {
    const stated = rowsOf('| finding | severity |').map(([n, severity]) => [
      n.replaceAll('`', ''),
      severity,
    ]);
    expect(Object.fromEntries(stated)).toEqual(FINDINGS);
  });

  test('names the steps of a publication in their order', () => {
    const steps = rowsOf('| step | what is done |').map(([step]) => step.replaceAll('`', ''));
    expect(steps).toEqual([...PUBLISH_STEPS]);
  });

  test('names every key of a manifest', () => {
    const manifest = encodeManifest({
      dataset: '',
      symbol: '',
      dt: '',
      rows: 0,
      bytes: 0,
      sha256: '',
      contentHash: '',
      contractSha256: '',
      stage: '',
      stageVersion: 1,
      configSha256: '',
      inputs: [],
      counters: {},
      keyMin: null,
      keyMax: null,
    });
    const stated = rowsOf('| key | is |').flatMap(([keys]) =>
      [...keys.matchAll(/`(\w+)`/g)].map((match) => match[1]),
    );
    expect(stated.sort()).toEqual(Object.keys(JSON.parse(manifest)).sort());
  });

  test('names every table', () => {
    const stated = rowsOf('| table | a row is |').map(([names]) => names);
    for (const { name, table } of loadDatasets()) {
      const any = table ? `${table.layer}.{T}.${table.table}` : name;
      expect(
        stated.some((cell) => cell.includes(name) || cell.includes(any)),
        name,
      ).toBe(true);
    }
  });
});
