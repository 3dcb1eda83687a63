/**
 * Days and lakes that are not as they should be, through `pipeline run`: what is wrong is named,
 * what is right is made, nothing is half-published.
 */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { compressZstdFrame, initZstd } from '../../src/dbn/index.ts';
import { packageRoot } from '../../src/lake/index.ts';
import { mbo, optionDefinition, writeDefinitions, writeRaw } from '../pipeline/bronze-fixture.ts';
import { dayBytes, OPEN, order, quietMarket, writeDay } from '../pipeline/faults-day.ts';
import { runHere, temporaryFolder } from './run-cli.ts';

/** Each test starts threads, which share the processors with other tests, ms. */
const PATIENCE_MS = 240_000;
vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });

const DT = '2026-01-05';
let config: string;

beforeAll(async () => {
  await initZstd();
  config = join(temporaryFolder(), 'config');
  mkdirSync(config);
  const text = readFileSync(join(packageRoot(), 'config', 'products.yaml'), 'utf8');
  const short = text.replaceAll('regular_close: "16:00"', 'regular_close: "09:31"');
  writeFileSync(join(config, 'products.yaml'), short);
});

interface Result {
  id: string;
  outcome: string;
  code?: string;
  message?: string;
  counters?: Record<string, number>;
}

/** What became of every task, by its name. */
async function run(lake: string, ...args: string[]) {
  const flags = ['--lake', lake, '--config', config, '--workers', '1', '--json'];
  const answer = await runHere(['pipeline', 'run', ...flags, ...args]);
  expect(answer.stdout, answer.stderr).not.toBe('');
  const { results } = JSON.parse(answer.stdout) as { results: Result[] };
  return { ...answer, byId: new Map(results.map((r) => [r.id, r])) };
}

const verify = (lake: string) => runHere(['lake', 'verify', '--lake', lake]);
const newLake = () => join(temporaryFolder(), 'lake');

/** A quiet minute of ES with `extra` orders in it. */
function goodDay(dt: string, extra = 0): Buffer {
  const [bid, ask, end] = quietMarket(dt, OPEN - 10, OPEN + 61);
  // Ids without a pattern, so that a table of them is no smaller than they are.
  const id = (i: number) => BigInt.asUintN(63, (BigInt(i) + 1n) * 0x9e3779b97f4a7c15n);
  const more = Array.from({ length: extra }, (_, i) =>
    order(dt, OPEN + (i * 59) / extra, { order_id: id(i) }),
  );
  return dayBytes(dt, [bid!, ask!, ...more, end!]);
}

/** Published files by path. */
function published(lake: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const layer of ['bronze', 'silver', 'gold']) {
    for (const name of readdirSync(join(lake, layer), { recursive: true, encoding: 'utf8' })) {
      const path = join(layer, name);
      if (statSync(join(lake, path)).isFile()) files.set(path, readFileSync(join(lake, path)));
    }
  }
  return files;
}

