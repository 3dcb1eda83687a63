import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runHere, temporaryFolder } from './run-cli.ts';
import { ORIGIN_NS, TINY_MARKET, tinyBytes, writeTiny } from './tiny-files.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const lines = (text: string) => text.trimEnd().split('\n');
const OPEN = ORIGIN_NS + 52_200_000_000_000n;
let file = '';
let two = '';

beforeAll(async () => {
  file = await writeTiny(at('day.dbn.zst'));
  const second = TINY_MARKET.map((r) => ({ ...r, instrumentId: 78 }));
  const symbols = { ESH6: 77, ESM6: 78 };
  two = await writeTiny(at('two.dbn'), tinyBytes([...TINY_MARKET, ...second], { symbols }));
});

describe('dbn info', () => {
  test('tells what a file holds', async () => {
    const { stdout, code } = await runHere(['dbn', 'info', '--json', '--gap-seconds', '1', two]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 3,
      compressed: false,
      dataset: 'GLBX.MDP3',
      schema: 'mbo',
      start: '2026-01-05T00:00:00.000000000Z',
      symbols: ['ESH6', 'ESM6'],
      symbol_count: 2,
      mapping_count: 2,
      records: 20,
      record_types: { mbo: 20 },
      actions: { A: 10, C: 4, F: 2, R: 2, T: 2 },
      instruments: 2,
      publishers: [1],
      first: '2026-01-05T14:30:00.000000000Z',
      last: '2026-01-05T14:30:01.500000000Z',
      backward_steps: 1 + 8,
      gap_count: 1,
      gaps: [
        {
          from: '2026-01-05T14:30:00.200000000Z',
          to: '2026-01-05T14:30:01.500000000Z',
          seconds: 1.3,
        },
      ],
      truncated: false,
    });
  });

  test('several files are told one after another', async () => {
    const { stdout } = await runHere(['dbn', 'info', file, two]);
    expect(stdout).toContain(`${file}\n  DBN 3, `);
    expect(stdout).toContain(two);
    expect(stdout).toContain('complete');
  });
});

describe('dbn cat', () => {
  test('JSON is one object a line, in the vendor’s shape', async () => {
    const { stdout } = await runHere(['dbn', 'cat', '--limit', '2', file]);
    expect(lines(stdout)[1]).toBe(
      `{"ts_recv":"${OPEN}","hd":{"ts_event":"${OPEN - 100_000n}","rtype":160,"publisher_id":1,` +
        '"instrument_id":77},"action":"A","side":"B","price":"6950000000000","size":5,' +
        '"channel_id":0,"order_id":"1","flags":32,"ts_in_delta":12000,"sequence":2}',
    );
  });

  test('CSV has one header; symbols are added on request', async () => {
    const { stdout } = await runHere(['dbn', 'cat', '--format', 'csv', '--symbols', two]);
    const rows = lines(stdout);
    expect(rows).toHaveLength(21);
    expect(rows[0]).toMatch(/^ts_recv,ts_event,rtype,publisher_id,instrument_id,.*,symbol$/);
    expect(rows[1]).toMatch(/,ESH6$/);
    expect(rows[20]).toMatch(/,ESM6$/);
  });

  test('a table is aligned', async () => {
    const { stdout } = await runHere(['dbn', 'cat', '--format', 'table', file]);
    const widths = lines(stdout).map((l) => l.length);
    expect(widths).toHaveLength(11);
    expect(new Set(widths).size).toBe(1);
    expect(stdout).toContain('6950.250000000');
  });

  test.each<[string, string[], number[]]>([
    ['a symbol', ['--symbol', 'ESM6'], [11, 20]],
    ['two symbols', ['--symbol', 'ESM6', '--symbol', 'ESH6'], [1, 20]],
    ['an instrument id', ['--symbol', '77'], [1, 10]],
    ['a time', ['--symbol', '77', '--from', '2026-01-05T14:30:00.1Z'], [6, 10]],
    [
      'a stretch of time',
      ['--symbol', '77', '--from', '2026-01-05T14:30:00.1', '--to', '2026-01-05T14:30:01'],
      [6, 9],
    ],
    ['a number', ['--limit', '3'], [1, 3]],
    ['a number of those that pass', ['--symbol', 'ESM6', '--limit', '4'], [11, 14]],
    ['none', ['--limit', '0'], []],
  ])('filters by %s', async (_name, flags, [first, last]) => {
    const { stdout } = await runHere(['dbn', 'cat', ...flags, two]);
    const all = lines((await runHere(['dbn', 'cat', two])).stdout);
    const expected = first === undefined ? '' : `${all.slice(first - 1, last).join('\n')}\n`;
    expect(stdout).toBe(expected);
  });
});

describe('dbn convert', () => {
  const convert = (...args: string[]) => runHere(['dbn', 'convert', ...args]);

  test('to zstd and back, and to version 1 and back, gives the same bytes', async () => {
    const original = tinyBytes();
    await convert(file, at('raw.dbn'));
    expect(readFileSync(at('raw.dbn'))).toEqual(Buffer.from(original));
    await convert(at('raw.dbn'), at('old.dbn.zst'), '--dbn-version', '1');
    const old = await runHere(['dbn', 'info', '--json', at('old.dbn.zst')]);
    expect(JSON.parse(old.stdout)).toMatchObject({ version: 1, compressed: true, records: 10 });
    await convert(at('old.dbn.zst'), at('new.dbn'), '--dbn-version', '3');
    expect(readFileSync(at('new.dbn'))).toEqual(Buffer.from(original));
  });

  test('filters', async () => {
    await convert(two, at('one.dbn'), '--symbol', 'ESM6');
    const one = JSON.parse((await runHere(['dbn', 'info', '--json', at('one.dbn')])).stdout);
    expect(one).toMatchObject({ records: 10, instruments: 1 });
  });

  test('refuses to replace a file, or to read and write the same', async () => {
    const again = await convert(file, at('raw.dbn'));
    expect(again).toMatchObject({ code: 2 });
    expect(again.stderr).toContain('--force');
    expect((await convert(file, at('raw.dbn'), '--force')).code).toBe(0);
    expect((await convert(file, file, '--force')).code).toBe(2);
    expect((await convert(file, at('x.dbn'), '--zstd', '--raw')).code).toBe(2);
    expect(existsSync(at('x.dbn'))).toBe(false);
  });

  test('a folder that cannot be written is told', async () => {
    const result = await convert(file, join(file, 'x.dbn'));
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('FILE_WRITE');
  });
});
