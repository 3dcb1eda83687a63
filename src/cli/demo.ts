/**
 * The work of `spymaster demo`: synthetic days, the real servers on them, the tables, the forecast
 * and its report; the address of each page as soon as its frames flow.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { OperatingError } from '../core/index.ts';
import { MIN_DAYS } from '../forecast/index.ts';
import { forecastFolder, loadParameters } from '../pipeline/index.ts';
import { frontSymbol } from '../synth/index.ts';
import { type CommandContext, Interrupted } from './command.ts';
import { firstFrame } from './demo-frames.ts';
import { type DemoMarket, type DemoOptions, type DemoStep, planDemo } from './demo-market.ts';
import { runStep } from './demo-steps.ts';
import { portProblem } from './doctor.ts';
import { note, printLine } from './output.ts';
import {
  serveUntilInterrupted,
  startStreamServer,
  startVelocityServer,
  startWebServer,
} from './serve.ts';
import {
  type Addresses,
  pageUrl,
  socketUrl,
  velocityPageUrl,
  velocitySocketUrl,
} from './stream-urls.ts';

/** File that says that a market was made to its end, and which. */
const WHOLE_FILE = '.demo-whole';

async function checkPorts(context: CommandContext): Promise<void> {
  const { host, vacuum_pressure_port, velocity_port, web_port } = context.settings;
  const wanted = [
    [vacuum_pressure_port, '--port'],
    [velocity_port, '--velocity-port'],
    [web_port, '--web-port'],
  ] as const;
  for (const [port, flag] of wanted) {
    const problem = await portProblem(port, host);
    if (problem === null) continue;
    const why = problem === 'EADDRINUSE' ? 'another program listens' : problem;
    throw new OperatingError('PORT_IN_USE', `port ${port}: ${why}; choose another with ${flag}`);
  }
}

/** Makes parts of a market, one after the other, unless an earlier start did. */
class DemoMaker {
  /** An earlier start made everything. */
  readonly whole: boolean;
  private readonly market: DemoMarket;
  private readonly signal: AbortSignal;

  constructor(market: DemoMarket, signal: AbortSignal) {
    const file = join(market.lake, WHOLE_FILE);
    this.whole = existsSync(file) && readFileSync(file, 'utf8') === market.name;
    this.market = market;
    this.signal = signal;
  }

  async make(steps: readonly DemoStep[]): Promise<void> {
    if (this.whole) return;
    for (const step of steps) await runStep(step, this.signal);
  }

  /** Notes that everything was made. */
  finish(): void {
    if (!this.whole) writeFileSync(join(this.market.lake, WHOLE_FILE), this.market.name);
  }
}

/** What is known of the forecast, in words; makes it when the days are enough. */
async function makeForecast(maker: DemoMaker, market: DemoMarket, root: string): Promise<string> {
  const { dates, lake, forecast } = market;
  if (dates.length < MIN_DAYS) {
    return `none: it takes ${MIN_DAYS} days at least (--days ${MIN_DAYS})`;
  }
  try {
    await maker.make(forecast);
    if (!maker.whole) note('spymaster: Restart Stream on the velocity page takes the forecast up');
    const { status, reasons } = loadParameters(lake, root).parameters;
    return status === 'proven' ? 'proven on days held out' : `unproven: ${reasons.join('; ')}`;
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    return `none: ${(error as Error).message}`;
  }
}

/** What both streams are opened with. */
function streamOf(market: DemoMarket, o: DemoOptions): Record<string, string> {
  return {
    product_type: 'future_mbo',
    symbol: frontSymbol(o.product, market.shown),
    dt: market.shown,
    start_time: o.startTime,
    speed: String(o.speed),
  };
}

/** The servers, on a lake that holds the orders of the shown day at least. */
async function startServers(context: CommandContext, lake: string, stream: Record<string, string>) {
  const { loaded, settings } = context;
  const servers: { port: number; close(): Promise<void> }[] = [];
  const close = async () => {
    for (const server of servers) await server.close();
  };
  try {
    servers.push(await startWebServer(loaded));
    servers.push(await startStreamServer(loaded, lake, stream));
    servers.push(await startVelocityServer(loaded, lake, stream, true));
  } catch (error) {
    await close();
    throw error;
  }
  const [webPort, streamPort, velocityPort] = servers.map(({ port }) => port);
  return { at: { host: settings.host, webPort, streamPort, velocityPort } as Addresses, close };
}

async function serveDemo(context: CommandContext, o: DemoOptions): Promise<void> {
  const { signal } = context;
  await checkPorts(context);
  const market = planDemo(context, o);
  const maker = new DemoMaker(market, signal);
  await maker.make(market.orders);
  const stream = streamOf(market, o);
  const { at, close } = await startServers(context, market.lake, stream);
  try {
    await firstFrame(socketUrl(at, stream), signal);
    await printLine(`vacuum pressure  ${pageUrl(at, stream)}`);
    await maker.make(market.tables);
    await firstFrame(velocitySocketUrl(at, stream), signal);
    await printLine(`velocity         ${velocityPageUrl(at, stream)}`);
    await maker.make(market.otherDays);
    await printLine(`forecast         ${await makeForecast(maker, market, o.product)}`);
    const report = join(forecastFolder(market.lake, o.product), 'report.html');
    if (existsSync(report)) await printLine(`report           ${pathToFileURL(resolve(report))}`);
    maker.finish();
    await printLine('\nCtrl-C stops everything.');
    await serveUntilInterrupted(signal, []);
  } finally {
    await close();
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
