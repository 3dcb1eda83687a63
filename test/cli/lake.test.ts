import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadContract, partitionFolder } from '../../src/lake/index.ts';
import { publishGenerated, valueAt } from '../lake/generated-rows.ts';
import { type CliResult, runHere, temporaryFolder } from './run-cli.ts';

const lake = mkdtempSync(join(tmpdir(), 'spymaster-lake-'));
const GOLD = { layer: 'gold', productType: 'future_mbo', table: 'physics_surface_1s' } as const;
const SNAP = { layer: 'silver', productType: 'equity_mbo', table: 'book_snapshot_1s' } as const;
const TICKS = { layer: 'bronze', productType: 'future_option_mbo', table: 'mbo' } as const;

function cli(...args: string[]): Promise<CliResult> {
  const [verb = '', ...rest] = args;
  return runHere(['lake', verb, '--lake', lake, ...rest]);
}

beforeAll(async () => {
  for (const dt of ['2026-01-05', '2026-01-06']) {
    await publishGenerated(lake, { ...GOLD, symbol: 'ESH6', dt }, 3000);
  }
  await publishGenerated(lake, { ...GOLD, symbol: 'NQH6', dt: '2026-01-06' }, 10);
  await publishGenerated(lake, { ...SNAP, symbol: 'QQQ', dt: '2026-01-06' }, 50);
  await publishGenerated(lake, { ...TICKS, symbol: 'ESH6', dt: '2026-01-06' }, 20);
  const raw = join(lake, 'raw/source=databento');
  const es = join(raw, 'product_type=future_mbo/symbol=ES/table=market_by_order_dbn');
  const definitions = join(raw, 'dataset=definition/venue=glbx');
  mkdirSync(join(es, 'GLBX-20260105-JOB'), { recursive: true });
  mkdirSync(definitions, { recursive: true });
  writeFileSync(join(es, 'GLBX-20260105-JOB', 'glbx-mdp3-20260105.mbo.dbn.zst'), 'abc');
  writeFileSync(join(es, 'glbx-mdp3-20260106.mbo.dbn'), 'abcdef');
  writeFileSync(join(es, '.SYNTHETIC'), '');
  writeFileSync(join(definitions, 'glbx-mdp3-20260105.definition.dbn.zst'), 'x');
});

afterAll(() => rmSync(lake, { recursive: true, force: true }));

describe('lake ls', () => {
  test('lists partitions with their rows, bytes and totals', async () => {
    const { code, stdout } = await cli('ls');
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(7);
    expect(lines[0]?.trim().split(/\s+/)).toEqual([
      'table',
      'symbol',
      'dt',
      'state',
      'rows',
      'bytes',
    ]);
    const esh6 = /gold\.future_mbo\.physics_surface_1s +ESH6 +2026-01-05 +complete +3000 +\d+/;
    expect(stdout).toMatch(esh6);
    expect(lines.at(-1)).toMatch(/^5 partitions, 5 complete: 6080 rows, \d+ bytes$/);
  });

  test('chooses by layer, product type, root, date', async () => {
    const count = async (...flags: string[]) =>
      JSON.parse((await cli('ls', '--json', ...flags)).stdout).totals.partitions;
    expect(await count('--layer', 'gold')).toBe(3);
    expect(await count('--symbol', 'ES')).toBe(3);
    expect(await count('--symbol', 'ESH6', '--layer', 'gold', '--dt', '2026-01-06')).toBe(1);
    expect(await count('--dates', '2026-01-01:2026-01-05')).toBe(1);
    expect(await count('--product-type', 'equity_mbo')).toBe(1);
  });

  test('says as JSON what manifests say', async () => {
    const { stdout } = await cli('ls', '--json', '--symbol', 'QQQ');
    const { partitions, totals } = JSON.parse(stdout);
    expect(partitions).toHaveLength(1);
    expect(partitions[0]).toMatchObject({
      dataset: 'silver.equity_mbo.book_snapshot_1s',
      symbol: 'QQQ',
      dt: '2026-01-06',
      state: 'complete',
      rows: 50,
    });
    expect(totals.bytes).toBe(partitions[0].bytes);
  });

  test('names what is not complete, and why', async () => {
    const ref = { ...GOLD, symbol: 'MESH6', dt: '2026-01-06' };
    await publishGenerated(lake, ref, 5);
    rmSync(join(partitionFolder(lake, ref), '_SUCCESS'));
    const { code, stdout, stderr } = await cli('ls', '--symbol', 'MES');
    rmSync(partitionFolder(lake, ref), { recursive: true });
    expect(code).toBe(0);
    expect(stdout).toMatch(/MESH6 +2026-01-06 +incomplete/);
    expect(stderr).toMatch(/physics_surface_1s MESH6 2026-01-06: .*_SUCCESS/);
  });

  test('inventories raw files, those of jobs and definitions too', async () => {
    const { stdout } = await cli('ls', '--layer', 'raw', '--json');
    const { files, totals } = JSON.parse(stdout);
    expect(totals).toEqual({ files: 3, days: 2, bytes: 10 });
    const found = files.map((f: Record<string, unknown>) => [
      f['product_type'],
      f['table'],
      f['symbol'],
      f['dt'],
      f['format'],
      f['bytes'],
    ]);
    expect(found).toEqual([
      [null, 'definition', 'glbx', '2026-01-05', 'dbn.zst', 1],
      ['future_mbo', 'market_by_order_dbn', 'ES', '2026-01-05', 'dbn.zst', 3],
      ['future_mbo', 'market_by_order_dbn', 'ES', '2026-01-06', 'dbn', 6],
    ]);
    const es = await cli('ls', '--layer', 'raw', '--symbol', 'ESH6', '--dt', '2026-01-06');
    expect(es.stdout).toMatch(/1 files, 1 days: 6 bytes\n$/);
  });

  test('3: nothing matched; 2: not understood; 3: no lake', async () => {
    expect(await cli('ls', '--symbol', 'ZZ')).toMatchObject({ code: 3 });
    expect(await cli('ls', '--dt', '2026-02-30')).toMatchObject({ code: 2 });
    expect(await cli('ls', '--dates', '2026-01-06:2026-01-05')).toMatchObject({ code: 2 });
    expect(await cli('ls', '--product-type', 'futures')).toMatchObject({ code: 2 });
    const none = await runHere(['lake', 'ls', '--lake', join(temporaryFolder(), 'none')]);
    expect(none).toMatchObject({ code: 3 });
  });
});

