import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ColumnRequest,
  loadContract,
  openPartition,
  partitionFolder,
  readManifest,
  type TableReader,
} from '../../src/lake/index.ts';
import {
  expectedRow,
  newLake,
  ORIGIN,
  publishRows,
  REF,
  removeLakes,
  writeContract,
} from './table-fixture.ts';

const ROWS = 70_000;
const where = newLake();
const contract = loadContract(REF, where.contracts);

beforeAll(async () => {
  await publishRows(where, ROWS, { step: 9_999 });
});
afterAll(removeLakes);

function open(requests: readonly ColumnRequest[], lake = where.lake): Promise<TableReader> {
  return openPartition(lake, REF, contract, requests);
}

/** Rows as the reader gives them, in the words of `expectedRow`. */
function drain(reader: TableReader, requests: readonly ColumnRequest[]): unknown[][] {
  const rows: unknown[][] = [];
  for (let batch = reader.next(); batch; batch = reader.next()) {
    for (let i = 0; i < batch.rows; i++) {
      rows.push(
        requests.map((request, k) => {
          if (batch.nulls[k]?.[i]) return { absent: batch.columns[k]![i] };
          const value = batch.columns[k]![i]!;
          const high = batch.high[k];
          if (high) return (BigInt(high[i]!) << 32n) + BigInt(value);
          const texts = batch.texts[k];
          if (texts) return texts[value];
          if (request.name === 'side') return 'ABN'[value];
          return value;
        }),
      );
    }
  }
  return rows;
}

/** What a request should give for a row. */
function expected(request: ColumnRequest, row: number): unknown {
  const k = contract.fields.findIndex((f) => f.name === request.name);
  const value = expectedRow(row, 0)[k];
  if (value === null) return { absent: 0 };
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'bigint') return value;
  return request.as === 'lanes'
    ? BigInt.asUintN(64, value)
    : Number(value - (request.origin ?? 0n));
}

const EVERY: readonly ColumnRequest[] = [
  { name: 'key', origin: ORIGIN },
  { name: 'key', as: 'lanes' },
  { name: 'i8' },
  { name: 'u8' },
  { name: 'i16' },
  { name: 'u16' },
  { name: 'i32' },
  { name: 'u32' },
  { name: 'price' },
  { name: 'price', as: 'lanes' },
  { name: 'order_id', as: 'lanes' },
  { name: 'order_id', origin: 0xf000_0000_0000_0000n },
  { name: 'f32' },
  { name: 'f64' },
  { name: 'side' },
  { name: 'symbol' },
  { name: 'valid' },
];

describe('openPartition', () => {
  test('gives every column as it was asked for', async () => {
    const requests = EVERY.filter((r) => !(r.name === 'order_id' && r.origin));
    const reader = await open(requests);
    expect(reader.totalRows).toBe(ROWS);
    const rows = drain(reader, requests);
    expect(rows.length).toBe(ROWS);
    for (let i = 0; i < ROWS; i += 97) {
      expect(rows[i]).toEqual(requests.map((r) => expected(r, i)));
    }
    expect(reader.next()).toBeNull();
  });

  test('any columns in any order', async () => {
    const few = fc.array(fc.constantFrom(...EVERY.slice(0, 11)), { minLength: 1, maxLength: 4 });
    const property = fc.asyncProperty(few, async (requests) => {
      const reader = await open(requests);
      const first = reader.next()!;
      expect(first.columns.length).toBe(requests.length);
      const row = first.rows - 1;
      requests.forEach((r, k) => {
        const low = first.columns[k]![row]!;
        const high = first.high[k]?.[row];
        const value = high === undefined ? low : (BigInt(high) << 32n) + BigInt(low);
        const is = first.nulls[k]?.[row] ? { absent: Number(value) } : value;
        expect(is).toEqual(expected(r, row));
      });
      reader.close();
    });
    await fc.assert(property, { numRuns: 4, seed: 3 });
  });

  test('numbers that a float64 does not hold exactly are refused', async () => {
    const reader = await open([{ name: 'key' }]);
    expect(() => reader.next()).toThrow(/column key .*row 0.*origin/);
  });

  test('a column that is not in the contract is refused', async () => {
    await expect(open([{ name: 'mid' }])).rejects.toMatchObject({ code: 'CONTRACT' });
  });

  test('a partition that is not there is missing; one of another contract is refused', async () => {
    const ref = { ...REF, dt: '2026-01-06' };
    const missing = openPartition(where.lake, ref, contract, [{ name: 'u8' }]);
    await expect(missing).rejects.toMatchObject({ code: 'PARTITION_MISSING' });
    const other = newLake();
    writeContract(other.contracts, (schema) => {
      schema.grain = 'another';
    });
    const changed = loadContract(REF, other.contracts);
    const refused = openPartition(where.lake, REF, changed, [{ name: 'u8' }]);
    await expect(refused).rejects.toMatchObject({ code: 'CONTRACT' });
  });

  test('a flipped bit anywhere in the data is found before the first row', async () => {
    const damaged = newLake();
    await publishRows(damaged, 3_000);
    const path = join(partitionFolder(damaged.lake, REF), 'part-00000.parquet');
    const bytes = readFileSync(path);
    for (const at of [4, Math.floor(bytes.length / 2), bytes.length - 9]) {
      const copy = Uint8Array.from(bytes);
      copy[at]! ^= 1;
      writeFileSync(path, copy);
      await expect(open([{ name: 'u8' }], damaged.lake)).rejects.toMatchObject({
        code: 'PARTITION_DAMAGED',
      });
    }
    writeFileSync(path, bytes.subarray(0, 100));
    await expect(open([{ name: 'u8' }], damaged.lake)).rejects.toThrow(/100 bytes/);
  });

  test('a reader that is closed early, or never read, holds nothing up', async () => {
    const early = await open(EVERY.slice(2, 8));
    expect(early.next()?.rows).toBeGreaterThan(0);
    early.close();
    expect(early.next()).toBeNull();
    const never = await open([{ name: 'f32' }]);
    never.close();
    never.close();
  });

  test('who reads while it is replaced sees one of the two, whole', async () => {
    const busy = newLake();
    const rows = 2_000;
    await publishRows(busy, rows, { seed: 0 });
    const requests = [{ name: 'i32' }, { name: 'symbol' }];
    let published = 0;
    let enough = false;
    const writing = (async () => {
      while (!enough) await publishRows(busy, rows + ++published, { seed: published });
    })();
    const seen = new Set<number>();
    while (seen.size < 3) {
      const reader = await open(requests, busy.lake);
      const found = drain(reader, requests);
      const seed = found.length - rows;
      seen.add(seed);
      const all = Array.from({ length: rows + seed }, (_, i) => expectedRow(i, seed));
      expect(found).toEqual(all.map((r) => [r[5], r[12]]));
    }
    enough = true;
    await writing;
    expect(readManifest(busy.lake, REF).rows).toBe(rows + published);
  });
});
