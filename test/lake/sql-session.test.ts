import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type LakeSql,
  listContracts,
  loadContract,
  openLakeSql,
  type PartitionRef,
  partitionFolder,
  readAnswerTexts,
  viewName,
} from '../../src/lake/index.ts';
import { generatedBatch, publishGenerated } from './generated-rows.ts';

const lake = mkdtempSync(join(tmpdir(), 'spymaster-sql-lake-'));
const GOLD = { layer: 'gold', productType: 'future_mbo', table: 'physics_surface_1s' } as const;
const DATES = ['2026-01-05', '2026-01-06', '2026-01-07'];
const SYMBOLS = {
  future_mbo: 'ESH6',
  future_option_mbo: 'ESH6',
  equity_mbo: 'QQQ',
  equity_option_cmbp_1: 'QQQ',
};
let sql: LakeSql;

async function ask(text: string): Promise<string[][]> {
  const query = await sql.check(text);
  return (await readAnswerTexts(sql, query, 1000)).rows;
}

/** Files that EXPLAIN ANALYZE says were read. */
async function filesRead(text: string): Promise<number> {
  const plan = (await ask(`EXPLAIN ANALYZE ${text}`)).flat().join('\n');
  const read = [...plan.matchAll(/Total Files Read: (\d+)/g)].map((m) => Number(m[1]));
  return read.reduce((sum, n) => sum + n, 0);
}

beforeAll(async () => {
  for (const dt of DATES) await publishGenerated(lake, { ...GOLD, symbol: 'ESH6', dt }, 100);
  await publishGenerated(lake, { ...GOLD, symbol: 'ESM6', dt: '2026-01-07' }, 40);
  for (const ref of listContracts()) {
    const symbol = SYMBOLS[ref.productType];
    if (ref.layer === 'gold' && ref.productType === 'future_mbo') continue;
    if (ref.layer === 'silver' && ref.productType === 'equity_mbo') continue;
    await publishGenerated(lake, { ...ref, symbol, dt: '2026-01-06' }, 24);
  }
  // Not complete: no reader may see it.
  const gone: PartitionRef = { ...GOLD, symbol: 'ESH6', dt: '2026-01-08' };
  await publishGenerated(lake, gone, 10);
  rmSync(join(partitionFolder(lake, gone), '_SUCCESS'));
  sql = await openLakeSql(lake);
});

afterAll(() => {
  sql.close();
  rmSync(lake, { recursive: true, force: true });
});

describe('views', () => {
  test.each(listContracts())(
    '$layer.$productType.$table has the columns of its contract',
    async (ref) => {
      const names = (await ask(`DESCRIBE ${viewName(ref)}`)).map((row) => row[0]);
      const keys = ['product_type', 'symbol', 'dt'];
      const own = loadContract(ref).fields.map((f) => f.name);
      expect(names).toEqual([...keys, ...own.filter((name) => !keys.includes(name))]);
    },
  );

  test('a table without partitions is empty, with the types of its contract', async () => {
    const view = 'silver.equity_mbo_book_snapshot_1s';
    expect(await ask(`SELECT count(*) FROM ${view}`)).toEqual([['0']]);
    const types = new Map((await ask(`DESCRIBE ${view}`)).map((row) => [row[0], row[1]]));
    const full = new Map(
      (await ask('DESCRIBE silver.future_mbo_book_snapshot_1s')).map((row) => [row[0], row[1]]),
    );
    expect(types).toEqual(full);
  });

  test('only complete partitions are in, the others are named', async () => {
    const dates = await ask(
      'SELECT DISTINCT dt FROM gold.future_mbo_physics_surface_1s ORDER BY 1',
    );
    expect(dates.flat()).toEqual(DATES);
    expect(sql.leftOut.map((e) => [e.ref.dt, e.state])).toEqual([['2026-01-08', 'incomplete']]);
  });

  test('a layer’s view holds every product type that is there', async () => {
    const counts = await ask(
      'SELECT product_type, symbol, dt, count(*) FROM gold.physics_surface_1s GROUP BY ALL ORDER BY ALL',
    );
    expect(counts).toEqual([
      ['equity_mbo', 'QQQ', '2026-01-06', '24'],
      ['equity_option_cmbp_1', 'QQQ', '2026-01-06', '24'],
      ['future_mbo', 'ESH6', '2026-01-05', '100'],
      ['future_mbo', 'ESH6', '2026-01-06', '100'],
      ['future_mbo', 'ESH6', '2026-01-07', '100'],
      ['future_mbo', 'ESM6', '2026-01-07', '40'],
      ['future_option_mbo', 'ESH6', '2026-01-06', '24'],
    ]);
  });

  test('bronze of options keeps the symbol of each option', async () => {
    const rows = await ask(
      'SELECT DISTINCT symbol, underlying FROM bronze.future_option_mbo_mbo ORDER BY ALL',
    );
    const contract = loadContract({
      layer: 'bronze',
      productType: 'future_option_mbo',
      table: 'mbo',
    });
    const c = contract.fields.findIndex((f) => f.name === 'symbol');
    const column = generatedBatch(contract, 24).columns[c] as { texts: readonly string[] };
    expect(rows.map((row) => row[0]).sort()).toEqual([...column.texts].sort());
    expect(new Set(rows.map((row) => row[1]))).toEqual(new Set(['ESH6']));
  });
});