describe('a lake of bad days', () => {
  const changed = (dt: string, at: number, value: number) => {
    const bytes = goodDay(dt);
    bytes[at < 0 ? bytes.length + at : at] = value;
    return bytes;
  };
  const BAD: [dt: string, what: string, code: string, bytes: (dt: string) => Uint8Array][] = [
    ['2026-01-06', 'zero-length', 'DBN_MAGIC', () => new Uint8Array(0)],
    ['2026-01-07', 'text', 'DBN_MAGIC', () => Buffer.from('ts_recv,price\n1,2\n')],
    ['2026-01-08', 'a future version', 'DBN_VERSION', (dt) => changed(dt, 3, 9)],
    ['2026-01-09', 'giant metadata', 'DBN_METADATA', (dt) => changed(dt, 7, 0x7f)],
    ['2026-01-12', 'a header cut short', 'DBN_METADATA', (dt) => goodDay(dt).subarray(0, 60)],
    ['2026-01-13', 'an impossible record', 'DBN_RECORD', (dt) => changed(dt, -56, 1)],
    ['2026-01-14', 'another schema', 'DBN_SCHEMA', (dt) => changed(dt, 24, 4)],
    [
      '2026-01-15',
      'another root',
      'SYMBOL_NOT_FOUND',
      (dt) => {
        return dayBytes(dt, quietMarket(dt, OPEN, OPEN + 61), { NQH6: 1 });
      },
    ],
  ];

  test('makes the good ones to gold and names each bad one with its file', async () => {
    const lake = newLake();
    for (const [dt, , , bytes] of BAD) writeDay(lake, dt, bytes(dt));
    const flipped = Buffer.from(await compressZstdFrame(goodDay('2026-01-16')));
    flipped.fill(0xff, 6, 16);
    writeDay(lake, '2026-01-16', flipped, { name: 'glbx-mdp3-20260116.mbo.dbn.zst' });
    writeDay(lake, DT, goodDay(DT));
    writeDay(lake, '2026-01-20', goodDay('2026-01-20').subarray(0, -20));
    const { code, byId, stderr } = await run(lake);
    expect(code, stderr).toBe(1);
    expect(stderr).toMatch(/contracts are chosen without DBN_MAGIC: .*glbx-mdp3-20260106/);
    const kinds = [...BAD, ['2026-01-16', 'flipped bits', 'DBN_ZSTD'] as const];
    for (const [dt, what, want] of kinds) {
      const bronze = byId.get(`bronze future_mbo ES ${dt}`);
      expect(bronze, what).toMatchObject({ outcome: 'failed', code: want });
      if (want !== 'SYMBOL_NOT_FOUND') {
        expect(bronze?.message, what).toContain(`glbx-mdp3-${dt.replaceAll('-', '')}`);
      }
    }
    for (const dt of [DT, '2026-01-20']) {
      expect(byId.get(`bronze future_mbo ES ${dt}`), stderr).toMatchObject({ outcome: 'done' });
      expect(byId.get(`gold future_mbo ESH6 ${dt}`), stderr).toMatchObject({ outcome: 'done' });
    }
    const cut = byId.get('bronze future_mbo ES 2026-01-20');
    expect(cut?.counters).toMatchObject({ truncated_files: 1, truncated_bytes: 36 });
    const dates = new Set([...published(lake).keys()].map((path) => path.split('/').at(-2)));
    expect([...dates].sort()).toEqual(['dt=2026-01-05', 'dt=2026-01-20']);
    expect((await verify(lake)).code).toBe(0);
    // A map that stays is not made of less than there is.
    const map = await runHere(['contracts', 'select', '--lake', lake, '--root', 'ES']);
    expect(map.code, map.stderr).toBe(4);
    expect(existsSync(join(lake, 'selection'))).toBe(false);
  });
});

describe('options', () => {
  const DAY = {
    productType: 'future_option_mbo',
    symbol: 'ES',
    name: 'glbx-mdp3-20260105.mbo.dbn',
  } as const;
  const records = [mbo(9, OPEN * 1e9, { price: 5_000_000_000n })];

  async function optionRun(write: (lake: string) => Promise<unknown>) {
    const lake = newLake();
    writeDay(lake, DT, goodDay(DT));
    await writeRaw(lake, DAY, { schema: 'mbo', records, symbols: { 'EW1F6 C6000': 9 } });
    await write(lake);
    const { code, byId, stderr } = await run(lake);
    expect(code).toBe(1);
    expect(byId.get(`gold future_mbo ESH6 ${DT}`), stderr).toMatchObject({ outcome: 'done' });
    const silver = byId.get(`silver future_option_mbo ESH6 ${DT}`);
    expect(silver?.message).toMatch(/bronze future_option_mbo ES 2026-01-05|DEFINITIONS/);
    expect([...published(lake).keys()].filter((p) => p.includes('option'))).toEqual([]);
    return byId.get(`bronze future_option_mbo ES ${DT}`);
  }

  test('without definitions fail alone and say what to fetch and where to', async () => {
    const bronze = await optionRun(() => Promise.resolve());
    expect(bronze).toMatchObject({ outcome: 'failed', code: 'DEFINITIONS' });
    expect(bronze?.message).toMatch(/venue=glbx/);
  });

  test('of definitions that contradict each other fail alone and name both', async () => {
    const both = [6_000_000_000_000n, 6_005_000_000_000n].map((strike_price) =>
      optionDefinition(9, 'EW1F6 C6000', { strike_price }),
    );
    const bronze = await optionRun((lake) => writeDefinitions(lake, 'glbx', both));
    expect(bronze).toMatchObject({ outcome: 'failed', code: 'DEFINITIONS' });
    expect(bronze?.message).toMatch(/6000.*6005/);
  });
});

