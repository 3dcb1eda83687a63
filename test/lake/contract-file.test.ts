import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { contractPath, listContracts, loadContract } from '../../src/lake/index.ts';
import { REF, type Schema, writeContract } from './table-fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'spymaster-contracts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(change: (schema: Schema) => void) {
  writeContract(folder, change);
  return loadContract(REF, folder);
}

describe('loadContract', () => {
  test('gives names, types, absence, texts and attributes', () => {
    const contract = load((schema) => {
      const { fields } = schema;
      Object.assign(fields[9]!, { unit: '1/s', formula: 'a + b', inputs: ['a', 'b'] });
    });
    expect(contract).toMatchObject({ table: 'every_type', grain: 'row', key: ['key'] });
    expect(contract.fields.map((f) => `${f.name} ${f.type}${f.nullable ? '?' : ''}`)).toEqual([
      'key int64',
      'i8 int8',
      'u8 uint8',
      'i16 int16',
      'u16 uint16',
      'i32 int32',
      'u32 uint32',
      'price int64?',
      'order_id uint64',
      'f32 float32',
      'f64 float64?',
      'side enum',
      'symbol dictionary',
      'valid bool',
    ]);
    expect(contract.fields[11]!.symbols).toEqual(['A', 'B', 'N']);
    expect(contract.fields[9]).toMatchObject({ unit: '1/s', formula: 'a + b', inputs: ['a', 'b'] });
    expect(contract.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(load(() => {}).sha256).not.toBe(contract.sha256);
    expect(listContracts(folder)).toEqual([
      { layer: 'silver', productType: 'future_mbo', table: 'every_type' },
    ]);
  });

  const broken: [string, RegExp, (schema: Schema) => void][] = [
    [
      'an unknown type',
      /column i8.*int7/,
      (s) => {
        s.fields[1]!.parquet = 'int7';
      },
    ],
    [
      'no type',
      /column i8.*parquet ""/,
      (s) => {
        delete s.fields[1]!.parquet;
      },
    ],
    [
      'types that differ',
      /column f32.*long/,
      (s) => {
        s.fields[9]!.type = 'long';
      },
    ],
    [
      'a union of two',
      /column u8.*union/,
      (s) => {
        s.fields[2]!.type = ['int', 'long'];
      },
    ],
    [
      'a key that is no column',
      /key column "when"/,
      (s) => {
        s.key = ['when'];
      },
    ],
    [
      'a key that may be absent',
      /key column "price"/,
      (s) => {
        s.key = ['price'];
      },
    ],
    [
      'no columns',
      /no fields/,
      (s) => {
        s.fields = [];
        s.key = [];
      },
    ],
    [
      'no Avro type',
      /not an Avro schema/,
      (s) => {
        s.fields[2]!.type = 'number';
      },
    ],
    [
      'two columns of a name',
      /not an Avro schema/,
      (s) => {
        s.fields[2]!.name = 'i8';
      },
    ],
  ];
  test.each(broken)('%s is refused', (_name, message, change) => {
    expect(() => load(change)).toThrow(message);
  });

  test('a contract that is not there, or is no JSON, is refused', () => {
    expect(() => loadContract({ ...REF, table: 'none' }, folder)).toThrow(/has no contract/);
    const path = contractPath(REF, folder);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '{');
    expect(() => loadContract(REF, folder)).toThrow(/not an Avro schema/);
  });

  test('every contract of this package loads', () => {
    const tables = listContracts();
    expect(tables.length).toBeGreaterThanOrEqual(20);
    for (const table of tables) expect(loadContract(table).fields.length).toBeGreaterThan(5);
  });
});
