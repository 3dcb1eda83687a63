/**
 * The live client over many disconnects: `npm run soak` (ten minutes, or SPYMASTER_SOAK_MINUTES).
 *
 * A gateway plays a synthetic morning at the pace of its clock and ends every connection after 20
 * seconds. Beside each other: a session that asks for what it missed (`replay`), and `spymaster
 * live record`, a process of its own, that starts again from snapshots and writes down its gaps.
 * Afterwards both are compared, record by record, with the file that the gateway played.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiKey, type LiveGap, openLive } from '../../src/databento/index.ts';
import { type RecordingGap, readGaps } from '../../src/intake/index.ts';
import { findRawDay, rawTableFolder } from '../../src/lake/index.ts';
import { startVendorGateway, type VendorGateway } from '../../src/vendor/index.ts';
import { MemoryWatch } from './memory-watch.ts';
import { missingOf, OrderEvents, orderEventsOf } from './source-records.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const MINUTES = Number(process.env['SPYMASTER_SOAK_MINUTES'] ?? 10);
const DISCONNECT_SECONDS = 20;
/** Events of the market a second. */
const RATE = 200;
const DATE = '2026-01-05';
const KEY = 'db-SpymasterSoakTestKey000000001';
/** What resident memory may grow by from the second third to the last: MB, and a part of it. */
const GROWTH_MB = 24;
const GROWTH_PART = 0.1;
/** Beyond the time of the soak: to make the market, to start and to end. */
const MARGIN_MS = 240_000;

let folder: string;
let gateway: VendorGateway;
let source: Buffer;

function run(args: readonly string[]): { child: ChildProcess; done: Promise<string> } {
  const env = { ...process.env, DATABENTO_API_KEY: KEY };
  const child = spawn(process.execPath, [PROGRAM, ...args], { env, cwd: folder });
  let output = '';
  child.stdout?.on('data', (text) => {
    output += text;
  });
  let words = '';
  child.stderr?.on('data', (text) => {
    words = (words + text).slice(-4000);
  });
  const done = new Promise<string>((resolve, reject) => {
    child.on('exit', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`spymaster ${args[0]} ended with ${code}: ${words}`));
    });
  });
  return { child, done };
}

function marketEnd(): string {
  const minutes = 30 + Math.ceil(MINUTES) + 5;
  return `${9 + Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`.padStart(
    5,
    '0',
  );
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spymaster-soak-'));
  const lake = join(folder, 'market');
  const hours = ['--dates', DATE, '--from', '09:30', '--to', marketEnd()];
  await run(['synth', '--symbol', 'ES', ...hours, '--rate', String(RATE), '--lake', lake]).done;
  const day = findRawDay(lake, 'future_mbo', 'ES', DATE);
  source = (await orderEventsOf(day.path)).bytes;
  const faults = [`drop-seconds:${DISCONNECT_SECONDS}`];
  const data = rawTableFolder(lake, 'future_mbo', 'ES');
  gateway = await startVendorGateway({ data, keys: [KEY], speed: 1, faults });
}, MARGIN_MS);

afterAll(async () => {
  await gateway?.close();
  await rm(folder, { recursive: true, force: true });
});

/** What a session that replays what it missed was given. */
async function replaySession(signal: AbortSignal) {
  const received = new OrderEvents();
  const gaps: LiveGap[] = [];
  const session = openLive({
    key: new ApiKey(KEY),
    dataset: 'GLBX.MDP3',
    gateway: { host: gateway.host, port: gateway.port },
    subscriptions: [
      { schema: 'mbo', stypeIn: 'raw_symbol', symbols: ['ESH6'], recovery: 'replay' },
    ],
    signal,
  });
  for await (const item of session) {
    if (item.type === 'records') received.add(item.bytes);
    else if (item.type === 'gap') gaps.push(item);
  }
  return { received, gaps };
}

function recordings(lake: string): string[] {
  return readdirSync(lake, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.dbn'))
    .map((name) => join(lake, name))
    .sort();
}

async function recordedEvents(files: readonly string[]): Promise<Buffer> {
  const parts = await Promise.all(files.map(orderEventsOf));
  return Buffer.concat(parts.map((p) => p.bytes));
}

function lies(gap: RecordingGap, { fromNs, toNs }: { fromNs: bigint; toNs: bigint }): boolean {
  return gap.fromNs <= fromNs && toNs <= gap.toNs;
}

describe('a live session that is cut every 20 seconds', () => {
  it(
    'loses and doubles nothing silently, and keeps its memory',
    async () => {
      const lake = join(folder, 'recorded');
      const seconds = MINUTES * 60;
      const recorder = run([
        ...['live', 'record', '--symbols', 'ESH6', '--duration', String(seconds), '--json'],
        ...['--lake', lake, '--live-gateway', `${gateway.host}:${gateway.port}`],
      ]);
      const watch = new MemoryWatch({ recorder: recorder.child.pid!, client: process.pid });
      const [replayed, summary] = await Promise.all([
        replaySession(AbortSignal.timeout(seconds * 1000)),
        recorder.done,
      ]);
      const memory = watch.stop();
      const files = recordings(lake);
      const recorded = await recordedEvents(files);
      const told = files.flatMap((file) => readGaps(file));
      const missing = missingOf(source, recorded);
      const disconnects = gateway.connections.filter((c) => c.started && !c.open).length;
      const counted = JSON.parse(summary) as { gaps: unknown[]; connections: number };
      process.stdout.write(
        `${JSON.stringify({
          minutes: MINUTES,
          disconnects,
          replayed: { records: replayed.received.count, gaps: replayed.gaps.length },
          recorded: { records: recorded.length / 56, gaps: told.length, missing: missing.length },
          memory,
        })}\n`,
      );

      expect(missingOf(source, replayed.received.bytes)).toEqual([]);
      expect(replayed.gaps.filter((g) => g.cause !== 'disconnected')).toEqual([]);
      expect(missing.filter((m) => !told.some((gap) => lies(gap, m)))).toEqual([]);
      expect(counted.gaps).toHaveLength(told.length);
      expect(counted.connections - 1).toBe(told.length);
      const least = Math.floor((2 * seconds) / (DISCONNECT_SECONDS + 5)) - 2;
      expect(replayed.gaps.length + told.length).toBeGreaterThanOrEqual(least);
      expect(disconnects - replayed.gaps.length - told.length).toBeLessThanOrEqual(2);
      for (const { middle, end } of Object.values(memory)) {
        expect(end).toBeLessThan(middle * (1 + GROWTH_PART) + GROWTH_MB);
      }
    },
    MINUTES * 60_000 + MARGIN_MS,
  );
});