describe('pruning', () => {
  const COUNT = 'SELECT count(*), sum(rho) FROM gold.physics_surface_1s';

  test('conditions on date, symbol and product type leave files unopened', async () => {
    expect(await filesRead(`${COUNT} WHERE product_type <> ''`)).toBe(7);
    expect(await filesRead(`${COUNT} WHERE dt = '2026-01-05'`)).toBe(1);
    expect(await filesRead(`${COUNT} WHERE dt >= DATE '2026-01-07'`)).toBe(2);
    expect(await filesRead(`${COUNT} WHERE symbol = 'ESM6'`)).toBe(1);
    expect(await filesRead(`${COUNT} WHERE product_type = 'equity_mbo'`)).toBe(1);
    expect(await filesRead(`${COUNT} WHERE symbol = 'ESH6' AND dt = '2026-01-09'`)).toBe(0);
  });

  test('so do conditions on the date and underlying of option records', async () => {
    const count = 'SELECT count(*), sum(size) FROM bronze.future_option_mbo_mbo';
    expect(await filesRead(`${count} WHERE dt = '2026-01-06'`)).toBe(1);
    expect(await filesRead(`${count} WHERE dt = '2026-01-07'`)).toBe(0);
    expect(await filesRead(`${count} WHERE underlying = 'ESM6'`)).toBe(0);
  });
});

describe('only reading', () => {
  const refused: [string, string][] = [
    ['COPY', `COPY (SELECT 1) TO '${join(lake, 'gold', 'x.csv')}'`],
    ['EXPLAIN of a COPY', `EXPLAIN ANALYZE COPY (SELECT 1) TO '${join(lake, 'gold', 'x.csv')}'`],
    ['COPY in brackets of EXPLAIN', `explain (format json) COPY (SELECT 1) TO 'x.csv'`],
    ['CREATE', 'CREATE TABLE t AS SELECT 1'],
    ['DROP', 'DROP VIEW gold.physics_surface_1s'],
    ['ATTACH', `ATTACH '${join(lake, 'gold', 'x.db')}'`],
    ['INSTALL', 'INSTALL httpfs'],
    ['SET', 'SET enable_external_access = true'],
    ['EXPORT', `EXPORT DATABASE '${join(lake, 'gold')}'`],
    ['two statements', 'SELECT 1; SELECT 2'],
    ['a smuggled statement', `SELECT 1) TO 'x'; COPY (SELECT 2`],
    ['nothing', ' ; -- nothing'],
    ['a mistake', 'SELECT FROM WHERE'],
    ['an unknown table', 'SELECT * FROM gold.nothing'],
    ['another file', `SELECT * FROM read_csv('${join(tmpdir(), 'other.csv')}')`],
  ];

  test.each(refused)('%s is refused', async (_what, text) => {
    await expect(sql.check(text)).rejects.toMatchObject({ code: 'USAGE' });
    expect(readdirSync(join(lake, 'gold')).filter((name) => name.startsWith('x'))).toEqual([]);
  });

  test('a file outside the lake’s tables is out of reach, one inside is not', async () => {
    const outside = join(mkdtempSync(join(tmpdir(), 'spymaster-outside-')), 'a.csv');
    writeFileSync(outside, 'a\n1\n');
    await expect(sql.check(`FROM '${outside}'`)).rejects.toThrow(/disabled by configuration/);
    const file = join(
      partitionFolder(lake, { ...GOLD, symbol: 'ESH6', dt: DATES[0]! }),
      '*.parquet',
    );
    expect(await ask(`SELECT count(*) FROM read_parquet('${file}')`)).toEqual([['100']]);
  });

  test.each(['SELECT 1;', 'SELECT 1 -- one', 'select 1; -- one\n', 'FROM (VALUES (1)) ;;'])(
    'an end like that of %j is understood',
    async (text) => {
      expect(await ask(text)).toEqual([['1']]);
    },
  );

  test('nothing is left behind but the lake', () => {
    expect(existsSync(join(process.cwd(), '.tmp'))).toBe(false);
  });
});
