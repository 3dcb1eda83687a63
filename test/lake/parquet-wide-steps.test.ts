import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, expect, test } from 'vitest';
import { writeParquet } from '../../src/lake/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'spymaster-wide-'));
const ROWS = 200_000;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Values too many for a dictionary, `span` apart from lowest to highest. */
function valuesOver(span: number): Uint32Array {
  const step = Math.floor(span / ROWS);
  return Uint32Array.from({ length: ROWS }, (_, i) => ((i * 7919) % ROWS) * step);
}

async function write(span: number): Promise<{ encodings: string[]; values: Uint32Array }> {
  const path = join(folder, `${span}.parquet`);
  const fields = [{ name: 'sequence', type: 'uint32' as const }];
  await writeParquet(path, fields, [{ rows: ROWS, columns: [valuesOver(span)] }]);
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const [encodings, values] = [
    await connection.runAndReadAll(
      `SELECT DISTINCT encodings FROM parquet_metadata('${path}') ORDER BY 1`,
    ),
    await connection.runAndReadAll(`SELECT sequence FROM '${path}'`),
  ];
  connection.closeSync();
  return {
    encodings: encodings.getRows().map((row) => String(row[0])),
    values: Uint32Array.from(values.getColumns()[0] as number[]),
  };
}

test('integers near each other are packed by their differences', async () => {
  const { encodings, values } = await write(2 ** 31 - 1);
  expect(encodings).toEqual(['DELTA_BINARY_PACKED']);
  expect(values).toEqual(valuesOver(2 ** 31 - 1));
});

test('integers far apart are not, for pyarrow reads no difference of 33 bits', async () => {
  const { encodings, values } = await write(2 ** 32 - 1);
  expect(encodings).toEqual(['PLAIN']);
  expect(values).toEqual(valuesOver(2 ** 32 - 1));
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});
