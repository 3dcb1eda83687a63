import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { JobTracker } from '../../src/intake/index.ts';
import { DataFolder, type VendorHistorical } from '../../src/vendor/index.ts';
import { KEY, scratch, smallMarket, startVendor } from '../intake/batch/small-market.ts';
import { runHere, startCli } from './run-cli.ts';

const FAST = ['--pause-seconds', '0', '--poll-interval', '0.02', '--settle-seconds', '0.02'];
const DAYS = ['--start', '2026-01-05', '--end', '2026-01-06'];

/** Data that no other test asks for, for nothing. */
const DEAR = [
  ...['--include-futures', '--futures-schemas', 'statistics'],
  ...['--options-schemas', 'none', '--max-cost', '0'],
];

let market: DataFolder;
let vendor: VendorHistorical;
let folder: string;

beforeAll(async () => {
  market = await DataFolder.open(await smallMarket());
  vendor = await startVendor(market);
}, 120_000);

afterAll(() => vendor.close());

beforeEach(() => {
  folder = scratch();
  vi.stubEnv('DATABENTO_API_KEY', KEY);
});

/** Flags of where everything is. */
function where(): string[] {
  return ['--historical-url', vendor.url, '--lake', join(folder, 'lake'), '--tracker', tracker()];
}

function tracker(): string {
  return join(folder, 'logs', 'jobs.json');
}

function download(...args: string[]) {
  return runHere(['download', ...args, ...where()]);
}