describe('lake sql', () => {
  test('answers as a table', async () => {
    const query = 'SELECT symbol, count(*) AS n FROM gold.physics_surface_1s GROUP BY 1 ORDER BY 1';
    const { code, stdout } = await cli('sql', query);
    expect(code).toBe(0);
    const rows = stdout.trimEnd().split('\n');
    expect(rows.map((row) => row.trim().split(/\s+/))).toEqual([
      ['symbol', 'n'],
      ['ESH6', '6000'],
      ['NQH6', '10'],
    ]);
  });

  test('a long table is cut, and says so', async () => {
    const { stdout, stderr } = await cli(
      'sql',
      '--max-rows',
      '5',
      'SELECT rho FROM gold.physics_surface_1s',
    );
    expect(stdout.trimEnd().split('\n')).toHaveLength(6);
    expect(stderr).toContain('only the first 5 rows');
  });

  test('answers as CSV with quotes where they are needed', async () => {
    const query = `SELECT 1::BIGINT AS a, 'x,"y' AS b, 0.1::FLOAT AS c, NULL AS d, DATE '2026-01-05' AS e`;
    const { stdout } = await cli('sql', '--format', 'csv', query);
    expect(stdout).toBe('a,b,c,d,e\n1,"x,""y",0.1,,2026-01-05\n');
  });

  test('answers as lines of JSON that any parser reads', async () => {
    const query = `SELECT 9223372036854775807 AS big, 0.1::FLOAT AS f, 'nan'::DOUBLE AS n,
      '-inf'::FLOAT AS i, true AS t, NULL::INT AS nothing, 'x' AS "a b"`;
    const { stdout } = await cli('sql', '--format', 'json', query);
    expect(stdout).toContain('"big":9223372036854775807');
    expect(JSON.parse(stdout)).toMatchObject({ f: 0.1, n: null, i: null, t: true, 'a b': 'x' });
  });

  test('writes a file whole under its name, by the ending of the name', async () => {
    const folder = temporaryFolder();
    const query = 'SELECT window_end_ts_ns, rho FROM gold.future_mbo_physics_surface_1s';
    for (const name of ['a.csv', 'a.json', 'a.parquet', 'a.arrow']) {
      const { code, stdout, stderr } = await cli('sql', '--out', join(folder, name), query);
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
      expect(stderr).toContain('6010 rows');
    }
    expect(readdirSync(folder).sort()).toEqual(['a.arrow', 'a.csv', 'a.json', 'a.parquet']);
    expect(readFileSync(join(folder, 'a.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(6011);
    expect(tableFromIPC(readFileSync(join(folder, 'a.arrow'))).numRows).toBe(6010);
  });

  test('shows plans', async () => {
    const { code, stdout } = await cli('sql', 'EXPLAIN SELECT 1 FROM gold.physics_surface_1s');
    expect(code).toBe(0);
    expect(stdout).toContain('READ_PARQUET');
  });

  test('what writes, and what is a mistake, is refused in one line', async () => {
    const inside = join(lake, 'gold', 'answer.csv');
    const cases: [args: string[], said: RegExp][] = [
      [['DROP VIEW gold.physics_surface_1s'], /DROP statements are not run/],
      [['SELECT nothing FROM gold.physics_surface_1s'], /nothing/],
      [['--format', 'parquet', 'SELECT 1'], /a Parquet table needs a file/],
      [['--out', inside, 'SELECT 1'], /lies among the lake’s tables|among the lake's tables/],
      [['--format', 'csv', 'EXPLAIN SELECT 1'], /EXPLAIN answers with a text/],
      [['--format', 'arrow', 'SELECT sum(1)'], /HUGEINT, which has no Arrow type/],
      [["SELECT 'x'::INT"], /Could not convert/],
    ];
    for (const [args, said] of cases) {
      const { code, stderr } = await cli('sql', ...args);
      expect(code, stderr).toBe(2);
      expect(stderr).toMatch(said);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    }
    expect(readdirSync(join(lake, 'gold'))).toEqual(['product_type=future_mbo']);
  });
});

describe('lake export', () => {
  test('writes a partition as Arrow, every value as it was written', async () => {
    for (const [ref, symbol, rows] of [
      [GOLD, 'ESH6', 3000],
      [SNAP, 'QQQ', 50],
      [TICKS, 'ESH6', 20],
    ] as const) {
      const out = join(temporaryFolder(), 'day.arrow');
      const name = `${ref.layer}.${ref.productType}.${ref.table}`;
      const flags = ['--symbol', symbol, '--dt', '2026-01-06', '--out', out];
      expect(await cli('export', name, ...flags)).toMatchObject({ code: 0 });
      const table = tableFromIPC(readFileSync(out));
      expect(table.numRows).toBe(rows);
      const contract = loadContract(ref);
      for (const field of contract.fields) {
        // The folder's own: see the views.
        if (field.name === 'underlying') continue;
        const column = table.getChild(field.name);
        for (let i = 0; i < rows; i += 7) {
          expect(column?.get(i), `${field.name} ${i}`).toEqual(valueAt(contract, field, i));
        }
      }
    }
  });

  test('of all dates and some columns, as CSV on standard output', async () => {
    const { code, stdout } = await cli(
      'export',
      'gold.future_mbo.physics_surface_1s',
      '--symbol',
      'ES',
      '--columns',
      'dt,symbol,rho',
    );
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe('dt,symbol,rho');
    expect(lines).toHaveLength(6001);
    expect(new Set(lines.slice(1).map((line) => line.split(',').slice(0, 2).join()))).toEqual(
      new Set(['2026-01-05,ESH6', '2026-01-06,ESH6']),
    );
  });

  test('rows come in the order of the partition', async () => {
    const { stdout } = await cli(
      'export',
      'gold.future_mbo.physics_surface_1s',
      '--dt',
      '2026-01-05',
      '--columns',
      'window_end_ts_ns,side,rel_ticks',
    );
    const rows = stdout.trimEnd().split('\n').slice(1);
    const contract = loadContract(GOLD);
    const fields = ['window_end_ts_ns', 'side', 'rel_ticks'].map(
      (name) => contract.fields.find((f) => f.name === name) as (typeof contract.fields)[number],
    );
    expect(rows).toEqual(
      Array.from({ length: 3000 }, (_, i) => fields.map((f) => valueAt(contract, f, i)).join()),
    );
  });

  test('of a query', async () => {
    const { stdout } = await cli('export', '--sql', 'SELECT 1 AS one', '--format', 'json');
    expect(stdout).toBe('{"one":1}\n');
  });

  test('3: not there; 2: not understood', async () => {
    const gold = 'gold.future_mbo.physics_surface_1s';
    expect(await cli('export', gold, '--dt', '2026-01-09')).toMatchObject({ code: 3 });
    expect(await cli('export', gold, '--columns', 'rhoo')).toMatchObject({ code: 2 });
    expect(await cli('export', 'gold.nothing')).toMatchObject({ code: 2 });
    expect(await cli('export')).toMatchObject({ code: 2 });
    expect(await cli('export', gold, '--sql', 'SELECT 1')).toMatchObject({ code: 2 });
  });
});
