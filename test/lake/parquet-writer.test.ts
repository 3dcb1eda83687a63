import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import { DataError } from '../../src/core/index.ts';
import { type ParquetBatch, type ParquetField, writeParquet } from '../../src/lake/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'spymaster-parquet-'));

async function readBack(sql: string): Promise<unknown[][]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    return (await connection.runAndReadAll(sql)).getRows();
  } finally {
    connection.closeSync();
  }
}

const fields: ParquetField[] = [
  { name: 'ts', type: 'int64' },
  { name: 'price', type: 'int64' },
  { name: 'size', type: 'uint32' },
  { name: 'side', type: 'uint8' },
  { name: 'value', type: 'float64' },
  { name: 'symbol', type: 'utf8' },
];
const ORIGIN = 1_767_571_200_000_000_000n;

function* batches(rows: number, step: number): Generator<ParquetBatch> {
  for (let from = 0; from < rows; from += step) {
    const n = Math.min(step, rows - from);
    const at = Array.from({ length: n }, (_, i) => from + i);
    yield {
      rows: n,
      columns: [
        Float64Array.from(at, (i) => i * 4294967295 - 7),
        BigInt64Array.from(at, (i) => BigInt(-i) * 250_000_000n),
        Uint32Array.from(at, (i) => 4294967295 - i),
        Uint8Array.from(at, (i) => i % 256),
        Float64Array.from(at, (i) => i / 3),
        at.map((i) => `S${i % 3}`),
      ],
      nulls: [null, Uint8Array.from(at, (i) => (i % 5 === 0 ? 1 : 0)), null, null, null, null],
      bias: [ORIGIN, 0n, 0n, 0n, 0n, 0n],
    };
  }
}

describe('writeParquet', () => {
  test('every value comes back, whatever the batch size', async () => {
    const path = join(folder, 'values.parquet');
    const summary = await writeParquet(path, fields, batches(10_000, 3_333), { made: "it's" });
    expect(summary.rows).toBe(10_000);
    const rows = await readBack(`SELECT * FROM '${path}'`);
    for (const i of [0, 1, 2047, 2048, 3333, 9_999]) {
      expect(rows[i]).toEqual([
        ORIGIN + BigInt(i) * 4294967295n - 7n,
        i % 5 === 0 ? null : BigInt(-i) * 250_000_000n,
        4294967295 - i,
        i % 256,
        i / 3,
        `S${i % 3}`,
      ]);
    }
    const sum = await readBack(`SELECT sum(ts - ${ORIGIN} + 7)::BIGINT FROM '${path}'`);
    expect(sum[0]?.[0]).toBe((9_999n * 10_000n * 4294967295n) / 2n);
  });

  test('no rows make a file with the schema', async () => {
    const path = join(folder, 'empty.parquet');
    expect((await writeParquet(path, fields, [])).rows).toBe(0);
    const names = await readBack(`SELECT column_name FROM (DESCRIBE SELECT * FROM '${path}')`);
    expect(names.flat()).toEqual(fields.map((f) => f.name));
  });

  test('a failing source leaves no file and its error is told as it was', async () => {
    const path = join(folder, 'failed.parquet');
    function* failing(): Generator<ParquetBatch> {
      yield* batches(5_000, 5_000);
      throw new DataError('DBN_RECORD', 'bad record', { offset: 99 });
    }
    await expect(writeParquet(path, fields, failing())).rejects.toMatchObject({
      code: 'DBN_RECORD',
    });
    expect(readdirSync(folder).filter((f) => f.includes('failed'))).toEqual([]);
  });

  test('a column of the wrong type is refused', async () => {
    const wrong = [{ rows: 1, columns: [new Float32Array(1)] }];
    await expect(
      writeParquet(join(folder, 'wrong.parquet'), [{ name: 'x', type: 'float64' }], wrong),
    ).rejects.toThrow(/column x.*Float32Array/);
  });
});
