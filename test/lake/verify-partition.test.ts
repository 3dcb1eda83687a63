import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  FINDINGS,
  type FindingName,
  findForeign,
  loadContract,
  type PartitionRef,
  partitionFolder,
  publishPartition,
  readManifest,
  verifyLake,
  verifyPartition,
} from '../../src/lake/index.ts';
import {
  batchesOf,
  LINEAGE,
  newLake,
  ORIGIN,
  publishRows,
  REF,
  removeLakes,
  writeContract,
} from './table-fixture.ts';

const DERIVED: PartitionRef = { ...REF, dt: '2026-01-06' };
const RAW = 'raw/day.dbn';
const FILES = ['part-00000.parquet', '_MANIFEST.json', '_SUCCESS'];

const model = newLake();
afterAll(removeLakes);

/** A lake with a partition and another made of it and of a raw file. */
beforeAll(async () => {
  mkdirSync(join(model.lake, 'raw'), { recursive: true });
  writeFileSync(join(model.lake, RAW), 'raw bytes');
  const { sha256, bytes, dataset, symbol, dt } = await publishRows(model, 500);
  await publishPartition({
    lake: model.lake,
    ref: DERIVED,
    contract: loadContract(REF, model.contracts),
    batches: batchesOf(300, 300, 1),
    lineage: {
      ...LINEAGE,
      inputs: [
        { role: 'partition', dataset, symbol, dt, bytes, sha256 },
        {
          role: 'records',
          file: RAW,
          bytes: 9,
          sha256: '9ab366ad455508d5f47b0128d7d243a2c0e4f5ce399b5f85cd10b343e745a4dc',
        },
      ],
    },
    counters: () => ({}),
  });
});

/** A copy of the lake for a test to damage. */
function copyOfModel(): { lake: string; contracts: string } {
  const where = newLake();
  cpSync(model.lake, where.lake, { recursive: true });
  return where;
}

function place(where: { lake: string }, file: string, ref = REF): string {
  return join(partitionFolder(where.lake, ref), file);
}

async function namesOf(
  where: { lake: string; contracts: string },
  ref = REF,
  full = true,
): Promise<FindingName[]> {
  const options = { full, contracts: where.contracts };
  const { findings } = await verifyPartition(where.lake, ref, options);
  for (const f of findings) expect(f.severity).toBe(FINDINGS[f.name]);
  return [...new Set(findings.map((f) => f.name))].sort();
}

function flipBit(path: string, byte: number, bit: number): void {
  const bytes = readFileSync(path);
  bytes[byte]! ^= 1 << bit;
  writeFileSync(path, bytes);
}

describe('verifyPartition', () => {
  test('finds nothing wrong with what was just published', async () => {
    expect(await namesOf(model)).toEqual([]);
  });

  test('a bit flipped in any byte of _SUCCESS or of the manifest, each by name', async () => {
    const where = copyOfModel();
    for (const [file, name] of [
      ['_SUCCESS', 'success_damaged'],
      ['_MANIFEST.json', 'manifest_damaged'],
    ] as const) {
      const path = place(where, file);
      const { length } = readFileSync(path);
      for (let byte = 0; byte < length; byte++) {
        flipBit(path, byte, byte % 8);
        expect(await namesOf(where, REF, false)).toEqual([name]);
        expect(() => readManifest(where.lake, REF)).toThrow(file);
        flipBit(path, byte, byte % 8);
      }
    }
    expect(await namesOf(where)).toEqual([]);
  });

  test('a bit flipped anywhere in the data', async () => {
    const where = copyOfModel();
    const path = place(where, FILES[0]!);
    const { length } = readFileSync(path);
    for (let k = 0; k < 64; k++) {
      const byte = Math.floor((k * (length - 1)) / 63);
      flipBit(path, byte, k % 8);
      expect(await namesOf(where)).toEqual(['data_damaged']);
      flipBit(path, byte, k % 8);
    }
  });

  const damages: [string, FindingName, (where: { lake: string }) => void][] = [
    ['a data file cut short', 'data_truncated', (w) => truncateSync(place(w, FILES[0]!), 1000)],
    ['no data file', 'data_missing', (w) => rmSync(place(w, FILES[0]!))],
    ['no manifest', 'manifest_missing', (w) => rmSync(place(w, FILES[1]!))],
    ['no _SUCCESS', 'not_published', (w) => rmSync(place(w, FILES[2]!))],
    ['an empty _SUCCESS', 'success_damaged', (w) => writeFileSync(place(w, FILES[2]!), '')],
    ['a file of someone else', 'foreign_file', (w) => writeFileSync(place(w, 'notes.txt'), 'x')],
    [
      'a copy that stopped',
      'leftover_file',
      (w) => {
        copyFileSync(place(w, FILES[0]!), place(w, '.part-00000.parquet.77.tmp'));
      },
    ],
  ];
  test.each(damages)('%s', async (_what, name, damage) => {
    const where = copyOfModel();
    damage(where);
    expect(await namesOf(where, REF, true)).toEqual([name]);
  });

  test('a partition copied to another place says where it is from', async () => {
    const where = copyOfModel();
    const moved = { ...REF, dt: '2026-01-07' };
    cpSync(place(where, ''), place(where, '', moved), { recursive: true });
    expect(await namesOf(where, moved)).toEqual(['manifest_misplaced']);
  });

  test('a data file of another table with a manifest of its own breaks the contract', async () => {
    const where = copyOfModel();
    writeContract(where.contracts, (schema) => {
      schema.fields.pop();
    });
    expect(await namesOf(where)).toEqual(['contract_broken', 'contract_changed']);
    rmSync(where.contracts, { recursive: true });
    expect(await namesOf(where)).toEqual(['contract_missing']);
  });
});

