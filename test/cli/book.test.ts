import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, test } from 'vitest';
import { runHere, temporaryFolder } from './run-cli.ts';
import { ORIGIN_NS, TINY_MARKET, tinyBytes, writeTiny } from './tiny-files.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const OPEN = ORIGIN_NS + 52_200_000_000_000n;
const ms = (n: number) => String(OPEN + BigInt(n) * 1_000_000n);
let file = '';

beforeAll(async () => {
  file = await writeTiny(at('day.dbn.zst'));
});

/** Rows of CSV as objects. */
function table(csv: string): Record<string, string>[] {
  const [head = '', ...rows] = csv.trimEnd().split('\n');
  const names = head.split(',');
  return rows.map((row) => {
    const cells = row.split(',');
    return Object.fromEntries(names.map((name, c) => [name, cells[c] ?? '']));
  });
}

describe('book', () => {
  test('the columns are the published ones', async () => {
    const { stdout } = await runHere(['book', '--levels', '2', file]);
    expect(stdout.split('\n')[0]).toBe(
      'ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,depth,price,size,flags,' +
        'ts_in_delta,sequence,bid_px_00,ask_px_00,bid_sz_00,ask_sz_00,bid_ct_00,ask_ct_00,' +
        'bid_px_01,ask_px_01,bid_sz_01,ask_sz_01,bid_ct_01,ask_ct_01,symbol',
    );
  });

  test('a row at the end of each event that changed the levels', async () => {
    const { stdout, code } = await runHere(['book', '--levels', '2', file]);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n').slice(1)).toEqual([
      `${ms(0)},${OPEN - 100_000n},10,1,77,A,A,1,6950500000000,6,160,12000,5,6950000000000,` +
        '6950250000000,5,4,1,1,6949750000000,6950500000000,7,6,1,1,ESH6',
      `${ms(100)},${OPEN + 99_900_000n},10,1,77,A,B,0,6950000000000,2,128,12000,6,6950000000000,` +
        '6950250000000,7,4,2,1,6949750000000,6950500000000,7,6,1,1,ESH6',
      `${ms(200)},${OPEN + 199_900_000n},10,1,77,C,A,0,6950250000000,4,128,12000,9,` +
        '6950000000000,6950500000000,7,6,2,1,6949750000000,,7,0,1,0,ESH6',
      `${ms(1500)},${OPEN + 1_499_900_000n},10,1,77,C,B,1,6949750000000,7,128,12000,10,` +
        '6950000000000,6950500000000,7,6,2,1,,,0,0,0,0,ESH6',
    ]);
  });

  test('the record rule adds the trade, undefined prices are empty', async () => {
    const { stdout } = await runHere(['book', '--every', 'record', file]);
    expect(
      table(stdout)
        .map((r) => r['action'])
        .join(''),
    ).toBe('AATCC');
    expect(table(stdout)[2]).toMatchObject({ action: 'T', price: '6950250000000' });
  });

  test('a grid has a row at every second, quiet ones too', async () => {
    const { stdout } = await runHere(['book', '--every', '1s', '--levels', '1', file]);
    const rows = table(stdout);
    expect(rows.map((r) => r['ts_recv'])).toEqual([ms(1000), ms(2000)]);
    expect(rows[0]).toMatchObject({ rtype: '1', bid_px_00: '6950000000000', bid_sz_00: '7' });
  });

  test('counters follow on standard error as one JSON object', async () => {
    const { stderr } = await runHere(['book', file]);
    expect(JSON.parse(stderr)).toMatchObject({
      rows: 4,
      truncated: false,
      instruments: [
        {
          symbol: 'ESH6',
          orders: 3,
          bid_levels: 1,
          ask_levels: 1,
          best_bid_int: 6950000000000,
          best_ask_int: 6950500000000,
          valid: true,
          adds: 5,
          trades: 1,
          buyVolume: 4,
          unknownCancels: 0,
        },
      ],
    });
    expect((await runHere(['book', '--quiet', file])).stderr).toBe('');
  });

  test('JSON, Parquet and DBN hold the same rows as CSV', async () => {
    const csv = table((await runHere(['book', '--every', 'record', file])).stdout);
    const json = await runHere(['book', '--every', 'record', '--format', 'json', file]);
    const objects = json.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(objects.map((o) => o.levels[0].ask_px)).toEqual(csv.map((r) => r['ask_px_00']));
    expect(objects.map((o) => o.levels[9].bid_px)).toEqual(csv.map(() => null));

    const dbn = at('book.dbn.zst');
    await runHere(['book', '--every', 'record', '--format', 'dbn', '--out', dbn, file]);
    const cat = await runHere(['dbn', 'cat', '--format', 'csv', '--symbols', dbn]);
    const undefinedAsText = (r: Record<string, string>) =>
      Object.fromEntries(
        Object.entries(r).map(([k, v]) => [k, v === '9223372036854775807' ? '' : v]),
      );
    expect(table(cat.stdout).map(undefinedAsText)).toEqual(csv);

    const parquet = at('book.parquet');
    await runHere(['book', '--every', 'record', '--format', 'parquet', '--out', parquet, file]);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const read = await connection.runAndReadAll(`SELECT * FROM '${parquet}'`);
    const rows = read
      .getRowObjects()
      .map((r) =>
        Object.fromEntries(Object.entries(r).map(([k, v]) => [k, v === null ? '' : String(v)])),
      );
    connection.closeSync();
    expect(rows).toEqual(csv);
  });

  test('books do not mix; a symbol chooses one, a root the busiest', async () => {
    const second = TINY_MARKET.slice(0, 6).map((r) => ({ ...r, instrumentId: 78 }));
    const mixed = TINY_MARKET.flatMap((r, i) => (second[i] ? [r, second[i]] : [r]));
    const symbols = { ESH6: 77, ESM6: 78 };
    const path = await writeTiny(at('mixed.dbn'), tinyBytes(mixed, { symbols }));
    const alone = (await runHere(['book', '--quiet', file])).stdout;
    const all = await runHere(['book', '--quiet', path]);
    expect(table(all.stdout).filter((r) => r['symbol'] === 'ESM6')).toHaveLength(2);
    const of = (symbol: string) => runHere(['book', '--quiet', '--symbol', symbol, path]);
    const levelsOf = (csv: string) => table(csv).map((r) => [r['ts_recv'], r['bid_sz_00']]);
    expect(levelsOf((await of('ESH6')).stdout)).toEqual(levelsOf(alone));
    expect((await of('ES')).stdout).toBe((await of('ESH6')).stdout);
    expect(table((await of('78')).stdout)).toHaveLength(2);
  });

  test('a product that no table knows gets its tick from its prices', async () => {
    const cents = TINY_MARKET.map((r) =>
      r.price === undefined ? r : { ...r, price: (r.price - 6900) / 25 },
    );
    const path = await writeTiny(at('arl.dbn'), tinyBytes(cents, { symbols: { ARL: 77 } }));
    const { stderr, code } = await runHere(['book', path]);
    expect(code).toBe(0);
    expect(JSON.parse(stderr).instruments[0]).toMatchObject({
      symbol: 'ARL',
      tick_size_int: 10_000_000,
      offGridPrices: 0,
    });
    const given = await runHere(['book', '--tick-size', '0.0001', path]);
    expect(JSON.parse(given.stderr).instruments[0].tick_size_int).toBe(100_000);
  });

  test('a limit stops early; a file appears whole or not at all', async () => {
    const { stdout } = await runHere(['book', '--limit', '2', file]);
    expect(table(stdout)).toHaveLength(2);
    await runHere(['book', '--out', at('rows.csv'), file]);
    expect(readFileSync(at('rows.csv'), 'utf8')).toBe((await runHere(['book', file])).stdout);
    const broken = await writeTiny(at('broken.dbn'), tinyBytes().fill(1, tinyBytes().length - 56));
    expect((await runHere(['book', '--out', at('broken.csv'), broken])).code).toBe(4);
    expect(existsSync(at('broken.csv'))).toBe(false);
  });

  test.each([
    [['--format', 'parquet']],
    [['--format', 'dbn', '--levels', '5']],
    [['--tick-size', '0']],
    [['--tick-size', 'x']],
  ])('%j is wrong usage', async (flags) => {
    expect(await runHere(['book', ...flags, file])).toMatchObject({ code: 2 });
  });
});
