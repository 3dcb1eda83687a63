/**
 * Publishing processes that are killed after every step, or whose disk is full: what can be read
 * afterwards is the old partition or the new one, `verify` names what is left over, and the next
 * publication puts it away.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  contractPath,
  type PartitionRef,
  PUBLISH_STEPS,
  type PublishStep,
  partitionFolder,
  readManifest,
  repairPartition,
  sha256OfFile,
  verifyPartition,
} from '../../src/lake/index.ts';

const CHILD = fileURLToPath(new URL('./publish-child.mjs', import.meta.url));
const REF: PartitionRef = {
  layer: 'silver',
  productType: 'future_mbo',
  table: 'one_column',
  symbol: 'ESH6',
  dt: '2026-01-05',
};
const OLD = { rows: 1000, seed: 1 };
const NEW = { rows: 1200, seed: 2 };
const PUBLISHED = ['_MANIFEST.json', '_SUCCESS', 'part-00000.parquet'];

const home = mkdtempSync(join(tmpdir(), 'spymaster-kill-'));
const contracts = join(home, 'contracts');
beforeAll(async () => {
  expect(await publish(join(home, 'old'), OLD, 'never')).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const field = { name: 'at', type: 'long', parquet: 'int64' };
const schema = { type: 'record', name: 'one_column', grain: 'row', key: ['at'], fields: [field] };
mkdirSync(dirname(contractPath(REF, contracts)), { recursive: true });
writeFileSync(contractPath(REF, contracts), JSON.stringify(schema));

interface Ended {
  signal: string | null;
  code: number;
  text: string;
}

function run(command: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(command, [...args], (error, stdout) => {
      const signal = error?.signal ?? null;
      resolve({ signal, code: Number(error?.code ?? 0), text: stdout.trim() });
    });
  });
}

function publish(lake: string, what: { rows: number; seed: number }, last: string): Promise<Ended> {
  const args = [CHILD, lake, contracts, String(what.rows), String(what.seed), last];
  return run(process.execPath, args);
}

/** A lake that holds the old partition. */
function copyOld(lake: string): void {
  cpSync(join(home, 'old'), lake, { recursive: true });
}

function filesOf(lake: string): string[] {
  return readdirSync(partitionFolder(lake, REF)).sort();
}

/** Rows that a reader gets; 0 when it is told that there is no partition. */
function readableRows(lake: string): number {
  try {
    const { rows, sha256 } = readManifest(lake, REF);
    expect(sha256OfFile(join(partitionFolder(lake, REF), 'part-00000.parquet'))).toBe(sha256);
    return rows;
  } catch (error) {
    expect((error as { code: string }).code).toBe('PARTITION_MISSING');
    return 0;
  }
}

async function findingsOf(lake: string): Promise<string[]> {
  const { findings } = await verifyPartition(lake, REF, { full: true, contracts });
  return [...new Set(findings.map((f) => f.name))].sort();
}

const at = (step: PublishStep): number => PUBLISH_STEPS.indexOf(step);

/** What verify should name after a kill. */
function expectedFindings(step: PublishStep, replaces: boolean): string[] {
  const names = ['dead_lock'];
  const whole = at(step) >= at('done');
  if (at(step) >= at('written') && !whole && step !== 'described') names.push('leftover_file');
  if (step === 'described') names.push('leftover_file');
  if (!replaces && !whole) names.push('not_published');
  if (replaces && at(step) >= at('promised') && !whole) names.push('publish_interrupted');
  return names.sort();
}

describe.each([
  ['a first publication', false],
  ['a replacement', true],
] as const)('%s that is killed', (_name, replaces) => {
  test.each(PUBLISH_STEPS)('after "%s"', async (step) => {
    const lake = join(home, `${replaces}-${step}`);
    if (replaces) copyOld(lake);
    expect((await publish(lake, NEW, step)).signal).toBe('SIGKILL');

    const before = replaces ? OLD.rows : 0;
    const isNew = replaces ? at(step) >= at('replaced') : step === 'done';
    expect(readableRows(lake)).toBe(isNew ? NEW.rows : before);
    expect(await findingsOf(lake)).toEqual(expectedFindings(step, replaces));

    // Putting it right by itself changes nothing of what is read, and is done once.
    repairPartition(lake, REF);
    expect(readableRows(lake)).toBe(isNew ? NEW.rows : before);
    expect(await findingsOf(lake)).toEqual(isNew || replaces ? [] : ['not_published']);
    expect(repairPartition(lake, REF)).toEqual([]);
  });
});

test('C6: the run after a kill publishes and leaves nothing over', async () => {
  for (const step of ['written', 'promised', 'replaced'] as const) {
    const lake = join(home, `again-${step}`);
    copyOld(lake);
    await publish(lake, NEW, step);
    expect((await publish(lake, NEW, 'never')).code).toBe(0);
    expect(filesOf(lake)).toEqual(PUBLISHED);
    expect(readableRows(lake)).toBe(NEW.rows);
    expect(await findingsOf(lake)).toEqual([]);
    const beside = readdirSync(dirname(partitionFolder(lake, REF)));
    expect(beside).toEqual([`dt=${REF.dt}`]);
  }
});

test('a disk that fills leaves the old partition and nothing over', async () => {
  const lake = join(home, 'full');
  copyOld(lake);
  // No file of this process may be longer than 16 KiB: the write fails as on a full disk.
  const child = [process.execPath, CHILD, lake, contracts, '400000', '3', 'never'];
  const quoted = child.map((part) => `'${part}'`).join(' ');
  const ended = await run('/bin/sh', ['-c', `ulimit -f 32; exec ${quoted}`]);
  expect(ended).toMatchObject({ signal: null, code: 1, text: 'FILE_WRITE' });
  expect(filesOf(lake)).toEqual(PUBLISHED);
  expect(readableRows(lake)).toBe(OLD.rows);
  expect(await findingsOf(lake)).toEqual([]);
});

test('more threads than the process has for its files write what they read', async () => {
  const lake = join(home, 'threads');
  // More rows than a reader holds ready: it must go on reading while all the others write.
  await publish(lake, { rows: 150_000, seed: 5 }, 'never');
  const threads = fileURLToPath(new URL('./copy-threads.mjs', import.meta.url));
  const ended = await run(process.execPath, [threads, lake, contracts, '6']);
  expect(ended.code).toBe(0);
  // In other batches, on a busy machine, in two row groups: the bytes are the same.
  const { sha256, contentHash } = readManifest(lake, REF);
  expect(ended.text.split('\n')).toEqual(Array(6).fill(`${sha256} ${contentHash}`));
});
