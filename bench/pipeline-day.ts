/**
 * A whole synthetic day, raw to gold, through `spymaster pipeline run` with one worker and with
 * two: ES, its 0DTE options, QQQ and its 0DTE options, 09:30 to 16:00 New York.
 *
 * The raw lake is made once and kept in `.cache/bench`. A run takes minutes, so that each is
 * measured once; each starts from raw files alone, and the tables go when it has ended.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { report } from './harness.ts';

/** Mean records a second of each market in its busy hours. */
const RATE = 100;
const DT = '2026-01-05';
/** 09:30 to 16:00, s. */
const MARKET_SECONDS = 6.5 * 3600;
/** From the specification, s of market in a second. */
const AT_LEAST = 100;
/** How much faster two workers are, at least. */
const GAIN = 1.8;
/** How often memory is asked for, ms. */
const LOOK_MS = 250;

const MAIN = resolve('dist', 'src', 'cli', 'main.js');
const RAW = resolve('.cache', 'bench', `lake-day-rate${RATE}`);
const LAKE = resolve('.cache', 'bench', 'lake-day-run');

function makeRaw(): void {
  if (existsSync(RAW)) return;
  console.error(`making ${RAW}`);
  const part = `${RAW}.part`;
  rmSync(part, { recursive: true, force: true });
  const when = ['--dates', DT, '--from', '09:30', '--to', '16:00', '--rate', String(RATE)];
  const made = spawnSync(process.execPath, [MAIN, 'synth', '--all', '--lake', part, ...when], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (made.status !== 0) throw new Error('the day could not be made');
  renameSync(part, RAW);
}

/** Highest resident memory of a process until now, MB; null where the system does not tell. */
function peakMegabytes(pid: number | undefined): number | null {
  try {
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return peak ? (Number(peak[1]) * 1024) / 1e6 : null;
  } catch {
    return null;
  }
}

interface Run {
  seconds: number;
  peak: number | null;
  rows: number;
  bytes: number;
}

/** Waits for a process and looks at its memory now and then. */
async function watch(child: ChildProcess): Promise<{ code: number | null; peak: number | null }> {
  let peak: number | null = null;
  const look = setInterval(() => {
    peak = peakMegabytes(child.pid) ?? peak;
  }, LOOK_MS);
  const code = await new Promise<number | null>((settle) => child.on('close', settle));
  clearInterval(look);
  return { code, peak };
}

async function run(workers: number): Promise<Run> {
  rmSync(LAKE, { recursive: true, force: true });
  cpSync(RAW, LAKE, { recursive: true });
  const args = ['pipeline', 'run', '--lake', LAKE, '--workers', String(workers), '--json'];
  const start = performance.now();
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const { code, peak } = await watch(child);
  const seconds = (performance.now() - start) / 1000;
  if (code !== 0) throw new Error(stderr);
  const { results } = JSON.parse(stdout) as { results: { rows: number; bytes: number }[] };
  const sum = (of: 'rows' | 'bytes') => results.reduce((n, r) => n + r[of], 0);
  return { seconds, peak, rows: sum('rows'), bytes: sum('bytes') };
}

function tell(name: string, one: Run, note: string): void {
  const perSecond = MARKET_SECONDS / one.seconds;
  report({
    group: 'A synthetic day, four markets, raw to gold',
    name,
    unit: 'seconds of market',
    count: MARKET_SECONDS,
    perSecond,
    slowest: perSecond,
    fastest: perSecond,
    nsEach: 1e9 / perSecond,
    megabytesPerSecond: null,
    bytesEach: null,
    residentMegabytes: one.peak,
    atLeast: AT_LEAST,
    note: `one run of ${one.seconds.toFixed(0)} s; resident memory is its peak; ${note}`,
  });
}

makeRaw();
try {
  const one = await run(1);
  const made = `${(one.rows / 1e6).toFixed(1)} M rows, ${(one.bytes / 1e6).toFixed(0)} MB`;
  tell('one worker', one, `${made} published, ${RATE} records/s a market`);
  const two = await run(2);
  const gain = one.seconds / two.seconds;
  const verdict = gain >= GAIN ? 'met' : 'missed';
  tell('two workers', two, `${gain.toFixed(2)} x one worker, at least ${GAIN}: ${verdict}`);
} finally {
  rmSync(LAKE, { recursive: true, force: true });
}
