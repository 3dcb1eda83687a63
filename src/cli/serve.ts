/**
 * The work of `spymaster serve velocity|vacuum-pressure|web|all`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OperatingError } from '../core/index.ts';
import {
  findProduct,
  listPublishedDays,
  listSessions,
  loadProducts,
  packageRoot,
  parseDate,
  parseProductType,
} from '../lake/index.ts';
import {
  createVacuumPressureServer,
  createVelocityServer,
  createWebServer,
  type RunningServer,
  type StreamDefaults,
  type VelocityDefaults,
} from '../serve/index.ts';
import { parseCoefficients } from '../vacuum-pressure/index.ts';
import type { CommandContext } from './command.ts';
import { liveGateway } from './live-request.ts';
import { note, printLine } from './output.ts';
import type { LoadedSettings } from './settings.ts';
import {
  type Addresses,
  pageUrl,
  type StreamParameters,
  socketUrl,
  velocityPageUrl,
  velocitySocketUrl,
} from './stream-urls.ts';

const BYTES_PER_GB = 1e9;

/** Flags that set the defaults of streams. */
export interface PlaybackOptions {
  productType: string;
  symbol?: string;
  dt?: string;
  startTime?: string;
  speed: number;
}

/** Flags of `serve vacuum-pressure`. */
export interface ServeOptions extends PlaybackOptions {
  throttleMs: number;
}

/** Flags of `serve velocity`. */
export interface VelocityOptions extends PlaybackOptions {
  skipMinutes: number;
  allowUnproven?: boolean;
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
  const gateway = liveGateway(settings);
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
    live: { key: settings.databento_api_key, ...(gateway && { gateway }) },
  });
}

/**
 * What velocity streams take for parameters they leave out: the flags, else the first root that has
 * a surface, and its last day.
 */
export async function velocityDefaults(
  loaded: LoadedSettings,
  lake: string,
  options: VelocityOptions,
): Promise<VelocityDefaults> {
  const productType = parseProductType(options.productType);
  const products = loadProducts(loaded.configFolder);
  const table = { layer: 'gold', productType, table: 'physics_surface_1s' } as const;
  const rootOf = (symbol: string) => findProduct(products, symbol)?.root;
  const wanted = options.symbol === undefined ? undefined : rootOf(options.symbol);
  const days = (await listPublishedDays(lake, table)).filter((day) => {
    const root = rootOf(day.symbol);
    return root !== undefined && (wanted === undefined || root === wanted);
  });
  const symbol = options.symbol ?? (days[0] && rootOf(days[0].symbol));
  const root = symbol === undefined ? undefined : rootOf(symbol);
  const dates = days.filter((day) => rootOf(day.symbol) === root).map((day) => day.dt);
  const dt = options.dt === undefined ? dates.sort().at(-1) : parseDate(options.dt);
  return {
    product_type: productType,
    speed: String(options.speed),
    ...(symbol ? { symbol } : {}),
    ...(dt ? { dt } : {}),
    ...(options.startTime ? { start_time: options.startTime } : {}),
    ...(options.skipMinutes > 0 ? { skip_minutes: String(options.skipMinutes) } : {}),
  };
}

/** Starts the velocity server with the settings. @throws OperatingError PORT_IN_USE, USAGE. */
export function startVelocityServer(
  loaded: LoadedSettings,
  lake: string,
  defaults: VelocityDefaults,
  allowUnproven: boolean,
): Promise<RunningServer> {
  const { settings } = loaded;
  return createVelocityServer({
    lake,
    host: settings.host,
    port: settings.velocity_port,
    token: settings.token || null,
    origins: settings.allowed_origins,
    defaults,
    products: loadProducts(loaded.configFolder),
    logLevel: settings.log_level,
    allowUnproven,
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
  const ports = [settings.velocity_port, settings.vacuum_pressure_port];
  const streams = isLocal ? [] : ports.map((port) => `ws://${settings.host}:${port}`);
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

async function printVelocityUrls(at: Addresses, defaults: VelocityDefaults): Promise<void> {
  const parameters = { ...defaults } as StreamParameters;
  await printLine(`page    ${velocityPageUrl(at, parameters)}`);
  await printLine(`socket  ${velocitySocketUrl(at, parameters)}`);
}

function noteEmptyLake(lake: string, defaults: StreamDefaults): void {
  if (defaults.dt) return;
  note(`spymaster: no raw data in ${lake} yet: \`spymaster synth\` writes a synthetic market`);
}

function noteNoTables(lake: string, defaults: VelocityDefaults): void {
  if (defaults.dt) return;
  note(`spymaster: no surfaces in ${lake} yet: \`spymaster pipeline run\` makes them of raw data`);
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
  const { host, web_port: webPort, velocity_port: velocityPort } = settings;
  await printUrls({ host, streamPort: server.port, velocityPort, webPort }, defaults);
  await serveUntilInterrupted(signal, [server]);
}

/** `serve velocity`. */
export async function serveVelocity(
  context: CommandContext,
  options: VelocityOptions,
): Promise<undefined> {
  const { settings, loaded, signal } = context;
  const { lake } = settings;
  const defaults = await velocityDefaults(loaded, lake, options);
  const server = await startVelocityServer(loaded, lake, defaults, options.allowUnproven ?? false);
  noteNoTables(lake, defaults);
  const { host, web_port: webPort, vacuum_pressure_port: streamPort } = settings;
  await printVelocityUrls({ host, streamPort, velocityPort: server.port, webPort }, defaults);
  await serveUntilInterrupted(signal, [server]);
}

/** `serve web`. */
export async function serveWeb(context: CommandContext): Promise<undefined> {
  const { settings, loaded, signal } = context;
  const server = await startWebServer(loaded);
  const { host, vacuum_pressure_port: streamPort, velocity_port: velocityPort } = settings;
  const at = { host, streamPort, velocityPort, webPort: server.port };
  await printLine(`page    ${velocityPageUrl(at, {})}`);
  await printLine(`page    ${pageUrl(at, {})}`);
  await serveUntilInterrupted(signal, [server]);
}

/** `serve all`: when one server cannot start, none stays. */
export async function serveAll(
  context: CommandContext,
  options: ServeOptions & VelocityOptions,
): Promise<undefined> {
  const { settings, loaded, signal } = context;
  const { lake, host } = settings;
  const defaults = streamDefaults(lake, options);
  const ofVelocity = await velocityDefaults(loaded, lake, options);
  const servers: Closable[] = [];
  try {
    const web = await startWebServer(loaded);
    servers.push(web);
    const allowUnproven = options.allowUnproven ?? false;
    const velocity = await startVelocityServer(loaded, lake, ofVelocity, allowUnproven);
    servers.push(velocity);
    const streams = await startStreamServer(loaded, lake, defaults);
    servers.push(streams);
    noteEmptyLake(lake, defaults);
    noteNoTables(lake, ofVelocity);
    const ports = { streamPort: streams.port, velocityPort: velocity.port, webPort: web.port };
    await printVelocityUrls({ host, ...ports }, ofVelocity);
    await printUrls({ host, ...ports }, defaults);
    await interrupted(signal);
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}
