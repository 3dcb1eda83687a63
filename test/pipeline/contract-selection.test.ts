import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../src/core/index.ts';
import { loadContract, loadProducts, type Product, type TableRef } from '../../src/lake/index.ts';
import { contractMonth, expiryByRule } from '../../src/pipeline/contract-expiry.ts';
import {
  type Expiry,
  type SelectionFacts,
  selectContract,
} from '../../src/pipeline/contract-selection.ts';
import { loadSelection, saveSelection } from '../../src/pipeline/contract-selection-file.ts';

const products = loadProducts();
function product(root: string): Product {
  const found = products.get(root);
  if (!found) throw new Error(`no ${root}`);
  return found;
}

describe('expiries by rule', () => {
  it.each([
    // The exchange's own calendars.
    ['ES', 'ESH6', '2026-01-05', '2026-03-20'],
    ['ES', 'ESM6', '2026-01-05', '2026-06-18'],
    ['MNQ', 'MNQZ25', '2025-10-01', '2025-12-19'],
    ['CL', 'CLH6', '2026-01-05', '2026-02-20'],
    ['CL', 'CLX5', '2025-09-24', '2025-10-21'],
    ['GC', 'GCJ6', '2026-01-05', '2026-04-28'],
    ['SI', 'SIH6', '2026-01-05', '2026-03-27'],
    ['6E', '6EH6', '2026-01-05', '2026-03-16'],
  ])('%s: %s seen on %s ends on %s', (root, symbol, dt, expected) => {
    expect(expiryByRule(product(root), symbol, dt)).toBe(expected);
  });

  it('reads years of one and two digits as the first from the date on', () => {
    expect(contractMonth('ESH6', 'ES', '2026-01-05')).toEqual({ year: 2026, month: 3 });
    expect(contractMonth('ESH6', 'ES', '2027-01-05')).toEqual({ year: 2036, month: 3 });
    expect(contractMonth('ESZ30', 'ES', '2026-01-05')).toEqual({ year: 2030, month: 12 });
    for (const symbol of ['ES', 'ESH6-ESM6', 'UD:1V: VT 2203', 'ESA6', 'MESH6', 'ESH123']) {
      expect(contractMonth(symbol, 'ES', '2026-01-05')).toBeNull();
    }
  });
});

function facts(over: Partial<SelectionFacts> = {}): SelectionFacts {
  const ends: Record<string, string> = {
    ESH6: '2026-03-20',
    ESM6: '2026-06-18',
    ESU6: '2026-09-18',
  };
  return {
    root: 'ES',
    sessionDate: '2026-03-19',
    previous: {
      date: '2026-03-18',
      volumes: new Map([
        ['ESH6', 60],
        ['ESM6', 30],
        ['ESU6', 10],
      ]),
    },
    contracts: Object.keys(ends),
    expiryOf: (symbol) => {
      const date = ends[symbol];
      return date ? { date, from: 'definition' } : null;
    },
    openInterest: new Map(),
    ...over,
  };
}

