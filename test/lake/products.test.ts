import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  findProduct,
  formatNano,
  loadProducts,
  parseDecimalNano,
  productOf,
  shippedConfigFolder,
} from '../../src/lake/index.ts';

const products = loadProducts();

function withTable(edit: (text: string) => string): string {
  const folder = mkdtempSync(join(tmpdir(), 'spymaster-config-'));
  const shipped = readFileSync(join(shippedConfigFolder(), 'products.yaml'), 'utf8');
  writeFileSync(join(folder, 'products.yaml'), edit(shipped));
  return folder;
}

describe('product table', () => {
  test('holds every product of the contract with exact ticks', () => {
    const ticks = Object.fromEntries([...products.values()].map((p) => [p.root, p.tickSizeInt]));
    expect(ticks).toEqual({
      ES: 250_000_000,
      MES: 250_000_000,
      NQ: 250_000_000,
      MNQ: 250_000_000,
      RTY: 100_000_000,
      GC: 100_000_000,
      SI: 5_000_000,
      CL: 10_000_000,
      '6E': 50_000,
      QQQ: 10_000_000,
      SPY: 10_000_000,
      AAPL: 10_000_000,
    });
  });

  test('multipliers, buckets and units', () => {
    expect(productOf(products, 'SIH6')).toMatchObject({ multiplier: 5000, decimals: 3 });
    expect(productOf(products, '6EH6')).toMatchObject({ multiplier: 125_000, decimals: 5 });
    expect(productOf(products, 'QQQ')).toMatchObject({ bucketTicks: 5, qtyUnit: 'shares' });
    expect(productOf(products, 'ESH6')).toMatchObject({ bucketTicks: 1, qtyUnit: 'contracts' });
  });

  test('the finest step of options: the tick where none is given', () => {
    const ticks = ['ES', 'SI', '6E', 'CL'].map((root) => productOf(products, root).optionTickInt);
    expect(ticks).toEqual([50_000_000, 1_000_000, 25_000, 10_000_000]);
  });

  test.each([
    ['MNQH6', 'MNQ'],
    ['NQH26', 'NQ'],
    ['MESM6', 'MES'],
    ['ES', 'ES'],
    ['6EZ5', '6E'],
    ['AAPL', 'AAPL'],
    ['RTYH6', 'RTY'],
  ])('%s is %s: the longest root that fits', (symbol, root) => {
    expect(productOf(products, symbol).root).toBe(root);
  });

  test.each(['ESA6', 'ESH', 'ESH126', 'ESH6-ESM6', 'QQQH6', 'E', '', 'es', 'MESS6', '../ES'])(
    '"%s" is no product, and the message names the roots',
    (symbol) => {
      expect(findProduct(products, symbol)).toBeNull();
      expect(() => productOf(products, symbol)).toThrow(
        /ES MES NQ MNQ RTY GC SI CL 6E QQQ SPY AAPL/,
      );
    },
  );

  test.each<[string, (t: string) => string, RegExp]>([
    ['a tick that is a float', (t) => t.replace('"0.25"', '0.25'), /products\.ES\.tick_size/],
    ['an unknown key', (t) => t.replace('decimals: 2,', 'decimal: 2,'), /products\.ES/],
    ['an unknown session', (t) => t.replace('session: us_eq', 'session: xx'), /no session "xx/],
    ['an unknown zone', (t) => t.replace('America/New_York', 'Mars/Olympus'), /IANA/],
    ['a zero tick', (t) => t.replace('"0.25"', '"0.00"'), /must not be 0/],
    ['no YAML', () => '{', /is not YAML/],
  ])('%s is refused with file and key', (_name, edit, message) => {
    expect(() => loadProducts(withTable(edit))).toThrow(message);
  });

  test('a missing file is a configuration error', () => {
    expect(() => loadProducts('/nonexistent')).toThrow(/products\.yaml.*cannot be read/);
  });
});

describe('exact decimals', () => {
  test.each([
    ['0.00005', 50_000],
    ['0.1', 100_000_000],
    ['1.000000001', 1_000_000_001],
    ['-4.5', -4_500_000_000],
    ['0', 0],
  ])('%s', (text, nano) => {
    expect(parseDecimalNano(text)).toBe(nano);
    expect(formatNano(nano)).toBe(text);
  });

  test.each(['1e3', '.5', '1.', '0.0000000001', '99999999.9', 'NaN', ''])('refuses "%s"', (t) => {
    expect(() => parseDecimalNano(t)).toThrow(/decimal/);
  });
});
