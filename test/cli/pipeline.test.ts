import { type ChildProcess, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { packageRoot } from '../../src/lake/index.ts';
import { runCli, runHere, temporaryFolder } from './run-cli.ts';

/** Each test starts several processes, which share the processors with other tests, ms. */
const PATIENCE_MS = 240_000;
vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });

const DT = '2026-01-05';
const LAYERS = ['bronze', 'silver', 'gold'];
let config: string;
/** Raw files alone. */
let rawLake: string;
/** Everything of the same files, made with one worker. */
let whole: string;

/** The products as shipped, but a minute from 09:30 on is all of the regular hours. */
function shortSessions(): string {
  const folder = join(temporaryFolder(), 'config');
  mkdirSync(folder);
  const text = readFileSync(join(packageRoot(), 'config', 'products.yaml'), 'utf8');
  const short = text.replaceAll('regular_close: "16:00"', 'regular_close: "09:31"');
  writeFileSync(join(folder, 'products.yaml'), short);
  return folder;
}

function lakeOfRaw(): string {
  const lake = join(temporaryFolder(), 'lake');
  cpSync(rawLake, lake, { recursive: true });
  return lake;
}

/** Published files by path, as they are. */
function published(lake: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const layer of LAYERS) {
    if (!existsSync(join(lake, layer))) continue;
    for (const name of readdirSync(join(lake, layer), { recursive: true, encoding: 'utf8' })) {
      const path = join(lake, layer, name);
      if (statSync(path).isFile()) files.set(join(layer, name), readFileSync(path));
    }
  }
  return files;
}

function expectSame(lake: string, other: string, prefix = ''): void {
  const [a, b] = [published(lake), published(other)];
  const paths = (files: Map<string, Buffer>) =>
    [...files.keys()].filter((path) => path.includes(prefix)).sort();
  expect(paths(a)).toEqual(paths(b));
  for (const path of paths(a)) expect(a.get(path)?.equals(b.get(path) as Buffer), path).toBe(true);
}

const run = (lake: string, ...args: string[]) =>
  runHere(['pipeline', 'run', '--lake', lake, '--config', config, ...args]);

/** A run in a process of its own. */
function start(lake: string, ...args: string[]): { child: ChildProcess; stderr: () => string } {
  const main = join(packageRoot(), 'dist', 'src', 'cli', 'main.js');
  const words = [main, 'pipeline', 'run', '--lake', lake, '--config', config, ...args];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return { child, stderr: () => text };
}

const ended = (child: ChildProcess) =>
  new Promise<number | null>((settle) => child.on('exit', (code) => settle(code)));

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((later) => setTimeout(later, 5));
}

beforeAll(async () => {
  config = shortSessions();
  rawLake = join(temporaryFolder(), 'lake');
  const part = ['--from', '09:29', '--to', '09:31', '--rate', '5', '--dates', DT];
  const made = await runHere(['synth', '--all', '--lake', rawLake, ...part]);
  expect(made.stderr).toBe('');
  whole = lakeOfRaw();
  const { code, stderr } = await run(whole, '--workers', '1');
  expect(code, stderr).toBe(0);
});

