/**
 * 20 viewers of the velocity stream at speed 100: 100 windows a second each, what the server's
 * process costs (its reading thread included) and how old windows are on arrival; and how soon
 * after connecting the first window is there.
 *
 * The viewers live in a process of their own. A window's age is taken against the schedule: windows
 * are due every 10 ms, so `arrival - seq * 10 ms`, less the smallest such value of all, is how late
 * a window is beyond the quickest one.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { createVelocityServer } from '../src/serve/index.ts';
import { report } from './harness.ts';
import { DT, makeVelocityLake } from './velocity-lake.ts';

const VIEWERS = 20;
const SPEED = 100;
const SECONDS = 8;
/** Time for all viewers to connect and settle, s. */
const SETTLE_SECONDS = 3;
const WINDOWS = (SECONDS + SETTLE_SECONDS + 4) * SPEED;

interface Arrivals {
  windows: number;
  p50: number;
  p99: number;
  lost: number;
  bytesEach: number;
  firstMs: number;
}

/** The viewers' process: connects, settles, then collects arrivals and tells the parent. */
function watch(port: number): void {
  const url = `ws://127.0.0.1:${port}/v1/velocity/stream?symbol=ESH6&dt=${DT}&speed=${SPEED}`;
  const offsets: number[] = [];
  let measuring = false;
  let lost = 0;
  let bytes = 0;
  let firstMs = Number.NaN;
  const started = performance.now();
  for (let i = 0; i < VIEWERS; i++) {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    let last = 0;
    socket.on('message', (data: Buffer, isBinary) => {
      if (measuring) bytes += data.length;
      if (isBinary) return;
      const head = data.toString('latin1', 0, 80);
      const found = /"batch_start".*?"seq":(\d+)/.exec(head);
      if (!found) return;
      if (Number.isNaN(firstMs)) firstMs = performance.now() - started;
      const seq = Number(found[1]);
      if (measuring) {
        offsets.push(performance.now() - (seq * 1000) / SPEED);
        if (last > 0) lost += seq - last - 1;
      }
      last = seq;
    });
  }
  setTimeout(() => {
    measuring = true;
    process.send?.('begin');
  }, SETTLE_SECONDS * 1000);
  setTimeout(
    () => {
      measuring = false;
      const least = offsets.reduce((a, b) => Math.min(a, b));
      const ages = offsets.map((o) => o - least).sort((a, b) => a - b);
      const at = (part: number) => ages[Math.floor(part * (ages.length - 1))] as number;
      const bytesEach = bytes / ages.length;
      const arrivals: Arrivals = {
        windows: ages.length,
        p50: at(0.5),
        p99: at(0.99),
        lost,
        bytesEach,
        firstMs,
      };
      process.send?.(arrivals);
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
  const root = mkdtempSync(join(tmpdir(), 'spymaster-velocity-'));
  const lake = join(root, 'lake');
  await makeVelocityLake(lake, WINDOWS);
  const server = await createVelocityServer({ lake, port: 0, logLevel: 'warn' });
  const child = fork(fileURLToPath(import.meta.url), [String(server.port)]);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  let cpuBefore = process.cpuUsage();
  let loopBefore = performance.eventLoopUtilization();
  const arrivals = await arrivalsOf(child, () => {
    cpuBefore = process.cpuUsage();
    loopBefore = performance.eventLoopUtilization();
    delay.enable();
  });
  const cpu = process.cpuUsage(cpuBefore);
  const loop = performance.eventLoopUtilization(loopBefore).utilization * 100;
  const cpuPercent = ((cpu.user + cpu.system) / 1e6 / SECONDS) * 100;
  const delayMs = delay.percentile(99) / 1e6;
  const rss = process.memoryUsage().rss / 1e6;
  await server.close();
  rmSync(root, { recursive: true, force: true });
  const perSecond = arrivals.windows / SECONDS;
  report({
    group: 'Stream fan-out',
    name: `velocity, ${VIEWERS} viewers x ${SPEED} windows/s`,
    unit: 'windows',
    count: arrivals.windows,
    perSecond,
    slowest: perSecond,
    fastest: perSecond,
    nsEach: 1e9 / perSecond,
    megabytesPerSecond: (perSecond * arrivals.bytesEach) / 1e6,
    bytesEach: null,
    residentMegabytes: rss,
    atLeast: VIEWERS * SPEED * 0.98,
    note:
      `server ${cpuPercent.toFixed(0)} % of a core, event loop busy ${loop.toFixed(0)} %, ` +
      `its delay p99 ${delayMs.toFixed(1)} ms; age p50 ${arrivals.p50.toFixed(1)} ms, ` +
      `p99 ${arrivals.p99.toFixed(1)} ms; first window after ${arrivals.firstMs.toFixed(0)} ms; ` +
      `${(arrivals.bytesEach / 1000).toFixed(1)} kB a window; ${arrivals.lost} lost`,
  });
}

const port = process.argv[2];
if (process.send && port) watch(Number(port));
else await measure();
