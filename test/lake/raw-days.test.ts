import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  findRawDay,
  findRawDays,
  listSessions,
  parseProductType,
  rawDefinitionFolder,
  rawRoots,
  rawTableFolder,
  SYNTHETIC_MARKER,
} from '../../src/lake/index.ts';

let lake = '';

function put(folder: string, ...names: string[]): void {
  for (const name of names) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'x');
  }
}

beforeAll(() => {
  lake = mkdtempSync(join(tmpdir(), 'spymaster-lake-'));
  put(
    rawTableFolder(lake, 'future_mbo', 'ES'),
    'glbx-mdp3-20260105.mbo.dbn.zst',
    'GLBX-20260131-ABCDEF/glbx-mdp3-20260106.mbo.dbn.zst',
    'GLBX-20260131-ABCDEF/metadata.json',
    'GLBX-20260131-ABCDEF/glbx-mdp3-20260109.definition.dbn.zst',
    'deep/er/glbx-mdp3-20260106.mbo.dbn',
    'glbx-mdp3-20260107.mbo.parquet',
    '.glbx-mdp3-20260108.mbo.dbn.tmp',
  );
  put(rawTableFolder(lake, 'future_mbo', 'MNQ'), SYNTHETIC_MARKER, 'm-20260105.mbo.dbn');
  put(rawTableFolder(lake, 'equity_mbo', 'QQQ'), 'xnas-itch-20260105.mbo.dbn.zst');
});

describe('raw lake', () => {
  test('paths are those of the published layout', () => {
    expect(relative(lake, rawTableFolder(lake, 'future_mbo', 'ES'))).toBe(
      'raw/source=databento/product_type=future_mbo/symbol=ES/table=market_by_order_dbn',
    );
    expect(relative(lake, rawTableFolder(lake, 'equity_option_cmbp_1', 'QQQ'))).toBe(
      'raw/source=databento/product_type=equity_option_cmbp_1/symbol=QQQ/table=cmbp_1',
    );
    expect(relative(lake, rawDefinitionFolder(lake, 'glbx'))).toBe(
      'raw/source=databento/dataset=definition/venue=glbx',
    );
  });

  test('finds a day of a contract in its root, at any depth', () => {
    const day = findRawDay(lake, 'future_mbo', 'ESH6', '2026-01-05');
    expect(day).toMatchObject({ root: 'ES', format: 'dbn.zst', bytes: 1, synthetic: false });
  });

  test('prefers the uncompressed file of the same day, then zstd, then Parquet', () => {
    expect(findRawDay(lake, 'future_mbo', 'ES', '2026-01-06').path).toMatch(/deep\/er\/.*\.dbn$/);
    expect(findRawDay(lake, 'future_mbo', 'ES', '2026-01-07').format).toBe('parquet');
  });

  test('leaves side files, other schemas and half-written files out', () => {
    const dates = findRawDays(lake, 'future_mbo', 'ES').map((d) => d.dt);
    expect(dates).toEqual(['2026-01-05', '2026-01-06', '2026-01-06', '2026-01-07']);
  });

  test('a date that is not there: says what is', () => {
    expect(() => findRawDay(lake, 'future_mbo', 'ESH6', '2026-02-01')).toThrow(
      /found 2026-01-05 2026-01-06 2026-01-07, expected a file with 20260201/,
    );
  });

  test('a root that is not there: says what is', () => {
    expect(() => findRawDay(lake, 'future_mbo', 'CLZ5', '2026-01-05')).toThrow(/found ES MNQ/);
    expect(() => findRawDay(lake, 'equity_mbo', 'QQQX', '2026-01-05')).toThrow(/found QQQ/);
    expect(() => findRawDay('/nonexistent', 'future_mbo', 'ES', '2026-01-05')).toThrow(
      /found nothing/,
    );
  });

  test.each(['../ES', 'ES/..', '', 'a'.repeat(33), 'E\u0000S'])(
    '"%s" never becomes a path',
    (s) => {
      expect(() => findRawDay(lake, 'future_mbo', s, '2026-01-05')).toThrow(/not a root or ticker/);
    },
  );

  test('lists what can be streamed, synthetic told as synthetic', () => {
    expect(listSessions(lake)).toEqual([
      {
        productType: 'future_mbo',
        root: 'ES',
        dates: ['2026-01-05', '2026-01-06', '2026-01-07'],
        synthetic: false,
      },
      { productType: 'future_mbo', root: 'MNQ', dates: ['2026-01-05'], synthetic: true },
      { productType: 'equity_mbo', root: 'QQQ', dates: ['2026-01-05'], synthetic: false },
    ]);
    expect(listSessions('/nonexistent')).toEqual([]);
    expect(rawRoots(lake, 'future_mbo')).toEqual(['ES', 'MNQ']);
  });

  test('product types are those of the contract', () => {
    expect(parseProductType('future_mbo')).toBe('future_mbo');
    expect(() => parseProductType('futures')).toThrow(/future_mbo future_option_mbo/);
  });
});