describe('pipeline run', () => {
  test('makes bronze, silver and gold of all four product types', async () => {
    const tables = new Set([...published(whole).keys()].map((path) => path.split('/').at(-3)));
    expect([...tables].sort()).toEqual(
      [
        'book_snapshot_1s',
        'cmbp_1',
        'depth_and_flow_1s',
        'mbo',
        'microstructure_1s',
        'physics_surface_1s',
      ].map((table) => `table=${table}`),
    );
    const verified = await runHere(['lake', 'verify', '--lake', whole]);
    expect(verified.code, verified.stdout).toBe(0);
  });

  test('does nothing the second time', async () => {
    const { code, stdout, stderr } = await run(whole);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '16 complete\n' });
    expect(stderr).toMatch(/ES: the contract of 1 date was chosen now/);
  });

  test('makes the same bytes with more workers, by root or by contract', async () => {
    const lake = lakeOfRaw();
    const answer = await run(lake, '--workers', '3', '--json');
    expect(answer.code, answer.stderr).toBe(0);
    const { results } = JSON.parse(answer.stdout) as { results: Record<string, unknown>[] };
    expect(results).toHaveLength(16);
    expect(results.every((r) => r['outcome'] === 'done' && Number(r['rows']) > 0)).toBe(true);
    expectSame(lake, whole);
    const by = await run(lake, '--symbol', 'ESH6', '--product-type', 'future_mbo', '--dt', DT);
    expect(by.stdout).toBe('4 complete\n');
  });

  test('C6: lists a partition that fails with its reason, makes the others, and exits 1', async () => {
    const lake = lakeOfRaw();
    const folder = 'raw/source=databento/product_type=future_option_mbo/symbol=ES';
    const file = join(lake, folder, 'table=market_by_order_dbn/glbx-mdp3-20260105.mbo.dbn.zst');
    const bytes = readFileSync(file);
    bytes.fill(0xff, 2000, 2100);
    writeFileSync(file, bytes);
    const broken = await run(
      lake,
      '--layer',
      'silver',
      '--product-type',
      'future_mbo,future_option_mbo',
    );
    expect(broken.code).toBe(1);
    expect(broken.stdout).toBe('2 made, 1 failed, 1 left out\n');
    expect(broken.stderr).toMatch(
      /failed: bronze future_option_mbo ES 2026-01-05: DBN_ZSTD: .*zst/,
    );
    expectSame(lake, whole, 'product_type=future_mbo/symbol=ESH6/table=depth_and_flow_1s');
    const status = await runHere([
      'pipeline',
      'status',
      '--lake',
      lake,
      '--config',
      config,
      '--json',
    ]);
    const { partitions } = JSON.parse(status.stdout) as { partitions: Record<string, unknown>[] };
    expect(partitions.find((p) => p['status'] === 'failed')).toMatchObject({
      id: 'bronze future_option_mbo ES 2026-01-05',
      failure: { code: 'DBN_ZSTD' },
    });
    cpSync(join(rawLake, folder), join(lake, folder), { recursive: true });
    const again = await run(lake, '--layer', 'silver', '--product-type', 'future_option_mbo');
    expect(again).toMatchObject({ code: 0, stdout: '2 made, 2 complete\n' });
    const after = await runHere(['pipeline', 'status', '--lake', lake, '--config', config]);
    expect(after.stdout).not.toMatch(/failed/);
  });

  test('refuses what is not in the lake, and flags that contradict each other', async () => {
    const refused = async (code: number, ...args: string[]) => {
      const answer = await run(whole, ...args);
      expect(answer.code, args.join(' ')).toBe(code);
      return answer.stderr;
    };
    expect(await refused(3, '--dt', '2026-01-07')).toMatch(/DATE_NOT_FOUND.*no raw file/);
    expect(await refused(2, '--symbol', 'XX')).toMatch(/PRODUCT_UNKNOWN/);
    expect(await refused(2, '--dt', DT, '--dates', DT)).toMatch(/one way/);
    expect(await refused(2, '--start-date', DT)).toMatch(/both/);
    expect(await refused(2, '--dates', '2026-01-09:2026-01-05')).toMatch(/not a range/);
    expect(await refused(2, '--layer', 'platinum')).toMatch(/Allowed choices/);
    expect(await refused(2, '--product-type', 'bond')).toMatch(/no product type/);
  });
});

describe('a run that does not end', () => {
  const FUTURES = ['--product-type', 'future_mbo', '--workers', '2'];

  test('because it was killed is finished by running again', async () => {
    const lake = lakeOfRaw();
    for (const sign of ['made: bronze', 'made: silver']) {
      const { child, stderr } = start(lake, ...FUTURES);
      const exit = ended(child);
      await until(() => stderr().includes(sign) || child.exitCode !== null);
      child.kill('SIGKILL');
      await exit;
    }
    const { code, stderr } = await run(lake, ...FUTURES);
    expect(code, stderr).toBe(0);
    expectSame(lake, whole, 'product_type=future_mbo/');
    const verified = await runHere(['lake', 'verify', '--lake', lake]);
    expect(verified.code, verified.stdout).toBe(0);
  });

  test('because it was interrupted says so, leaves nothing half-made, and goes on', async () => {
    const lake = lakeOfRaw();
    const { child, stderr } = start(lake, ...FUTURES);
    const exit = ended(child);
    await until(() => stderr().includes('made: bronze') || child.exitCode !== null);
    child.kill('SIGINT');
    expect(await exit).toBe(1);
    expect(stderr()).toMatch(/interrupted; nothing half-done is left/);
    const verified = await runHere(['lake', 'verify', '--lake', lake]);
    expect(verified.code, verified.stdout).toBe(0);
    expect((await run(lake, ...FUTURES)).code).toBe(0);
  });

  test('two at the same time on the same lake both end, and make it once', async () => {
    const lake = lakeOfRaw();
    const [a, b] = await Promise.all(
      [1, 2].map(() =>
        runCli(['pipeline', 'run', '--lake', lake, '--config', config, ...FUTURES, '--json']),
      ),
    );
    expect([a?.code, b?.code], `${a?.stderr}${b?.stderr}`).toEqual([0, 0]);
    const made = [a, b].flatMap((answer) => {
      const { results } = JSON.parse(answer?.stdout ?? '') as {
        results: Record<string, unknown>[];
      };
      return results.filter((r) => r['outcome'] === 'done').map((r) => r['id']);
    });
    expect(new Set(made).size).toBe(made.length);
    expect(made).toHaveLength(4);
  });
});

