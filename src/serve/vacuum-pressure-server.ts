/**
 * The vacuum-pressure server: its kind of streams, and its start.
 */
import { join } from 'node:path';
import { loadProducts, type Products } from '../lake/index.ts';
import type { Coefficients } from '../vacuum-pressure/index.ts';
import type { GridFrame } from './grid-frame.ts';
import { GRID_WRITER } from './grid-update.ts';
import { WIRE_INTERVAL_MS } from './limits.ts';
import { LiveFeeds, type LiveSettings } from './live-feeds.ts';
import { runtimeConfig, sessionActivity } from './opening-messages.ts';
import { Player } from './player.ts';
import { listStreams } from './session-list.ts';
import { gridOfStream, type OpenStream } from './stream.ts';
import { parseStreamQuery, type StreamDefaults, type StreamRequest } from './stream-query.ts';
import { StreamRegistry } from './stream-registry.ts';
import {
  type KindTools,
  type RunningServer,
  type ServerKind,
  type ServerOptions,
  startStreamServer,
} from './stream-server.ts';

/** How the server is set up. */
export interface VacuumPressureServerOptions extends ServerOptions {
  /** Folder for decoded days and checkpoints; made when missing. */
  cacheFolder: string;
  /** Bytes that the cache folder may hold. */
  cacheBytes?: number;
  /** Records between two engine checkpoints; default 250,000. */
  checkpointRecords?: number;
  /** Parameters that requests may leave out. */
  defaults?: StreamDefaults;
  /** Default: those of the shipped configuration. */
  products?: Products;
  /** Weights of pressure and vacuum; default: the published ones. */
  coefficients?: Coefficients;
  /** How to reach the vendor's live gateway; without it `source=live` is refused. */
  live?: LiveSettings;
}

/** Folder of the live sessions within the cache. */
const LIVE_FOLDER = 'live';

/** Port of the stream when none is given. */
export const VACUUM_PRESSURE_PORT = 8002;
/** Path of the stream. */
export const VACUUM_PRESSURE_PATH = '/v1/vacuum-pressure/stream';

function kindOf(
  options: VacuumPressureServerOptions,
  { log, metrics, version, clock }: KindTools,
): ServerKind<OpenStream, GridFrame, StreamRequest> {
  const products = options.products ?? loadProducts();
  const feeds = new LiveFeeds({
    settings: options.live ?? { key: '' },
    folder: join(options.cacheFolder, LIVE_FOLDER),
    clock,
    metrics,
    log,
  });
  const registry = new StreamRegistry({
    feeds,
    lake: options.lake,
    products,
    version,
    cacheFolder: options.cacheFolder,
    ...(options.cacheBytes === undefined ? {} : { cacheBytes: options.cacheBytes }),
    ...(options.coefficients && { coefficients: options.coefficients }),
    ...(options.checkpointRecords && { checkpointRecords: options.checkpointRecords }),
    now: () => new Date(),
    onCacheFailure: (err) => log.warn({ err }, 'a checkpoint was not written'),
  });
  return {
    name: 'vacuum_pressure',
    path: VACUUM_PRESSURE_PATH,
    port: VACUUM_PRESSURE_PORT,
    writer: GRID_WRITER,
    wireIntervalMs: WIRE_INTERVAL_MS,
    preparing: "building the book from the session's beginning",
    gridOf: gridOfStream,
    parse: (query) => parseStreamQuery(query, options.defaults ?? {}),
    openStream: (request, onPreparing) => registry.open(request, onPreparing),
    opening: (stream, playback) => [
      runtimeConfig(stream, playback, version),
      sessionActivity(stream),
    ],
    open: (stream, start) => Player.open(stream, start, metrics),
    sessions: () => listStreams(options.lake, products, false),
    reasons: () => feeds.reasons(),
    close: () => registry.close(),
  };
}

/**
 * Starts the server.
 * @throws OperatingError USAGE (access rules), PORT_IN_USE, CONFIG.
 */
export function createVacuumPressureServer(
  options: VacuumPressureServerOptions,
): Promise<RunningServer> {
  return startStreamServer(options, 'vacuum_pressure', (tools) => kindOf(options, tools));
}