describe('download', () => {
  test('closes the way from the vendor to bronze', async () => {
    const log = join(folder, 'logs', 'daemon.log');
    const flags = [...DAYS, ...FAST, '--log-file', log, '--json'];
    const futures = await download('futures', 'daemon', '--include-futures', ...flags);
    expect(futures).toMatchObject({ code: 0 });
    expect(JSON.parse(futures.stdout)).toMatchObject({ jobs: 8, downloaded: 8, failed: [] });
    const equities = await download('equities', 'daemon', '--symbols', 'qqq', ...flags);
    expect(JSON.parse(equities.stdout)).toMatchObject({ jobs: 8, downloaded: 8, failed: [] });
    const lake = join(folder, 'lake');
    const made = await runHere(['pipeline', 'run', '--layer', 'bronze', '--lake', lake]);
    expect(made.stderr).toContain('bronze equity_option_cmbp_1 QQQ 2026-01-06');
    const { stdout } = await runHere(['lake', 'ls', '--layer', 'bronze', '--json', '--lake', lake]);
    const partitions = JSON.parse(stdout).partitions as { symbol: string; rows: number }[];
    const symbols = partitions.map(({ symbol }) => symbol);
    // Futures of two contracts and options on one, equities and options: two days of each.
    expect(symbols.filter((symbol) => symbol === 'ESH6')).toHaveLength(4);
    expect(symbols.filter((symbol) => symbol === 'ESM6')).toHaveLength(2);
    expect(symbols.filter((symbol) => symbol === 'QQQ')).toHaveLength(4);
    expect(Math.min(...partitions.map(({ rows }) => rows))).toBeGreaterThan(100);
    const held = await runHere([
      ...['lake', 'ls', '--layer', 'raw', '--json', '--lake', lake],
      ...['--tracker', tracker()],
    ]);
    const raw = JSON.parse(held.stdout);
    expect(raw.files).toHaveLength(16);
    expect(raw.files.every(({ job }: { job: string | null }) => job?.includes('2026-01-0'))).toBe(
      true,
    );
    expect(raw.trackers).toMatchObject([{ jobs: 16, states: { downloaded: 16 }, missing: [] }]);
    const lines = readFileSync(log, 'utf8').trim().split('\n');
    for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S/);
    expect(lines.join()).toContain('is not the vendor');
  }, 120_000);

  test('says what it costs, and what is not known yet', async () => {
    const before = vendor.log.count('batch.submit_job');
    const cost = await download('futures', 'cost', '--include-futures', ...DAYS);
    expect(cost.stdout).toMatch(/GLBX.MDP3 +mbo +ES +2026-01-05 +1 +0\.\d{4} +-/);
    expect(cost.stdout).toMatch(/4 jobs: \$/);
    expect(cost.stderr).toContain('options of 2 days: not known before the definitions are here');
    expect(vendor.log.count('batch.submit_job')).toBe(before);
    const one = ['--start', '2026-01-05', '--end', '2026-01-05'];
    await download('futures', 'daemon', ...FAST, ...one, '--options-schemas', 'definition');
    const { stdout } = await download('futures', 'cost', '--json', ...one);
    const { rows, unknown, totals } = JSON.parse(stdout);
    expect(unknown).toEqual([]);
    expect(rows.map((row: { state: string | null }) => row.state)).toEqual([
      'downloaded',
      null,
      null,
    ]);
    expect(totals.open_usd).toBeLessThan(totals.usd);
  }, 60_000);

  test('submits, then polls, with codes that scripts understand', async () => {
    expect((await download('futures', 'poll')).code).toBe(3);
    const one = ['--start', '2026-01-05', '--end', '2026-01-05'];
    const submitted = await download('futures', 'submit', ...one, '--pause-seconds', '0');
    expect(submitted.code).toBe(0);
    expect(submitted.stdout).toContain('options of 1 day not known');
    await vendor.jobs.settled();
    const polled = await download('futures', 'poll', '--json');
    expect(JSON.parse(polled.stdout)).toEqual({ jobs: 1, states: { downloaded: 1 } });
  }, 60_000);

  test.each([
    ['a schema without a table', ['--options-schemas', 'trades'], 2, 'USAGE: --options-schemas'],
    ['a contract', ['--symbols', 'ESH6'], 2, '--symbols ES'],
    ['a root that is not known', ['--symbols', 'ZZ'], 2, 'PRODUCT_UNKNOWN'],
    ['an equity', ['--symbols', 'QQQ'], 2, 'QQQ is not in GLBX.MDP3'],
    ['too little money', DEAR, 2, 'COST_LIMIT: 2 jobs would cost $'],
  ])('refuses %s', async (_what, flags, code, message) => {
    const result = await download('futures', 'submit', ...DAYS, ...flags);
    expect(result.stderr).toContain(message);
    expect(result.code).toBe(code);
  });

  test('a range that ends before it starts is wrong usage', async () => {
    const turned = ['--start', '2026-01-06', '--end', '2026-01-05'];
    expect((await download('futures', 'submit', ...turned)).code).toBe(2);
    expect((await download('futures', 'submit')).code).toBe(2);
  });

  test('what cannot be had is named, and fails', async () => {
    const late = ['--start', '2026-02-02', '--end', '2026-02-02', '--options-schemas', 'none'];
    const result = await download('futures', 'daemon', '--include-futures', ...late, ...FAST);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('JOB_FAILED: 1 failed: GLBX.MDP3|mbo|ES|2026-02-02|futures');
    expect(result.stdout).toContain('1 job: 0 downloaded, 1 failed');
  });

  test('a tracker that another process holds is told', async () => {
    const held = JobTracker.open(tracker(), vendor.url);
    const result = await download('futures', 'poll');
    held.close();
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('TRACKER_BUSY');
  });

  test('needs a key, and does not show one that is wrong', async () => {
    vi.stubEnv('DATABENTO_API_KEY', '');
    const without = await download('futures', 'poll');
    expect(without).toMatchObject({ code: 2 });
    expect(without.stderr).toContain('VENDOR_KEY: DATABENTO_API_KEY');
    vi.stubEnv('DATABENTO_API_KEY', `${KEY}x`);
    const wrong = await download('futures', 'poll');
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.stderr).not.toContain('Qx7');
  });

  test('real and made data never mix', async () => {
    const lake = market.path;
    const args = [...DAYS, '--lake', lake, '--historical-url', vendor.url, '--tracker', tracker()];
    const result = await runHere(['download', 'futures', 'submit', ...args]);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('holds synthetic data');
  });

  test('an interrupt stops at a safe point, and the same command goes on', async () => {
    const slow = await startVendor(market, { jobs: { by: 'clock', queued: 1e9 } });
    const args = ['--historical-url', slow.url, '--lake', 'lake', ...DAYS, ...FAST];
    const daemon = ['download', 'futures', 'daemon', ...args];
    const running = startCli(daemon, folder, { DATABENTO_API_KEY: KEY });
    await running.waitFor(/submitted as/);
    running.interrupt();
    const result = await running.result;
    await slow.close();
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('the same command goes on from here');
    const written = JSON.parse(readFileSync(join(folder, 'logs', 'futures_jobs.json'), 'utf8'));
    expect(Object.keys(written.jobs).length).toBeGreaterThan(0);
    expect(readdirSync(join(folder, 'logs'))).toEqual(['futures_jobs.json']);
  }, 60_000);
});

