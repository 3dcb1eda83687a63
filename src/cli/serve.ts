/**
 * The work of `spymaster serve vacuum-pressure|web|all`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OperatingError } from '../core/index.ts';
import {
  listSessions,
  loadProducts,
  packageRoot,
  parseDate,
  parseProductType,
} from '../lake/index.ts';
import {
  createVacuumPressureServer,
  createWebServer,
  type RunningServer,
  type StreamDefaults,
} from '../serve/index.ts';
import { parseCoefficients } from '../vacuum-pressure/index.ts';
import type { CommandContext } from './command.ts';
import { note, printLine } from './output.ts';
import type { LoadedSettings } from './settings.ts';
import { type Addresses, pageUrl, type StreamParameters, socketUrl } from './stream-urls.ts';

const BYTES_PER_GB = 1e9;

/** Flags that set the defaults of streams. */
export interface ServeOptions {
  productType: string;
  symbol?: string;
  dt?: string;
  startTime?: string;
  speed: number;
  throttleMs: number;
}

/** A server that can be closed. */
interface Closable {
  close(): Promise<void>;
}

/** Resolves once the user interrupts. */
function interrupted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }));
}

/** Runs until the user interrupts, then closes everything. */
export async function serveUntilInterrupted(
  signal: AbortSignal,
  servers: readonly Closable[],
): Promise<void> {
  await interrupted(signal);
  await Promise.all(servers.map((server) => server.close()));
}

/**
 * What streams take for parameters they leave out: the flags, else the lake's first root and its
 * last day.
 */
export function streamDefaults(lake: string, options: ServeOptions): StreamDefaults {
  const productType = parseProductType(options.productType);
  const there = listSessions(lake).filter((s) => s.productType === productType);
  const fits = (root: string) => options.symbol === undefined || options.symbol.startsWith(root);
  const session = there.find((s) => fits(s.root)) ?? there[0];
  const symbol = options.symbol ?? session?.root;
  const dt = options.dt === undefined ? session?.dates.at(-1) : parseDate(options.dt);
  return {
    product_type: productType,
    speed: String(options.speed),
    throttle_ms: String(options.throttleMs),
    ...(symbol ? { symbol } : {}),
    ...(dt ? { dt } : {}),
    ...(options.startTime ? { start_time: options.startTime } : {}),
  };
}

/** Starts the stream server with the settings. @throws OperatingError PORT_IN_USE, USAGE. */
export function startStreamServer(
  loaded: LoadedSettings,
  lake: string,
  defaults: StreamDefaults,
): Promise<RunningServer> {
  const { settings } = loaded;
  return createVacuumPressureServer({
    lake,
    cacheFolder: settings.cache_dir,
    cacheBytes: settings.cache_max_gb * BYTES_PER_GB,
    host: settings.host,
    port: settings.vacuum_pressure_port,
    token: settings.token || null,
    origins: settings.allowed_origins,
    defaults,
    products: loadProducts(loaded.configFolder),
    logLevel: settings.log_level,
    coefficients: parseCoefficients(settings.vacuum_pressure.coefficients),
  });
}

/** Starts the page server. @throws OperatingError FILE_NOT_FOUND when the page was not built. */
export function startWebServer(loaded: LoadedSettings) {
  const { settings } = loaded;
  const folder = join(packageRoot(), 'dist', 'web');
  if (!existsSync(join(folder, 'vacuum-pressure.html'))) {
    throw new OperatingError('FILE_NOT_FOUND', `${folder}: the page is not built: npm run build`);
  }
  const isLocal = settings.host === '127.0.0.1' || settings.host === 'localhost';
  const streams = isLocal ? [] : [`ws://${settings.host}:${settings.vacuum_pressure_port}`];
  return createWebServer({
    folder,
    host: settings.host,
    port: settings.web_port,
    streams,
    logLevel: settings.log_level,
  });
}

async function printUrls(at: Addresses, defaults: StreamDefaults): Promise<void> {
  const parameters = { ...defaults } as StreamParameters;
  await printLine(`page    ${pageUrl(at, parameters)}`);
  await printLine(`socket  ${socketUrl(at, parameters)}`);
}

function noteEmptyLake(lake: string, defaults: StreamDefaults): void {
  if (defaults.dt) return;
  note(`spymaster: no raw data in ${lake} yet: \`spymaster synth\` writes a synthetic market`);
}

/** `serve vacuum-pressure`. */
export async function serveVacuumPressure(
  context: CommandContext,
  options: ServeOptions,
): Promise<undefined> {
  const { settings, loaded, signal } = context;
  const defaults = streamDefaults(settings.lake, options);
  const server = await startStreamServer(loaded, settings.lake, defaults);
  noteEmptyLake(settings.lake, defaults);
  const at = { host: settings.host, streamPort: server.port, webPort: settings.web_port };
  await printUrls(at, defaults);
  await serveUntilInterrupted(signal, [server]);
}

/** `serve web`. */
export async function serveWeb(context: CommandContext): Promise<undefined> {
  const { settings, loaded, signal } = context;
  const server = await startWebServer(loaded);
  const streamPort = settings.vacuum_pressure_port;
  const at = { host: settings.host, streamPort, webPort: server.port };
  await printLine(`page    ${pageUrl(at, {})}`);
  await serveUntilInterrupted(signal, [server]);
}

/** `serve all`: when one server cannot start, none stays. */
export async function serveAll(context: CommandContext, options: ServeOptions): Promise<undefined> {
  const { settings, loaded, signal } = context;
  const defaults = streamDefaults(settings.lake, options);
  const web = await startWebServer(loaded);
  try {
    const streams = await startStreamServer(loaded, settings.lake, defaults);
    noteEmptyLake(settings.lake, defaults);
    const at = { host: settings.host, streamPort: streams.port, webPort: web.port };
    await printUrls(at, defaults);
    await serveUntilInterrupted(signal, [streams]);
  } finally {
    await web.close();
  }
}
