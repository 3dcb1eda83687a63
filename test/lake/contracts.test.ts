import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { csvHeader, RTYPE } from '../../src/dbn/index.ts';
import { type Dataset, loadDatasets, packageRoot, partitionFolder } from '../../src/lake/index.ts';

interface AvroField {
  name: string;
  type: unknown;
  default?: unknown;
  parquet: string;
  unit: string;
  doc: string;
  formula: string;
  inputs: string[];
}

interface AvroTable {
  name: string;
  namespace: string;
  layer: string;
  product_type?: string;
  table: string;
  doc: string;
  grain: string;
  key: string[];
  fields: AvroField[];
}

const ROOT = packageRoot();
const avsc = createRequire(import.meta.url)('avsc') as typeof import('avsc');

function contractFiles(): string[] {
  const folder = join(ROOT, 'contracts');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.avsc'))
    .map((name) => relative(ROOT, join(folder, name)).split(sep).join('/'))
    .sort();
}

function readContract(path: string): AvroTable {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

const datasets = loadDatasets();
const tables = new Map(datasets.map((d) => [d.name, readContract(d.contract)]));
const columnsOf = (table: AvroTable | undefined) => new Set(table?.fields.map((f) => f.name));

/** Fields of the vendor's records that bronze is made of. */
const RAW: Record<string, Set<string>> = {
  mbo: new Set(csvHeader(RTYPE.MBO).split(',')),
  'cmbp-1': new Set(csvHeader(RTYPE.CMBP_1).split(',')),
  definition: new Set(csvHeader(RTYPE.DEFINITION).split(',')),
};

/** `dataset.column` of an input; bare names belong to the table itself. */
function inputOf(input: string, own: string): { table: string; column: string } {
  const at = input.lastIndexOf('.');
  return at < 0
    ? { table: own, column: input }
    : { table: input.slice(0, at), column: input.slice(at + 1) };
}

function isThere(input: string, own: string): boolean {
  const { table, column } = inputOf(input, own);
  if (table.startsWith('raw.')) return RAW[table.slice('raw.'.length)]?.has(column) ?? false;
  return columnsOf(tables.get(table)).has(column);
}

describe('contracts', () => {
  test('each is a table of config/datasets.yaml, and each table has one', () => {
    expect(datasets.map((d) => d.contract).sort()).toEqual(contractFiles());
  });

  test.each([...tables])('%s is an Avro record that says where it belongs', (name, table) => {
    const type = avsc.Type.forSchema(table as never) as unknown as { fields: unknown[] };
    expect(type.fields).toHaveLength(table.fields.length);
    const home = [table.layer, table.product_type, table.table].filter((part) => part);
    expect(home.join('.')).toBe(name);
    expect(`${table.namespace}.${table.name}`).toBe(
      `spymaster.${table.layer}.${[table.product_type, table.table].filter((p) => p).join('_')}`,
    );
    expect(table.doc && table.grain).toBeTruthy();
    const columns = columnsOf(table);
    expect(table.key.filter((column) => !columns.has(column))).toEqual([]);
  });

  test.each([...tables])('%s states every column in full', (_name, table) => {
    for (const field of table.fields) {
      expect(field.doc, field.name).toMatch(/\S.*\.$/);
      expect(typeof field.unit, field.name).toBe('string');
      const nullable = Array.isArray(field.type);
      if (nullable) expect(field.default, field.name).toBeNull();
      if (nullable) expect((field.type as unknown[])[0]).toBe('null');
      // Arithmetic carries a unit; a code or a text does not need one.
      const isText = ['enum', 'dictionary', 'bool'].includes(field.parquet);
      if (!isText) expect(field.unit, field.name).not.toBe('');
    }
  });
});

describe('formulas', () => {
  test.each([...tables])('%s names only inputs that exist', (name, table) => {
    const missing = table.fields.flatMap((field) =>
      field.inputs.filter((input) => !isThere(input, name)).map((i) => `${field.name}: ${i}`),
    );
    expect(missing).toEqual([]);
  });

  test.each([...tables])('%s lists every column that a formula names', (_name, table) => {
    const columns = columnsOf(table);
    const silent: string[] = [];
    for (const field of table.fields) {
      const listed = new Set(field.inputs.map((i) => i.slice(i.lastIndexOf('.') + 1)));
      for (const [word] of field.formula.matchAll(/[A-Za-z]\w+/g)) {
        // A column may be made of its own value a second before.
        if (!columns.has(word) || word === field.name || listed.has(word)) continue;
        silent.push(`${field.name}: ${word}`);
      }
    }
    expect(silent).toEqual([]);
  });

  test('no column is made of itself in a circle, and none of a later layer', () => {
    const state = new Map<string, 'open' | 'done'>();
    const visit = (table: string, column: string, way: string[]): void => {
      const id = `${table}.${column}`;
      if (table.startsWith('raw.') || state.get(id) === 'done') return;
      expect(way, id).not.toContain(id);
      const field = tables.get(table)?.fields.find((f) => f.name === column);
      for (const input of field?.inputs ?? []) {
        const from = inputOf(input, table);
        if (from.table === table && from.column === column) continue;
        visit(from.table, from.column, [...way, id]);
      }
      state.set(id, 'done');
    };
    for (const [name, table] of tables) for (const f of table.fields) visit(name, f.name, []);
    const order = ['raw', 'bronze', 'selection', 'silver', 'gold'];
    for (const [name, table] of tables) {
      for (const input of table.fields.flatMap((f) => f.inputs)) {
        const layer = inputOf(input, name).table.split('.')[0] as string;
        expect(order.indexOf(layer)).toBeLessThanOrEqual(order.indexOf(table.layer));
      }
    }
  });
});

describe('config/datasets.yaml', () => {
  const partitioned = datasets.filter((d): d is Dataset & { table: object } => d.table !== null);

  test.each(partitioned)('$name lies where partitions are published', ({ table, path }) => {
    const ref = { ...table, symbol: '{symbol}', dt: '2026-01-05' };
    const folder = partitionFolder('', { ...ref, symbol: 'ESH6' })
      .split(sep)
      .join('/');
    expect(path.replace('{symbol}', 'ESH6').replace('{dt}', ref.dt)).toBe(folder);
  });

  test('a wrong key is named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'spymaster-datasets-'));
    const file = join(folder, 'datasets.yaml');
    const text = readFileSync(join(ROOT, 'config', 'datasets.yaml'), 'utf8');
    const refusals: [string, string, RegExp][] = [
      ['path: gold/', 'path: ../gold/', /datasets\.gold\.\w+\.\w+\.path: expected a path below/],
      ['symbol={symbol}', 'symbol=ES', /path: does not hold \{symbol\}/],
      ['layer: gold', 'layer: silver', /expected a name LAYER\.PRODUCT_TYPE\.TABLE/],
      ['stage:', 'stages:', /stage/],
    ];
    for (const [from, to, message] of refusals) {
      expect(text).toContain(from);
      writeFileSync(file, text.replace(from, to));
      expect(() => loadDatasets(folder)).toThrow(message);
    }
    expect(() => loadDatasets(join(folder, 'none'))).toThrow(/cannot be read/);
  });
});