describe('the key', () => {
  test('is in nothing that a download leaves or says', async () => {
    const faults = ['auth-refused', 'license-refused', 'server-error', 'not-json'] as const;
    for (const name of faults) vendor.faults.add({ name, times: 3 });
    const log = join(folder, 'logs', 'daemon.log');
    const said: string[] = [];
    for (let i = 0; i < 6; i++) {
      const flags = [...DAYS, ...FAST, '--log-file', log];
      const { stdout, stderr } = await download('futures', 'daemon', ...flags);
      said.push(stdout, stderr);
    }
    vendor.faults.clear();
    said.push(JSON.stringify(vendor.log.entries));
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) said.push(readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    }
    const everything = said.join('\n');
    expect(everything).toContain('VENDOR_AUTH');
    expect(everything).not.toContain('Qx7Qx7');
    expect(everything).not.toContain(Buffer.from(`${KEY}:`).toString('base64').slice(0, 20));
  }, 60_000);
});

describe('doctor', () => {
  interface Finding {
    what: string;
    status: string;
    found: string;
  }

  async function doctor(url: string): Promise<Finding[]> {
    const args = ['doctor', '--json', '--historical-url', url, '--lake', folder];
    const found = JSON.parse((await runHere(args)).stdout) as Finding[];
    return found.slice(found.findIndex(({ what }) => what === 'vendor key'));
  }

  test('looks at the key, what it may read, and the clock', async () => {
    const found = await doctor(vendor.url);
    expect(found.map(({ what, status }) => `${what}: ${status}`)).toEqual([
      'vendor key: ok',
      'vendor GLBX.MDP3: ok',
      'vendor XNAS.ITCH: ok',
      'vendor OPRA.PILLAR: ok',
      'clock skew: ok',
    ]);
    expect(found[0]?.found).toBe('…SEEN1, of the right shape');
    expect(found[1]?.found).toContain('2026-01-05');
  });

  test('tells a right that lacks, a key that is none, and a vendor that is not there', async () => {
    vendor.faults.add({ name: 'license-refused', method: 'metadata.get_dataset_range' });
    const refused = (await doctor(vendor.url)).filter(({ status }) => status === 'warning');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.found).toContain('license');
    const gone = await doctor('http://127.0.0.1:1');
    expect(gone.slice(1).map(({ status }) => status)).toEqual(Array(4).fill('warning'));
    vi.stubEnv('DATABENTO_API_KEY', 'db-tooshortQx7');
    const wrong = await doctor(vendor.url);
    expect(wrong).toMatchObject([{ what: 'vendor key', status: 'problem' }]);
    expect(wrong[0]?.found).not.toContain('Qx7');
  });

  test('tells a clock that is wrong', async () => {
    const server = createServer((_request, response) => {
      response
        .setHeader('date', new Date(Date.now() - 60_000).toUTCString())
        .writeHead(401)
        .end();
    }).listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    const { port } = server.address() as { port: number };
    const skew = (await doctor(`http://127.0.0.1:${port}`)).at(-1);
    server.close();
    expect(skew).toMatchObject({ status: 'warning' });
    expect(skew?.found).toMatch(/^this machine is (59|60|61)\.\d s ahead of the vendor$/);
  });
});
