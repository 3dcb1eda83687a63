import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, test } from 'vitest';
import { DataError } from '../../src/core/index.ts';
import {
  partitionFolder,
  readManifest,
  type TableBatch,
  type TableValues,
  verifyPartition,
} from '../../src/lake/index.ts';
import { batchesOf, expectedRow, newLake, publishRows, REF, removeLakes } from './table-fixture.ts';

afterAll(removeLakes);

async function query(sql: string): Promise<unknown[][]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    return (await connection.runAndReadAll(sql)).getRows() as unknown[][];
  } finally {
    connection.closeSync();
  }
}

function filesOf(lake: string): Record<string, string> {
  const folder = partitionFolder(lake, REF);
  const names = readdirSync(folder).sort();
  return Object.fromEntries(names.map((n) => [n, readFileSync(join(folder, n), 'latin1')]));
}

/** Puts a number into a column of a batch. */
function poke(batch: TableBatch, column: number, row: number, value: number): void {
  const values = batch.columns[column]!;
  const array = 'codes' in values ? values.codes : (values as Float64Array);
  array[row] = value;
}

function swapColumn(batch: TableBatch, column: number, values: TableValues): void {
  (batch.columns as TableValues[])[column] = values;
}

function loseValue(batch: TableBatch, column: number, row: number): void {
  const nulls = new Uint8Array(batch.rows);
  nulls[row] = 1;
  (batch.nulls as (Uint8Array | null)[])[column] = nulls;
}

/** One batch of ten rows, changed. */
function* changed(change: (batch: TableBatch) => void): Generator<TableBatch> {
  for (const batch of batchesOf(10, 10, 0)) {
    change(batch);
    yield batch;
  }
}

