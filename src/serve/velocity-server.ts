/**
 * The velocity server: its kind of streams, and its start.
 */
import { loadProducts, type Products } from '../lake/index.ts';
import { VELOCITY_BLOCK_BYTES, VELOCITY_WIRE_INTERVAL_MS } from './limits.ts';
import type { PlaybackRequest } from './query-parameters.ts';
import { listStreams } from './session-list.ts';
import {
  type KindTools,
  type RunningServer,
  type ServerKind,
  type ServerOptions,
  startStreamServer,
} from './stream-server.ts';
import { VelocityBlocks } from './velocity-blocks.ts';
import { velocityActivity, velocityConfig } from './velocity-opening.ts';
import { VelocityPlayer, WINDOW_WRITER, type WindowFrame } from './velocity-player.ts';
import { parseVelocityQuery, type VelocityDefaults } from './velocity-query.ts';
import { VelocityReader } from './velocity-reader.ts';
import { VelocityRegistry } from './velocity-registry.ts';
import { gridOfVelocity, type VelocityStream } from './velocity-stream.ts';

/** How the server is set up. */
export interface VelocityServerOptions extends ServerOptions {
  /** Parameters that requests may leave out. */
  defaults?: VelocityDefaults;
  /** Default: those of the shipped configuration. */
  products?: Products;
  /** Sends forecasts that were not proven, called so; default: it does not. */
  allowUnproven?: boolean;
  /** Bytes of encoded windows that are held; default 64 MiB. */
  blockBytes?: number;
}

/** Port of the stream when none is given. */
export const VELOCITY_PORT = 8001;
/** Path of the stream. */
export const VELOCITY_PATH = '/v1/velocity/stream';

function kindOf(
  options: VelocityServerOptions,
  { log, metrics, version }: KindTools,
): ServerKind<VelocityStream, WindowFrame, PlaybackRequest> {
  const { lake, allowUnproven = false, products = loadProducts() } = options;
  const reader = new VelocityReader((key, err) => {
    log.error({ err }, 'a table is not what its manifest says');
    registry.fail(key, err);
  });
  const registry = new VelocityRegistry({ lake, products, allowUnproven }, reader);
  const blocks = new VelocityBlocks(reader, options.blockBytes ?? VELOCITY_BLOCK_BYTES);
  return {
    name: 'velocity',
    path: VELOCITY_PATH,
    port: VELOCITY_PORT,
    writer: WINDOW_WRITER,
    wireIntervalMs: VELOCITY_WIRE_INTERVAL_MS,
    preparing: 'reading the first windows',
    gridOf: gridOfVelocity,
    parse: (query) => parseVelocityQuery(query, options.defaults ?? {}),
    openStream: (request) => registry.open(request),
    opening: (stream, playback) => [
      velocityConfig(stream, playback, version),
      velocityActivity(stream),
    ],
    open: (stream, { seq }) => VelocityPlayer.open(stream, seq, blocks, metrics),
    sessions: () => listStreams(lake, products, allowUnproven),
    ready: () => reader.ready(),
    close: () => reader.close(),
  };
}

/**
 * Starts the server.
 * @throws OperatingError USAGE (access rules), PORT_IN_USE, CONFIG, INTERNAL when the reading
 * thread was not built.
 */
export function createVelocityServer(options: VelocityServerOptions): Promise<RunningServer> {
  return startStreamServer(options, 'velocity', (tools) => kindOf(options, tools));
}