describe('days of the calendar', () => {
  test('a holiday keeps its records and has no seconds; it is named', async () => {
    const lake = newLake();
    writeDay(lake, '2026-12-25', goodDay('2026-12-25'));
    const { code, byId, stderr } = await run(lake);
    expect(code, stderr).toBe(0);
    expect([...byId.keys()]).toEqual(['bronze future_mbo ES 2026-12-25']);
    expect(stderr).toMatch(/ES: no regular hours: Christmas Day: 2026-12-25/);
  });

  test('a contract that expires today is not chosen, but made when asked for', async () => {
    const lake = newLake();
    const expiry = '2026-03-20';
    // New York is four hours behind UTC by then.
    const markets = (dt: string) => {
      const trade = { action: 'T', size: 50 } as const;
      const of = (id: number) =>
        [...quietMarket(dt, OPEN - 3610, OPEN - 3539), order(dt, OPEN - 3600, trade)].map((r) => ({
          ...r,
          instrument_id: id,
        }));
      return dayBytes(dt, [...of(1), ...of(1), ...of(2)]);
    };
    for (const dt of ['2026-03-19', expiry]) writeDay(lake, dt, markets(dt));
    const first = await run(lake);
    expect(first.code, first.stderr).toBe(0);
    expect(first.byId.get('gold future_mbo ESH6 2026-03-19')).toMatchObject({ outcome: 'done' });
    expect(first.byId.get(`gold future_mbo ESM6 ${expiry}`)).toMatchObject({ outcome: 'done' });
    expect(first.byId.has(`gold future_mbo ESH6 ${expiry}`)).toBe(false);
    const own = await run(lake, '--symbol', 'ESH6', '--dt', expiry);
    expect(own.byId.get(`gold future_mbo ESH6 ${expiry}`)).toMatchObject({ outcome: 'done' });
  });
});

describe('a lake that was made', () => {
  let whole: string;
  let files: Map<string, Buffer>;

  beforeAll(async () => {
    whole = newLake();
    writeDay(whole, DT, goodDay(DT, 3000));
    expect((await run(whole)).code).toBe(0);
    files = published(whole);
    expect(files.size).toBe(15);
  });

  function copy(): string {
    const lake = newLake();
    cpSync(whole, lake, { recursive: true });
    return lake;
  }

  function expectWhole(lake: string): void {
    const now = published(lake);
    expect([...now.keys()].sort()).toEqual([...files.keys()].sort());
    for (const [path, bytes] of files) expect(now.get(path)?.equals(bytes), path).toBe(true);
  }

  test('a bit flipped in any published file is named, and made anew', async () => {
    const lake = copy();
    for (const [path, bytes] of files) {
      const bad = Buffer.from(bytes);
      bad[bytes.length >> 1]! ^= 1;
      writeFileSync(join(lake, path), bad);
      const { code, stdout } = await verify(lake);
      expect(code, path).toBe(4);
      expect(stdout, path).toMatch(/^damage (data|manifest|success)_/m);
      expect(stdout).toContain(path.slice(0, path.lastIndexOf('/')));
      writeFileSync(join(lake, path), bytes);
    }
    for (const [path, bytes] of files) {
      const bad = Buffer.from(bytes);
      bad[bytes.length >> 1]! ^= 1;
      writeFileSync(join(lake, path), bad);
    }
    expect((await run(lake, '--overwrite')).code).toBe(0);
    expectWhole(lake);
    expect((await verify(lake)).code).toBe(0);
  });

  const halves: [string, (folder: string) => void][] = [
    ['without its end', (folder) => truncateSync(join(folder, 'part-00000.parquet'), 100)],
    ['without its manifest', (folder) => rmSync(join(folder, '_MANIFEST.json'))],
    ['without _SUCCESS', (folder) => rmSync(join(folder, '_SUCCESS'))],
  ];

  test.each(halves)('a partition copied %s is named, and the next run makes it', async (_, cut) => {
    const lake = copy();
    const table = 'product_type=future_mbo/symbol=ESH6/table=depth_and_flow_1s';
    cut(join(lake, 'silver', table, `dt=${DT}`));
    const { code, stdout } = await verify(lake);
    expect(code).toBe(4);
    expect(stdout).toContain(table);
    const { byId } = await run(lake);
    expect(byId.get(`silver future_mbo ESH6 ${DT}`)).toMatchObject({ outcome: 'done' });
    expect(byId.get(`gold future_mbo ESH6 ${DT}`)).toMatchObject({ outcome: 'unchanged' });
    expectWhole(lake);
  });

  test('a disk that fills leaves what was there, and room again ends the run', async () => {
    const lake = copy();
    const main = join(packageRoot(), 'dist', 'src', 'cli', 'main.js');
    const flags = ['--lake', lake, '--config', config, '--workers', '1', '--overwrite'];
    const words = [process.execPath, main, 'pipeline', 'run', ...flags].map((w) => `'${w}'`);
    // No file may be longer than 16 KiB: a write fails as on a full disk.
    const shell = spawn('/bin/sh', ['-c', `ulimit -f 32; exec ${words.join(' ')}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    shell.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const code = await new Promise((settle) => shell.on('close', settle));
    expect(code, stderr).toBe(1);
    expect(stderr).toMatch(/failed: \w+ future_mbo \w+ 2026-01-05: FILE_WRITE: .*part-00000/);
    expectWhole(lake);
    expect((await verify(lake)).stdout).toMatch(/clean/);
    expect((await run(lake, '--overwrite')).code).toBe(0);
    expectWhole(lake);
  });
});