describe('publishPartition', () => {
  test('every value of every type comes back, in its order', async () => {
    const where = newLake();
    const rows = 9_000;
    const manifest = await publishRows(where, rows, { step: 777 });
    expect(manifest).toMatchObject({ rows, counters: { left_out: 0 }, symbol: 'ESH6' });
    const path = join(partitionFolder(where.lake, REF), 'part-00000.parquet');
    const found = await query(`SELECT * FROM read_parquet('${path}', hive_partitioning = false)`);
    expect(found).toEqual(Array.from({ length: rows }, (_, i) => expectedRow(i, 0)));
    expect(manifest.keyMin).toBe(String(expectedRow(0, 0)[0]));
    expect(manifest.keyMax).toBe(String(expectedRow(rows - 1, 0)[0]));
  });

  test('the same rows make the same bytes, whatever the batches; others make others', async () => {
    const lakes = [newLake(), newLake(), newLake()];
    await publishRows(lakes[0]!, 7_000, { step: 1 << 20 });
    await publishRows(lakes[1]!, 7_000, { step: 613 });
    await publishRows(lakes[2]!, 7_000, { seed: 1 });
    const [a, b, c] = lakes.map((l) => filesOf(l.lake));
    expect(Object.keys(a!)).toEqual(['_MANIFEST.json', '_SUCCESS', 'part-00000.parquet']);
    // Texts are coded as each batch has them: nothing else may tell the two apart.
    expect(a!['_MANIFEST.json']).toContain(readManifest(lakes[1]!.lake, REF).contentHash);
    expect(b).toEqual(a);
    expect(readManifest(lakes[2]!.lake, REF).contentHash).not.toBe(
      readManifest(lakes[0]!.lake, REF).contentHash,
    );
    expect(c).not.toEqual(a);
  });

  test('no rows are a partition too', async () => {
    const where = newLake();
    const manifest = await publishRows(where, 0);
    expect(manifest).toMatchObject({ rows: 0, keyMin: null, keyMax: null });
    const options = { full: true, contracts: where.contracts };
    expect((await verifyPartition(where.lake, REF, options)).findings).toEqual([]);
  });

  const broken: [string, RegExp, (b: TableBatch) => void][] = [
    ['NaN', /column f32 .*row 3.*NaN/, (b) => poke(b, 9, 3, Number.NaN)],
    ['infinity', /column f64 .*row 4/, (b) => poke(b, 10, 4, Number.NEGATIVE_INFINITY)],
    ['a code too high', /column side .*row 2.*code 3/, (b) => poke(b, 11, 2, 3)],
    ['a bool of 2', /column valid .*row 9/, (b) => poke(b, 13, 9, 2)],
    ['a text without a code', /column symbol .*row 1.*code 9/, (b) => poke(b, 12, 1, 9)],
    ['half a nanosecond', /column key .*row 5.*whole/, (b) => poke(b, 0, 5, 0.5)],
    ['a number that is not exact', /column price .*row 6/, (b) => poke(b, 7, 6, 2 ** 60)],
    ['no value where one must be', /column u8 .*row 7.*no value/, (b) => loseValue(b, 2, 7)],
    ['another array', /column i16 .*Int32Array/, (b) => swapColumn(b, 3, new Int32Array(10))],
    ['a short array', /column u32 .*of 9/, (b) => swapColumn(b, 6, new Uint32Array(9))],
    ['a column too few', /13 columns/, (b) => void (b.columns as unknown[]).pop()],
    [
      'the same key twice',
      /key \(key\) .*row 8.*same key/,
      (b) => poke(b, 0, 8, 7 * 1_000_000_007),
    ],
    ['keys that do not ascend', /key \(key\) .*row 8/, (b) => poke(b, 0, 8, 1)],
  ];
  test.each(broken)('%s breaks the contract and leaves the old', async (_name, message, change) => {
    const where = newLake();
    await publishRows(where, 20);
    const before = filesOf(where.lake);
    const publication = publishRows(where, 10, { batches: changed(change) });
    await expect(publication).rejects.toMatchObject({ code: 'CONTRACT' });
    await expect(publication).rejects.toThrow(message);
    expect(filesOf(where.lake)).toEqual(before);
  });

  test('a key that falls back from one vector to the next is found', async () => {
    const where = newLake();
    function* twice(): Generator<TableBatch> {
      yield* batchesOf(2048, 2048, 0);
      yield* batchesOf(2048, 2048, 0);
    }
    await expect(publishRows(where, 0, { batches: twice() })).rejects.toThrow(/row 2048/);
  });

  test('a source that fails leaves nothing, and its error is told as it was', async () => {
    const where = newLake();
    let released = false;
    function* failing(): Generator<TableBatch> {
      try {
        yield* batchesOf(5_000, 5_000, 0);
        throw new DataError('DBN_RECORD', 'bad record', { offset: 99 });
      } finally {
        released = true;
      }
    }
    const publication = publishRows(where, 0, { batches: failing() });
    await expect(publication).rejects.toMatchObject({ code: 'DBN_RECORD' });
    expect(released).toBe(true);
    expect(readdirSync(join(partitionFolder(where.lake, REF), '..'))).toEqual([]);
  });

  test('two writers of one partition: one writes, the other is told', async () => {
    const where = newLake();
    const both = await Promise.allSettled([
      publishRows(where, 3_000, { seed: 1 }),
      publishRows(where, 3_000, { seed: 2 }),
    ]);
    expect(both[0]!.status).toBe('fulfilled');
    expect(both[1]).toMatchObject({ status: 'rejected', reason: { code: 'PARTITION_BUSY' } });
    expect(readManifest(where.lake, REF).counters).toEqual({ left_out: 1 });
  });

  test('the lock of a dead process is taken over; that of another machine is not', async () => {
    const where = newLake();
    await publishRows(where, 10);
    const lock = join(partitionFolder(where.lake, REF), '..', `.dt=${REF.dt}.lock`);
    const holder = { host: hostname(), pid: 2 ** 22 + 1, started: '1', thread: 0 };
    writeFileSync(lock, JSON.stringify(holder));
    await publishRows(where, 10, { seed: 1 });
    // The number of a living process, but of one that began at another time.
    writeFileSync(lock, JSON.stringify({ ...holder, pid: process.pid }));
    await publishRows(where, 10, { seed: 2 });
    // One that names nobody was cut short by a crash, unless it is being written just now.
    writeFileSync(lock, '');
    await expect(publishRows(where, 10)).rejects.toMatchObject({ code: 'PARTITION_BUSY' });
    utimesSync(lock, 0, 0);
    await publishRows(where, 10, { seed: 2 });
    writeFileSync(lock, JSON.stringify({ ...holder, host: `not-${hostname()}` }));
    await expect(publishRows(where, 10)).rejects.toMatchObject({ code: 'PARTITION_BUSY' });
    expect(readManifest(where.lake, REF).counters).toEqual({ left_out: 2 });
  });
});
