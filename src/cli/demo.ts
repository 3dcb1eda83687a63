/**
 * The work of `spymaster demo`: a synthetic market, the real servers on it, and the page's address
 * once frames flow.
 */
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { NS_PER_DAY, NS_PER_SECOND, OperatingError } from '../core/index.ts';
import { loadProducts, productOf, sessionTimeToNs } from '../lake/index.ts';
import { frontSymbol, tradingDays } from '../synth/index.ts';
import { type CommandContext, Interrupted, SafePoint } from './command.ts';
import { portProblem } from './doctor.ts';
import { note, printLine } from './output.ts';
import { serveUntilInterrupted, startStreamServer, startWebServer } from './serve.ts';
import { pageUrl, type StreamParameters, socketUrl } from './stream-urls.ts';
import { writeSyntheticDay } from './synthetic-lake.ts';
import { programVersion } from './version.ts';

/** The market starts this long before playback does, so that the first frame has a past. */
const LEAD_NS = 300 * NS_PER_SECOND;
/** Longest wait for the first frame, ms. */
const FIRST_FRAME_LIMIT_MS = 120_000;

/** Flags of `demo`. */
export interface DemoOptions {
  product: string;
  days: number;
  speed: number;
  startTime: string;
  minutes: number;
  rate: number;
  seed: number;
  signal: number;
}

async function checkPorts(context: CommandContext): Promise<void> {
  const { host, vacuum_pressure_port, web_port } = context.settings;
  const wanted = [
    [vacuum_pressure_port, '--port'],
    [web_port, '--web-port'],
  ] as const;
  for (const [port, flag] of wanted) {
    const problem = await portProblem(port, host);
    if (problem === null) continue;
    const why = problem === 'EADDRINUSE' ? 'another program listens' : problem;
    throw new OperatingError('PORT_IN_USE', `port ${port}: ${why}; choose another with ${flag}`);
  }
}

/** Markets of other flags lie in other folders, so nothing stale is shown. */
function demoLake(context: CommandContext, o: DemoOptions): string {
  const { settings, loaded } = context;
  if (loaded.origins.lake === 'flag') return settings.lake;
  const time = o.startTime.replace(':', '');
  const market = `${o.product}-${time}-${o.minutes}m-rate${o.rate}-signal${o.signal}-seed${o.seed}`;
  return join(settings.cache_dir, 'demo-lake', programVersion(), market);
}

async function makeMarket(context: CommandContext, o: DemoOptions, lake: string): Promise<string> {
  const zone = productOf(loadProducts(context.loaded.configFolder), o.product).session.timeZone;
  const point = new SafePoint(context.signal);
  const dates = tradingDays(o.days);
  for (const dt of dates) {
    const start = Math.max(0, sessionTimeToNs(dt, o.startTime, zone) - LEAD_NS);
    const endNs = Math.min(NS_PER_DAY, start + o.minutes * 60 * NS_PER_SECOND);
    const { seed, rate, signal } = o;
    const day = { root: o.product, dt, seed, rate, signal, startNs: start, endNs };
    await writeSyntheticDay(lake, day, { overwrite: false, point });
  }
  return dates[0]!;
}

/**
 * Watches a stream like a page until its first frame.
 * @throws OperatingError with the server's words.
 */
function firstFrame(url: string, signal: AbortSignal): Promise<void> {
  const socket = new WebSocket(url);
  return new Promise<void>((done, fail) => {
    const failed = (message: string) => fail(new OperatingError('INTERNAL', message));
    const timer = setTimeout(() => failed('no frame came'), FIRST_FRAME_LIMIT_MS);
    signal.addEventListener('abort', () => fail(new Interrupted()), { once: true });
    socket.on('message', (data, isBinary) => {
      const message = isBinary ? { type: 'frame' } : JSON.parse(String(data));
      if (message.type === 'error') failed(`${message.message}; ${message.hint}`);
      if (message.type === 'frame') done();
    });
    socket.on('error', (error) => failed(error.message));
    socket.on('close', () => {
      clearTimeout(timer);
      failed('the stream ended before its first frame');
    });
  }).finally(() => socket.close());
}

async function serveDemo(context: CommandContext, o: DemoOptions): Promise<void> {
  const { settings, loaded, signal } = context;
  await checkPorts(context);
  const lake = demoLake(context, o);
  note('spymaster: making a synthetic market');
  const dt = await makeMarket(context, o, lake);
  const parameters: StreamParameters = {
    product_type: 'future_mbo',
    symbol: frontSymbol(o.product, dt),
    dt,
    start_time: o.startTime,
    speed: String(o.speed),
  };
  const web = await startWebServer(loaded);
  try {
    const streams = await startStreamServer(loaded, lake, parameters as Record<string, string>);
    const at = { host: settings.host, streamPort: streams.port, webPort: web.port };
    try {
      await firstFrame(socketUrl(at, parameters), signal);
      await printLine(`\n  ${pageUrl(at, parameters)}\n\nCtrl-C stops everything.`);
    } catch (error) {
      await streams.close();
      throw error;
    }
    await serveUntilInterrupted(signal, [streams]);
  } finally {
    await web.close();
  }
}

/** Runs the demo until the user interrupts, at any stage. */
export async function runDemo(context: CommandContext, options: DemoOptions): Promise<number> {
  const quiet = context.loaded.origins.log_level === 'default';
  if (quiet) context.settings.log_level = 'warn';
  try {
    await serveDemo(context, options);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  }
  note('spymaster: stopped');
  return 0;
}
