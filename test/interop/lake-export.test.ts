import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { datasetName, listContracts, loadContract } from '../../src/lake/index.ts';
import { publishGenerated, valueAt } from '../lake/generated-rows.ts';
import { runPython } from './python.ts';

const ROWS = 5000;

/** Reads a file, checks it in full, and prints its columns; whole numbers as texts. */
const READ = `
import csv, json, sys
import polars as pl, pyarrow as pa

path, kind = sys.argv[1:]
if kind == "arrow":
    table = pa.ipc.open_stream(path).read_all()
    table.validate(full=True)
elif kind == "polars":
    table = pl.read_ipc_stream(path).to_arrow()
else:
    # As texts: what a guessing reader makes of numbers is not ours.
    guess = {"": None, "true": True, "false": False}
    rows = list(csv.DictReader(open(path, encoding="utf-8", newline="")))
    json.dump({n: [guess.get(r[n], r[n]) for r in rows] for n in rows[0]}, sys.stdout)
    sys.exit()
plain = lambda v: v if v is None or isinstance(v, (bool, float)) else str(v)
json.dump({n: [plain(v) for v in table[n].to_pylist()] for n in table.column_names}, sys.stdout)
`;

const lake = mkdtempSync(join(tmpdir(), 'spymaster-interop-export-'));
const tables = listContracts()
  .filter((ref) => ref.productType === 'future_mbo')
  .map((ref) => ({ ref: { ...ref, symbol: 'ESH6', dt: '2026-01-05' }, name: datasetName(ref) }));

async function exported(name: string, ending: string): Promise<string> {
  const out = join(lake, `${name}.${ending}`);
  const args = ['lake', 'export', name, '--symbol', 'ES', '--lake', lake, '--out', out];
  expect(await run(['node', 'spymaster', ...args])).toBe(0);
  return out;
}

beforeAll(async () => {
  for (const { ref } of tables) await publishGenerated(lake, ref, ROWS);
});

afterAll(() => rmSync(lake, { recursive: true, force: true }));

describe.each([
  ['arrow', 'arrow'],
  ['arrow', 'polars'],
  ['csv', 'csv'],
])('an export as %s, read by %s', (ending, reader) => {
  it.each(tables)('holds every value of $name', async ({ ref, name }) => {
    const path = await exported(name, ending);
    const read = JSON.parse(runPython(READ, { args: [path, reader] }).toString());
    const contract = loadContract(ref);
    expect(read.dt).toEqual(Array.from({ length: ROWS }, () => '2026-01-05'));
    for (const field of contract.fields) {
      // The folder's symbol stands for that of the records, which is the same in a real lake.
      if (field.name === 'symbol') continue;
      const isFloat = field.type.startsWith('float');
      const meant = Array.from({ length: ROWS }, (_, row) => {
        const value = valueAt(contract, field, row);
        return value === null || isFloat || typeof value === 'boolean' ? value : String(value);
      });
      const found = isFloat ? read[field.name].map(numberOf(field.type)) : read[field.name];
      expect(found, field.name).toEqual(meant);
    }
  });
});

/** A number of an answer: a text has the shortest digits that name it. */
function numberOf(type: string): (value: number | string | null) => number | null {
  const round = type === 'float32' ? Math.fround : (n: number) => n;
  return (value) => (value === null ? null : round(Number(value)));
}
