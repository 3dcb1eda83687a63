/**
 * 200 viewers of one stream at 40 frames a second: what the server's process costs and how old
 * frames are on arrival.
 *
 * The viewers live in a process of their own. A frame's age is taken against the schedule: frames
 * are due every 25 ms, so `arrival - seq * 25 ms`, less the smallest such value of all, is how late
 * a frame is beyond the quickest one.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { zstdCompressor } from '../src/dbn/index.ts';
import { rawTableFolder } from '../src/lake/index.ts';
import { createVacuumPressureServer } from '../src/serve/index.ts';
import { FuturesDay, futuresFileName, futuresSpecs } from '../src/synth/index.ts';
import { report } from './harness.ts';

const VIEWERS = 200;
const FRAMES_PER_SECOND = 40;
const SECONDS = 8;
/** Time for all viewers to connect and settle, s. */
const SETTLE_SECONDS = 3;
const DT = '2026-01-05';
/** Oldest frame at the 99th percentile, from the specification, ms. */
const MAX_AGE_MS = 250;

interface Arrivals {
  frames: number;
  p50: number;
  p99: number;
  max: number;
  lost: number;
}

async function writeMarket(lake: string): Promise<void> {
  const folder = rawTableFolder(lake, 'future_mbo', 'ES');
  mkdirSync(folder, { recursive: true });
  const day = new FuturesDay(futuresSpecs('ES', DT), {
    seed: 1,
    dt: DT,
    rate: 2000,
    signal: 0.5,
    startNs: 14.49 * 3600e9,
    endNs: 14.52 * 3600e9,
    compress: await zstdCompressor(),
  });
  writeFileSync(join(folder, futuresFileName(DT, 'mbo')), Buffer.concat([...day.pieces()]));
}

/** The viewers' process: connects, settles, then collects arrivals and tells the parent. */
function watch(port: number): void {
  const query = `symbol=ESH6&dt=${DT}&start_time=09:30&speed=1&throttle_ms=25`;
  const url = `ws://127.0.0.1:${port}/v1/vacuum-pressure/stream?${query}`;
  const offsets: number[] = [];
  let measuring = false;
  let lost = 0;
  for (let i = 0; i < VIEWERS; i++) {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    let seq = 0;
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) {
        if (measuring) offsets.push(performance.now() - (seq * 1000) / FRAMES_PER_SECOND);
        return;
      }
      const text = data.toString('latin1', 0, 80);
      const found = /"seq":(\d+)/.exec(text);
      if (!found) return;
      if (measuring && seq > 0) lost += Number(found[1]) - seq - 1;
      seq = Number(found[1]);
    });
  }
  setTimeout(() => {
    measuring = true;
    process.send?.('begin');
  }, SETTLE_SECONDS * 1000);
  setTimeout(
    () => {
      const least = offsets.reduce((a, b) => Math.min(a, b));
      const ages = offsets.map((o) => o - least).sort((a, b) => a - b);
      const at = (part: number) => ages[Math.floor(part * (ages.length - 1))] as number;
      process.send?.({ frames: ages.length, p50: at(0.5), p99: at(0.99), max: at(1), lost });
      setTimeout(() => process.exit(0), 100);
    },
    (SETTLE_SECONDS + SECONDS) * 1000,
  );
}

function arrivalsOf(child: ChildProcess, onBegin: () => void): Promise<Arrivals> {
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      if (message === 'begin') onBegin();
      else resolve(message as Arrivals);
    });
    child.on('exit', () => reject(new Error('the viewers stopped')));
  });
}

async function measure(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'spymaster-fanout-'));
  const lake = join(root, 'lake');
  await writeMarket(lake);
  const server = await createVacuumPressureServer({
    lake,
    cacheFolder: join(root, 'cache'),
    port: 0,
    logLevel: 'warn',
  });
  const child = fork(fileURLToPath(import.meta.url), [String(server.port)]);
  let cpuBefore = process.cpuUsage();
  const arrivals = await arrivalsOf(child, () => {
    cpuBefore = process.cpuUsage();
  });
  const cpu = process.cpuUsage(cpuBefore);
  const cpuPercent = ((cpu.user + cpu.system) / 1e6 / SECONDS) * 100;
  const rss = process.memoryUsage().rss / 1e6;
  await server.close();
  rmSync(root, { recursive: true, force: true });
  const { frames, p50, p99, max, lost } = arrivals;
  const perSecond = frames / SECONDS;
  const verdict = p99 <= MAX_AGE_MS ? 'met' : 'MISSED';
  report({
    group: 'Stream fan-out',
    name: `${VIEWERS} viewers x ${FRAMES_PER_SECOND} frames/s`,
    unit: 'frames',
    count: frames,
    perSecond,
    slowest: perSecond,
    fastest: perSecond,
    nsEach: 1e9 / perSecond,
    megabytesPerSecond: null,
    bytesEach: null,
    residentMegabytes: rss,
    atLeast: VIEWERS * FRAMES_PER_SECOND * 0.98,
    note:
      `server ${cpuPercent.toFixed(0)} % of a core; age p50 ${p50.toFixed(1)} ms, ` +
      `p99 ${p99.toFixed(1)} ms (at most ${MAX_AGE_MS}: ${verdict}), ` +
      `max ${max.toFixed(0)} ms; ${lost} frames lost`,
  });
}

const port = process.argv[2];
if (process.send && port) watch(Number(port));
else await measure();
