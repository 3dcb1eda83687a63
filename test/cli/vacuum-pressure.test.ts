import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { tableFromIPC } from 'apache-arrow';
import { beforeAll, describe, expect, test } from 'vitest';
import { shippedConfigFolder } from '../../src/lake/index.ts';
import { FRAME_COLUMNS, FRAME_ROWS } from '../../src/wire/index.ts';
import { runHere, temporaryFolder } from './run-cli.ts';
import { ORIGIN_NS, TINY_MARKET, tinyBytes, writeTiny } from './tiny-files.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const run = (...args: string[]) => runHere(['vacuum-pressure', 'run', ...args]);
const hashOf = (stdout: string) => stdout.trimEnd().split('\n').at(-1);
const OPEN = ORIGIN_NS + 52_200_000_000_000n;
let file = '';

beforeAll(async () => {
  file = await writeTiny(at('day.dbn.zst'));
});

async function query(sql: string): Promise<unknown[][]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    return (await connection.runAndReadAll(sql)).getRows();
  } finally {
    connection.closeSync();
  }
}

describe('vacuum-pressure run', () => {
  test('one frame every grid time from the first record to the last', async () => {
    const { stdout } = await run(file, '--json', '--every-ms', '100');
    expect(JSON.parse(stdout)).toMatchObject({
      symbol: 'ESH6',
      dt: '2026-01-05',
      tick_size_int: 250_000_000,
      frames: 16,
      first_frame: '2026-01-05T14:30:00.100000000Z',
      last_frame: '2026-01-05T14:30:01.600000000Z',
      records: 10,
      book_valid: true,
      truncated: false,
    });
  });

  test('the hash is the last line, the same for the same records', async () => {
    const first = await run(file, '--hash');
    expect(hashOf(first.stdout)).toMatch(/^[0-9a-f]{64}$/);
    const raw = await writeTiny(at('day.dbn'));
    const old = await writeTiny(at('old.dbn'), tinyBytes(TINY_MARKET, { version: 1 }));
    for (const other of [raw, old]) {
      expect(hashOf((await run(other, '--hash')).stdout)).toBe(hashOf(first.stdout));
    }
    const coarser = await run(file, '--hash', '--every-ms', '50');
    expect(hashOf(coarser.stdout)).not.toBe(hashOf(first.stdout));
  });

  test('other instruments in the file change nothing', async () => {
    const mixed = TINY_MARKET.flatMap((r) => [r, { ...r, instrumentId: 78, price: 7000 }]);
    const symbols = { ESH6: 77, ESM6: 78 };
    const path = await writeTiny(at('mixed.dbn'), tinyBytes(mixed, { symbols }));
    const alone = await run(file, '--hash');
    expect(hashOf((await run(path, '--hash', '--symbol', 'ESH6')).stdout)).toBe(
      hashOf(alone.stdout),
    );
  });

  test('start and end are exchange times; the book before the start still counts', async () => {
    const times = ['--start-time', '09:30:01', '--end-time', '09:30:01.2'];
    const { stdout } = await run(file, '--json', '--every-ms', '100', ...times);
    expect(JSON.parse(stdout)).toMatchObject({
      frames: 3,
      first_frame: '2026-01-05T14:30:01.000000000Z',
      last_frame: '2026-01-05T14:30:01.200000000Z',
      book_valid: true,
    });
  });

  test('Parquet and Arrow hold the same table, 101 rows a frame', async () => {
    const hashes: (string | undefined)[] = [];
    for (const out of [[], ['--out', at('frames.parquet')], ['--out', at('frames.arrow')]]) {
      hashes.push(hashOf((await run(file, '--every-ms', '100', '--hash', ...out)).stdout));
    }
    expect(new Set(hashes).size).toBe(1);
    const path = at('frames.parquet');
    const [[rows, frames]] = (await query(
      `SELECT count(*)::INT, count(DISTINCT seq)::INT FROM '${path}'`,
    )) as [[number, number]];
    expect([rows, frames]).toEqual([16 * FRAME_ROWS, 16]);
    const columns = 'ts_ns, k, rest_depth, v_add, mid_price_int, ask_depth, book_valid';
    const parquet = await query(`SELECT ${columns} FROM '${path}' WHERE k IN (-1, 0, 1)`);
    const arrow = tableFromIPC(readFileSync(at('frames.arrow')));
    expect(arrow.schema.fields.map((f) => f.name)).toEqual([
      'ts_ns',
      'seq',
      'event_id',
      'mid_price_int',
      'spot_ref_price_int',
      'best_bid_price_int',
      'best_ask_price_int',
      'book_valid',
      ...FRAME_COLUMNS.map((c) => c.name),
    ]);
    const fromArrow = arrow
      .toArray()
      .filter((r) => Math.abs(r.k) <= 1)
      .map((r) => columns.split(', ').map((name) => r[name]));
    expect(fromArrow).toEqual(parquet);
    expect(parquet[0]?.[0]).toBe(OPEN + 100_000_000n);
    expect(parquet[1]?.[4]).toBe(6_950_125_000_000n);
  });

  test('depth at spot is the book’s, hand-counted', async () => {
    await run(file, '--every-ms', '100', '--out', at('depth.parquet'));
    const rows = await query(
      `SELECT k, bid_depth, ask_depth FROM '${at('depth.parquet')}'
       WHERE seq = (SELECT max(seq) FROM '${at('depth.parquet')}') AND rest_depth > 0 ORDER BY k`,
    );
    // Mid 6950.25: one bid tick below (5 + 2 lots), one ask tick above (6 lots).
    expect(rows).toEqual([
      [-1, 7, 0],
      [1, 0, 6],
    ]);
  });

  test('coefficients come from the configuration and are checked', async () => {
    const config = temporaryFolder();
    cpSync(join(shippedConfigFolder(), 'products.yaml'), join(config, 'products.yaml'));
    const configure = (name: string) =>
      writeFileSync(
        join(config, 'spymaster.yaml'),
        `vacuum_pressure: { coefficients: { ${name}: 2 } }\n`,
      );
    configure('pressure_add');
    const heavier = await run(file, '--hash', '--config', config);
    expect(heavier.code).toBe(0);
    expect(hashOf(heavier.stdout)).not.toBe(hashOf((await run(file, '--hash')).stdout));
    configure('pressure_ad');
    const wrong = await run(file, '--config', config);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('pressure_ad');
  });

  test.each([
    [['--out', 'frames.csv']],
    [['--out', '-', '--hash']],
    [['--start-time', '25:00']],
    [['--dt', '2026-02-30']],
    [['--every-ms', '5']],
  ])('%j is wrong usage', async (flags) => {
    expect(await run(file, ...flags)).toMatchObject({ code: 2 });
  });
});
