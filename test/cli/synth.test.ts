import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import { synthDates } from '../../src/cli/synth.ts';
import { findRawDay, listSessions, rawTableFolder } from '../../src/lake/index.ts';
import { runHere, temporaryFolder } from './run-cli.ts';

const SHORT = ['--from', '09:25', '--to', '09:26', '--rate', '10'];

describe('synth', () => {
  test('days are weekdays from the first one on, or those of a range', () => {
    expect(synthDates({})).toEqual(['2026-01-05']);
    expect(synthDates({ days: 6 }).slice(-2)).toEqual(['2026-01-09', '2026-01-12']);
    expect(synthDates({ dates: '2026-01-09:2026-01-12' })).toEqual(['2026-01-09', '2026-01-12']);
    expect(synthDates({ dates: '2026-01-07' })).toEqual(['2026-01-07']);
  });

  test('writes records, definitions, statistics and truth where the lake wants them', async () => {
    const lake = join(temporaryFolder(), 'lake');
    const { code, stdout } = await runHere(['synth', '--lake', lake, ...SHORT]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^2026-01-05 ESH6 .*\n$/);
    const day = findRawDay(lake, 'future_mbo', 'ESH6', '2026-01-05');
    expect(day).toMatchObject({ root: 'ES', format: 'dbn.zst', synthetic: true });
    expect(listSessions(lake)).toHaveLength(1);
    const kinds = {
      mbo: day.path,
      definition: join(
        lake,
        'raw/source=databento/dataset=definition/venue=glbx/synthetic-ES',
        'glbx-mdp3-20260105.definition.dbn.zst',
      ),
      statistics: join(
        rawTableFolder(lake, 'future_mbo', 'ES', 'statistics'),
        'glbx-mdp3-20260105.statistics.dbn.zst',
      ),
    };
    for (const [schema, path] of Object.entries(kinds)) {
      const info = await runHere(['dbn', 'info', '--json', path]);
      expect(JSON.parse(info.stdout)).toMatchObject({ schema, truncated: false });
    }
    const truth = join(
      rawTableFolder(lake, 'future_mbo', 'ES', 'truth'),
      'dt=2026-01-05/truth.parquet',
    );
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const [[rows, low, high]] = (
      await connection.runAndReadAll(`SELECT count(*)::INT, min(p_up), max(p_up) FROM '${truth}'`)
    ).getRows() as [[number, number, number]];
    connection.closeSync();
    expect(rows).toBeGreaterThan(50);
    expect(low).toBeGreaterThan(0);
    expect(high).toBeLessThan(1);
  });

  test('the same seed writes the same bytes; days that are there are kept', async () => {
    const [a, b] = [join(temporaryFolder(), 'a'), join(temporaryFolder(), 'b')];
    for (const lake of [a, b]) await runHere(['synth', '--lake', lake, '--seed', '5', ...SHORT]);
    const read = (lake: string) =>
      readFileSync(findRawDay(lake, 'future_mbo', 'ES', '2026-01-05').path);
    expect(read(a).equals(read(b))).toBe(true);
    const before = read(a);
    const again = await runHere(['synth', '--lake', a, '--seed', '6', ...SHORT]);
    expect(again.stdout).toContain('already there');
    expect(read(a).equals(before)).toBe(true);
    await runHere(['synth', '--lake', a, '--seed', '6', '--overwrite', ...SHORT]);
    expect(read(a).equals(before)).toBe(false);
  });

  test('--all writes four products of one market, a day independent of the others', async () => {
    const [a, b] = [join(temporaryFolder(), 'a'), join(temporaryFolder(), 'b')];
    const run = (lake: string, ...more: string[]) =>
      runHere(['synth', '--lake', lake, '--seed', '3', ...SHORT, ...more]);
    const { code, stdout } = await run(
      a,
      '--from',
      '09:30',
      '--to',
      '09:31',
      '--all',
      '--days',
      '2',
    );
    expect(code).toBe(0);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(' ').slice(0, 2).join(' ')),
    ).toEqual(
      ['2026-01-05', '2026-01-06'].flatMap((dt) =>
        ['ESH6', 'ESH6', 'QQQ', 'QQQ'].map((symbol) => `${dt} ${symbol}`),
      ),
    );
    const roots = { future_mbo: 'ES', future_option_mbo: 'ES', equity_mbo: 'QQQ' } as const;
    const all = Object.entries({ ...roots, equity_option_cmbp_1: 'QQQ' } as const);
    expect(listSessions(a)).toEqual(
      all.map(([productType, root]) => ({
        productType,
        root,
        dates: ['2026-01-05', '2026-01-06'],
        synthetic: true,
      })),
    );
    for (const [productType, root] of all as [keyof typeof roots, string][]) {
      const flags = ['--product-type', productType, '--dates', '2026-01-06', '--symbol', root];
      await run(b, '--from', '09:30', '--to', '09:31', ...flags);
      const read = (lake: string) =>
        readFileSync(findRawDay(lake, productType, root, '2026-01-06').path);
      expect(read(b).equals(read(a))).toBe(true);
      expect(read(a).length).toBeGreaterThan(1000);
    }
    const definitions = join(a, 'raw/source=databento/dataset=definition');
    for (const name of [
      'venue=glbx/synthetic-ES/glbx-mdp3-20260106.definition.dbn.zst',
      'venue=xnas/synthetic-QQQ/xnas-itch-20260106.definition.dbn.zst',
      'venue=opra/synthetic-QQQ/opra-pillar-20260106.definition.dbn.zst',
    ]) {
      expect(existsSync(join(definitions, name))).toBe(true);
    }
  });

  test('--all names its products itself; other kinds are refused', async () => {
    const lake = join(temporaryFolder(), 'lake');
    const both = await runHere(['synth', '--lake', lake, '--all', '--symbol', 'ES']);
    expect(both.code).toBe(2);
    const unknown = await runHere(['synth', '--lake', lake, '--product-type', 'bond_mbo']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('future_option_mbo');
  });

  test('made and real data never mix', async () => {
    const lake = join(temporaryFolder(), 'lake');
    const folder = rawTableFolder(lake, 'future_mbo', 'ES');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'glbx-mdp3-20250105.mbo.dbn.zst'), 'real');
    const { code, stderr } = await runHere(['synth', '--lake', lake, ...SHORT]);
    expect(code).toBe(2);
    expect(stderr).toContain('holds real data');
    expect(existsSync(join(folder, 'glbx-mdp3-20260105.mbo.dbn.zst'))).toBe(false);
  });
});
