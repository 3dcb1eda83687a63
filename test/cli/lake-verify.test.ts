import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type PartitionRef, partitionFolder } from '../../src/lake/index.ts';
import { publishGenerated } from '../lake/generated-rows.ts';
import { type CliResult, runHere } from './run-cli.ts';

const GOLD: PartitionRef = {
  layer: 'gold',
  productType: 'future_mbo',
  table: 'physics_surface_1s',
  symbol: 'ESH6',
  dt: '2026-01-05',
};
const SILVER: PartitionRef = {
  layer: 'silver',
  productType: 'equity_mbo',
  table: 'book_snapshot_1s',
  symbol: 'QQQ',
  dt: '2026-01-06',
};

let lake: string;

function verify(...flags: string[]): Promise<CliResult> {
  return runHere(['lake', 'verify', '--lake', lake, ...flags]);
}

function fileOf(ref: PartitionRef, name: string): string {
  return join(partitionFolder(lake, ref), name);
}

/** Turns one bit of a file, at a part of its length. */
function flipBit(path: string, part: number): void {
  const bytes = readFileSync(path);
  const at = Math.floor(bytes.length * part);
  bytes[at] = (bytes[at] as number) ^ 4;
  writeFileSync(path, bytes);
}

beforeEach(async () => {
  lake = mkdtempSync(join(tmpdir(), 'spymaster-verify-'));
  await publishGenerated(lake, GOLD, 200);
  await publishGenerated(lake, SILVER, 50);
});

afterEach(() => rmSync(lake, { recursive: true, force: true }));

describe('lake verify', () => {
  test('says that a clean lake is clean', async () => {
    const { code, stdout } = await verify();
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^2 partitions, 250 rows, \d+ bytes: clean\n$/),
    });
  });

  const damages: [string, (ref: PartitionRef) => void, RegExp][] = [
    ['a bit of the data', (r) => flipBit(fileOf(r, 'part-00000.parquet'), 0.5), /data_damaged/],
    ['a bit of the manifest', (r) => flipBit(fileOf(r, '_MANIFEST.json'), 0.3), /manifest_/],
    ['a bit of _SUCCESS', (r) => flipBit(fileOf(r, '_SUCCESS'), 0.5), /success_damaged|manifest_/],
    ['a cut file', (r) => truncateSync(fileOf(r, 'part-00000.parquet'), 100), /data_truncated/],
    ['a lost file', (r) => rmSync(fileOf(r, 'part-00000.parquet')), /data_missing/],
    ['a lost manifest', (r) => rmSync(fileOf(r, '_MANIFEST.json')), /manifest_missing/],
    ['a lost _SUCCESS', (r) => rmSync(fileOf(r, '_SUCCESS')), /not_published/],
  ];

  test.each(damages)('4: %s, by name and place', async (_what, damage, name) => {
    damage(GOLD);
    const { code, stdout } = await verify();
    expect(code, stdout).toBe(4);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.some((line) => name.test(line) && line.includes('symbol=ESH6'))).toBe(true);
    expect(stdout).not.toContain('symbol=QQQ');
    expect(lines.at(-1)).toMatch(/\d+ findings, [1-9]\d* damages$/);
  });

  test('looks only at what is chosen', async () => {
    flipBit(fileOf(GOLD, 'part-00000.parquet'), 0.5);
    expect(await verify('--symbol', 'ES')).toMatchObject({ code: 4 });
    expect(await verify('--layer', 'gold', '--dt', '2026-01-05')).toMatchObject({ code: 4 });
    expect(await verify('--layer', 'silver')).toMatchObject({ code: 0 });
    expect(await verify('--symbol', 'QQQ')).toMatchObject({ code: 0 });
    expect(await verify('--dt', '2026-01-07')).toMatchObject({ code: 3 });
    expect(await verify('--product-type', 'nothing')).toMatchObject({ code: 2 });
  });

  test('quickly: sizes and manifests, not the data', async () => {
    flipBit(fileOf(GOLD, 'part-00000.parquet'), 0.5);
    expect(await verify('--quick')).toMatchObject({ code: 0 });
    truncateSync(fileOf(GOLD, 'part-00000.parquet'), 100);
    expect(await verify('--quick')).toMatchObject({ code: 4 });
  });

  test('names a file that is not the lake’s, without refusing the lake', async () => {
    writeFileSync(join(lake, 'gold', 'notes.txt'), 'mine');
    const { code, stdout } = await verify();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^foreign foreign_file gold\/notes\.txt: /);
  });

  test('says as JSON what it found', async () => {
    truncateSync(fileOf(GOLD, 'part-00000.parquet'), 100);
    const { code, stdout } = await verify('--json');
    const { findings, totals } = JSON.parse(stdout);
    expect(code).toBe(4);
    expect(totals).toMatchObject({ partitions: 2, damages: 1 });
    expect(findings[0]).toMatchObject({ name: 'data_truncated', severity: 'damage' });
  });
});