describe('B14: the choice of a date', () => {
  it('is the most traded contract of the date before, with its share', () => {
    expect(selectContract(facts(), 'ESH6')).toEqual({
      sessionDate: '2026-03-19',
      selectedSymbol: 'ESH6',
      selectedExpDate: '2026-03-20',
      prevTradingDate: '2026-03-18',
      prevVolumeSelected: 60,
      prevVolumeRank2: 30,
      rollFlag: 0,
      dominance: 0.6,
      root: 'ES',
      chosenBy: 'volume',
      expiryFrom: 'definition',
    });
  });

  it('leaves out what expires on the date itself, and rolls', () => {
    const row = selectContract(facts({ sessionDate: '2026-03-20' }), 'ESH6');
    expect(row).toMatchObject({
      selectedSymbol: 'ESM6',
      prevVolumeSelected: 30,
      prevVolumeRank2: 10,
      dominance: 0.75,
      rollFlag: 1,
    });
  });

  it('breaks ties by the nearest expiry', () => {
    const volumes = new Map([
      ['ESU6', 40],
      ['ESM6', 40],
    ]);
    const row = selectContract(facts({ previous: { date: '2026-03-18', volumes } }), null);
    expect(row).toMatchObject({ selectedSymbol: 'ESM6', rollFlag: 0, dominance: 0.5 });
  });

  it('of the first date is its own open interest, else the nearest expiry', () => {
    const openInterest = new Map([
      ['ESM6', 500],
      ['ESH6', 20],
    ]);
    expect(selectContract(facts({ previous: null, openInterest }), null)).toMatchObject({
      selectedSymbol: 'ESM6',
      chosenBy: 'open_interest',
      prevTradingDate: null,
      prevVolumeSelected: 0,
      dominance: null,
    });
    expect(selectContract(facts({ previous: null }), null)).toMatchObject({
      selectedSymbol: 'ESH6',
      chosenBy: 'nearest_expiry',
    });
  });

  it('is none when everything has expired', () => {
    expect(selectContract(facts({ sessionDate: '2026-12-01' }), null)).toBeNull();
  });

  it('agrees with a search through all candidates, whatever their order', () => {
    const contract = fc.record({
      volume: fc.integer({ min: 0, max: 3 }),
      days: fc.integer({ min: -2, max: 4 }),
    });
    fc.assert(
      fc.property(fc.array(contract, { minLength: 1, maxLength: 8 }), (rows) => {
        const symbols = rows.map((_, i) => `S${i}`);
        const ends = rows.map((r) => `2026-03-${String(19 + r.days).padStart(2, '0')}`);
        const expiryOf = (symbol: string): Expiry => {
          return { date: ends[Number(symbol.slice(1))] as string, from: 'rule' };
        };
        const volumes = new Map(rows.map((r, i) => [`S${i}`, r.volume]));
        const previous = { date: '2026-03-18', volumes };
        const chosen = selectContract(facts({ previous, contracts: symbols, expiryOf }), null);
        const reversed = selectContract(
          facts({ previous, contracts: [...symbols].reverse(), expiryOf }),
          null,
        );
        expect(reversed).toEqual(chosen);
        const alive = rows.flatMap((r, i) => (r.days > 0 ? [{ ...r, i }] : []));
        if (alive.length === 0) {
          expect(chosen).toBeNull();
          return;
        }
        const best = alive.reduce((a, b) => {
          if (b.volume !== a.volume) return b.volume > a.volume ? b : a;
          return b.days < a.days ? b : a;
        });
        expect(chosen?.selectedSymbol).toBe(`S${best.i}`);
        const total = alive.reduce((sum, r) => sum + r.volume, 0);
        expect(chosen?.dominance ?? null).toBe(total > 0 ? best.volume / total : null);
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});

function newLake(): string {
  return mkdtempSync(join(tmpdir(), 'spymaster-selection-'));
}

describe('the selection map', () => {
  it('comes back as it was written, merges by root and date, and keeps its contract', async () => {
    const path = join(newLake(), 'selection', 'map.parquet');
    expect((await loadSelection(path)).size).toBe(0);
    const one = selectContract(facts(), null);
    const first = selectContract(facts({ previous: null, sessionDate: '2026-03-18' }), null);
    const [qqq] = [{ ...first!, root: 'QQQ', selectedSymbol: 'QQQ', selectedExpDate: null }];
    await saveSelection(path, [one!, qqq!]);
    const changed = { ...one!, selectedSymbol: 'ESM6', rollFlag: 1 as const };
    const all = await saveSelection(path, [first!, changed]);
    expect(all.map((r) => `${r.sessionDate} ${r.root}`)).toEqual([
      '2026-03-18 ES',
      '2026-03-18 QQQ',
      '2026-03-19 ES',
    ]);
    const map = await loadSelection(path);
    expect(map.get('ES')?.get('2026-03-19')).toEqual(changed);
    expect(map.get('ES')?.get('2026-03-18')).toEqual(first);
    expect(map.get('QQQ')?.get('2026-03-18')).toEqual(qqq);
  });

  it('has the columns of its contract', async () => {
    const path = join(newLake(), 'map.parquet');
    await saveSelection(path, [selectContract(facts(), null)!]);
    const { connectDuckDb, loadDuckDb } = await import('../../src/lake/index.ts');
    const connection = await connectDuckDb(await loadDuckDb());
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM '${path}'`);
    connection.closeSync();
    const folder = join(import.meta.dirname, '..', '..', 'contracts');
    const table = { layer: 'selection', productType: '', table: 'mbo_contract_day_selection' };
    const { fields } = loadContract(table as unknown as TableRef, folder);
    expect(described.getRows().map((r) => r[0])).toEqual(fields.map((f) => f.name));
  });

  it('refuses a file that is none', async () => {
    const path = join(newLake(), 'map.parquet');
    writeFileSync(path, 'not a table');
    await expect(loadSelection(path)).rejects.toThrow(DataError);
  });
});