describe('futures_data.json, equities_data.json and docs/tables.md', () => {
  const check = (root: string) =>
    spawnSync(
      process.execPath,
      [join(ROOT, 'tools', 'feature-catalogue.mjs'), '--check', '--root', root],
      { encoding: 'utf8' },
    );

  test('are what the contracts say', () => {
    expect(check(ROOT)).toMatchObject({ status: 0, stderr: '' });
  });

  test('differ as soon as a contract or the file says something else', () => {
    const root = mkdtempSync(join(tmpdir(), 'spymaster-catalogue-'));
    for (const folder of ['config', 'docs']) mkdirSync(join(root, folder));
    const made = ['futures_data.json', 'equities_data.json', 'docs/tables.md'];
    const names = ['contracts', 'config/datasets.yaml', ...made];
    for (const name of names) cpSync(join(ROOT, name), join(root, name), { recursive: true });
    expect(check(root).status).toBe(0);
    const contract = join(root, 'contracts/gold/equity_mbo/physics_surface_1s.avsc');
    const before = readFileSync(contract, 'utf8');
    writeFileSync(contract, before.replace('1 / nu', '2 / nu'));
    expect(check(root)).toMatchObject({ status: 1 });
    const stale = check(root).stderr.matchAll(/^(\S+) is not what/gm);
    expect([...stale].map((m) => m[1]).sort()).toEqual(['docs/tables.md', 'equities_data.json']);
  });

  test('hold every column of every table with its meaning, unit, inputs, formula and grain', () => {
    const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
    const products = { ...read('futures_data.json'), ...read('equities_data.json') };
    for (const { name, stage } of datasets) {
      const table = tables.get(name);
      const home = products[table?.product_type ?? 'future_mbo'][table?.layer ?? ''][stage];
      for (const field of table?.fields ?? []) {
        expect(home[table?.table ?? ''][field.name]).toMatchObject({
          meaning: field.doc,
          unit: field.unit,
          built_from: field.inputs,
          formula: field.formula,
          grain: table?.grain,
        });
      }
    }
  });
});