describe('pipeline plan', () => {
  test('says what would run and why, and runs nothing', async () => {
    const lake = lakeOfRaw();
    const flags = ['--lake', lake, '--config', config, '--product-type', 'equity_option_cmbp_1'];
    const { code, stdout } = await runHere(['pipeline', 'plan', ...flags, '--layer', 'gold']);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split(/ {2,}/).slice(0, 2).join(' '))).toEqual([
      'run bronze equity_option_cmbp_1 QQQ 2026-01-05',
      'run bronze equity_mbo QQQ 2026-01-05',
      'run silver equity_mbo QQQ 2026-01-05',
      'run silver equity_option_cmbp_1 QQQ 2026-01-05',
      'run gold equity_option_cmbp_1 QQQ 2026-01-05',
      'run gold equity_option_cmbp_1 QQQ 2026-01-05 microstructure',
      '6 to run',
    ]);
    expect(published(lake).size).toBe(0);
  });

  test('C6: sees a raw file that changed, by content', async () => {
    const lake = join(temporaryFolder(), 'lake');
    cpSync(whole, lake, { recursive: true });
    const folder = 'raw/source=databento/product_type=equity_mbo/symbol=QQQ';
    const file = join(lake, folder, 'table=market_by_order_dbn/xnas-itch-20260105.mbo.dbn.zst');
    const plan = async () => {
      const flags = ['--lake', lake, '--config', config, '--product-type', 'equity_mbo'];
      const { stdout } = await runHere(['pipeline', 'plan', ...flags, '--json']);
      const { nodes } = JSON.parse(stdout) as { nodes: { action: string; why: string }[] };
      return nodes;
    };
    expect((await plan()).map((n) => n.action)).toEqual(['keep', 'keep', 'keep', 'keep']);
    truncateSync(file, statSync(file).size - 10);
    const nodes = await plan();
    expect(nodes.map((n) => n.action)).toEqual(['run', 'check', 'check', 'check']);
    expect(nodes[0]?.why).toMatch(/stale: .*xnas-itch-20260105\.mbo\.dbn\.zst changed/);
  });
});

describe('contracts select', () => {
  test('writes the map that silver and gold then follow', async () => {
    const lake = lakeOfRaw();
    const flags = ['--lake', lake, '--config', config];
    const { code, stdout, stderr } = await runHere([
      'contracts',
      'select',
      ...flags,
      '--dates',
      DT,
    ]);
    expect(code).toBe(0);
    expect(stdout).toBe(
      '2026-01-05 QQQ QQQ by self\n2026-01-05 ES ESH6 expires 2026-03-20 by open interest\n'
        .split('\n')
        .sort()
        .filter((line) => line !== '')
        .map((line) => `${line}\n`)
        .join(''),
    );
    expect(stderr).toMatch(/mbo_contract_day_selection\.parquet: 2 rows/);
    const plan = await runHere(['pipeline', 'plan', ...flags, '--symbol', 'ES']);
    expect(plan.stderr).toBe('');
  });

  test('answers for one root as JSON, in a file of its own', async () => {
    const path = join(temporaryFolder(), 'map.parquet');
    const flags = [
      '--lake',
      rawLake,
      '--root',
      'ES',
      '--dates',
      DT,
      '--output-path',
      path,
      '--json',
    ];
    const { stdout } = await runHere(['contracts', 'select', ...flags]);
    expect(JSON.parse(stdout)).toMatchObject({
      path,
      rows: [
        { session_date: DT, selected_symbol: 'ESH6', chosen_by: 'open_interest', roll_flag: 0 },
      ],
    });
    expect(existsSync(path)).toBe(true);
  });

  test('refuses contracts, roots that are not known, and dates without data', async () => {
    const refused = async (code: number, ...args: string[]) => {
      const answer = await runHere(['contracts', 'select', '--lake', rawLake, ...args]);
      expect(answer.code, args.join(' ')).toBe(code);
    };
    await refused(2, '--root', 'ESH6');
    await refused(2, '--root', 'XX');
    await refused(3, '--root', 'ES', '--dates', '2025-06-02:2025-06-06');
    await refused(2, '--dates', 'yesterday');
  });
});