describe('content', () => {
  const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

  /** Puts the rows of a query in place of the data and makes every file agree with them. */
  async function forge(where: { lake: string }, columns: string): Promise<void> {
    const [data, manifest, success] = FILES.map((file) => place(where, file));
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const from = `read_parquet('${data}', hive_partitioning = false)`;
    await connection.run(`COPY (SELECT ${columns} FROM ${from}) TO '${data}.new' (FORMAT parquet)`);
    connection.closeSync();
    const bytes = readFileSync(`${data}.new`);
    rmSync(`${data}.new`);
    writeFileSync(data, bytes);
    const json = JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, unknown>;
    const text = JSON.stringify({ ...json, bytes: bytes.length, sha256: sha256(bytes) });
    writeFileSync(manifest, text);
    const hash = sha256(text);
    writeFileSync(success, `${hash} ${sha256(hash).slice(0, 8)}\n`);
  }

  const row = (key: number) => `key = ${ORIGIN + BigInt(key) * 1_000_000_007n}`;
  const set = (column: string, where: string, value: string) =>
    `* REPLACE (CASE WHEN ${where} THEN ${value} ELSE ${column} END AS ${column})`;
  const swapped = `CASE WHEN ${row(3)} THEN lead(i32) OVER rows ELSE lag(i32) OVER rows END`;
  const ordered = (columns: string) => columns.replaceAll('OVER rows', 'OVER (ORDER BY key)');
  const differs: FindingName[] = ['content_differs'];
  const broken: FindingName[] = ['contract_broken'];
  const changes: [string, FindingName[], string][] = [
    ['other bytes of the same values', [], '*'],
    ['one value', differs, set('u8', row(7), '1::UTINYINT')],
    ['a sign', differs, set('f32', row(9), '-f32')],
    ['two signs', differs, set('f32', `${row(9)} OR ${row(10)}`, '-f32')],
    ['values that change places', differs, set('i32', `${row(3)} OR ${row(4)}`, swapped)],
    ['zero for absent', differs, '* REPLACE (coalesce(price, 0) AS price)'],
    ['a text', differs, set('symbol', row(2), "'ESM6'")],
    ['NaN', broken, set('f32', row(2), "'nan'::FLOAT")],
    ['absent where one must be', broken, set('i16', row(2), 'NULL')],
    ['rows in another order', broken, set('key', row(2), 'key + 5000000000')],
    ['a text that is no code', broken, set('side', row(2), "'X'")],
    ['another type', broken, '* REPLACE (u8::UINTEGER AS u8)'],
    ['another name', broken, '* RENAME (u8 AS u9)'],
  ];
  test.each(changes)('%s', async (_what, names, columns) => {
    const where = copyOfModel();
    await forge(where, ordered(columns));
    expect(await namesOf(where)).toEqual(names);
  });
});

describe('lineage', () => {
  test('an input that was made anew, is gone or is damaged', async () => {
    const where = copyOfModel();
    await publishRows(where, 500, { seed: 5 });
    expect(await namesOf(where, DERIVED, false)).toEqual(['input_changed']);
    flipBit(place(where, '_MANIFEST.json'), 10, 0);
    expect(await namesOf(where, DERIVED, false)).toEqual(['input_damaged']);
    rmSync(place(where, ''), { recursive: true });
    expect(await namesOf(where, DERIVED, false)).toEqual(['input_gone']);
  });

  test('a raw file that changed, in length or only in a byte, or is gone', async () => {
    const where = copyOfModel();
    writeFileSync(join(where.lake, RAW), 'raw bytez');
    expect(await namesOf(where, DERIVED)).toEqual(['input_changed']);
    // Only reading it tells; a quick look does not.
    expect(await namesOf(where, DERIVED, false)).toEqual([]);
    writeFileSync(join(where.lake, RAW), 'more raw bytes');
    expect(await namesOf(where, DERIVED, false)).toEqual(['input_changed']);
    rmSync(join(where.lake, RAW));
    expect(await namesOf(where, DERIVED, false)).toEqual(['input_gone']);
  });
});

describe('verifyLake', () => {
  test('goes through all partitions, and finds what lies between them', async () => {
    const where = copyOfModel();
    const symbol = join(where.lake, 'silver', 'product_type=future_mbo', 'symbol=ESH6');
    const lock = join(symbol, 'table=every_type', '.dt=2026-01-09.lock');
    writeFileSync(lock, '');
    utimesSync(lock, 0, 0);
    writeFileSync(join(symbol, 'list.csv'), '');
    mkdirSync(join(symbol, 'table=every_type', 'dt=yesterday'));
    const found = findForeign(where.lake).map((f) => [f.name, f.path.split('/').at(-1)]);
    expect(found).toEqual([
      ['foreign_file', 'list.csv'],
      ['dead_lock', '.dt=2026-01-09.lock'],
      ['foreign_file', 'dt=yesterday'],
    ]);
    flipBit(place(where, FILES[0]!), 999, 3);
    const all: [string, FindingName[]][] = [];
    const options = { full: true, contracts: where.contracts };
    for await (const p of verifyLake(where.lake, {}, options)) {
      all.push([p.ref.dt, p.findings.map((f) => f.name)]);
    }
    expect(all).toEqual([
      [REF.dt, ['data_damaged']],
      [DERIVED.dt, []],
    ]);
  });
});
