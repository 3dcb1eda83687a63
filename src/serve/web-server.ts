/**
 * The page's server: the built files with headers that let nothing else in.
 */
import { existsSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import Fastify, { type FastifyInstance } from 'fastify';
import { OperatingError } from '../core/index.ts';
import { isLoopback } from './access.ts';
import { boundPort, listenFailed } from './listen.ts';
import { createLogger, type LogLevel } from './logger.ts';

/** Port of the page when none is given. */
export const WEB_PORT = 5174;
/** What `/` is: the velocity page. */
const FIRST_PAGE = 'index.html';
/** Built assets carry a hash in their name: they never change, s. */
const ASSET_MAX_AGE_S = 31_536_000;

/** How the page is served. */
export interface WebServerOptions {
  /** Folder of the built page, `dist/web`. */
  folder: string;
  host?: string;
  /** 0 = any free one. Default 5174. */
  port?: number;
  /**
   * Origins of streams that the page may connect to, beside this host on any port:
   * `ws://desk:8002`.
   */
  streams?: readonly string[];
  logLevel?: LogLevel;
}

/** A running page server. */
export interface RunningWebServer {
  host: string;
  port: number;
  close(): Promise<void>;
}

function policyOf(streams: readonly string[]): string {
  const sockets = ['ws://localhost:*', 'ws://127.0.0.1:*', ...streams].join(' ');
  return [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    `connect-src 'self' ${sockets}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

async function makeApp(options: WebServerOptions): Promise<FastifyInstance> {
  const app = Fastify({ logger: false, forceCloseConnections: true });
  const policy = policyOf(options.streams ?? []);
  app.addHook('onSend', async (_, reply) => {
    reply.header('content-security-policy', policy);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
    reply.header('cross-origin-opener-policy', 'same-origin');
  });
  await app.register(fastifyStatic, {
    root: options.folder,
    index: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isAsset = path.includes('/assets/');
      const cache = isAsset ? `public, max-age=${ASSET_MAX_AGE_S}, immutable` : 'no-cache';
      reply.header('cache-control', cache);
    },
  });
  app.get('/', async (_, reply) => reply.sendFile(FIRST_PAGE));
  app.get('/health', async () => ({ status: 'ready', reasons: [] }));
  return app;
}

/**
 * Serves the built page.
 * @throws OperatingError FILE_READ when the page was not built, PORT_IN_USE.
 */
export async function createWebServer(options: WebServerOptions): Promise<RunningWebServer> {
  const { host = '127.0.0.1', port = WEB_PORT } = options;
  if (!existsSync(options.folder)) {
    const message = `${options.folder}: the page is not built: run \`npm run build\``;
    throw new OperatingError('FILE_READ', message);
  }
  const log = createLogger(options.logLevel ?? 'info');
  if (!isLoopback(host)) log.warn({ host }, 'the page is open to others; streams need their token');
  const app = await makeApp(options);
  try {
    await app.listen({ host, port });
  } catch (cause) {
    throw listenFailed(port, cause);
  }
  const bound = boundPort(app) ?? port;
  log.info({ host, port: bound }, 'page server listens');
  return { host, port: bound, close: () => app.close() };
}
