/**
 * The vacuum-pressure server: routes, sockets, start and stop. What a stream does is in
 * stream-session.ts.
 */
import websocket from '@fastify/websocket';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import { OperatingError } from '../core/index.ts';
import { listSessions, loadProducts, type Products } from '../lake/index.ts';
import type { Coefficients } from '../vacuum-pressure/index.ts';
import { type AccessRules, checkAccessRules, refusalOf } from './access.ts';
import { type Health, HealthWatch } from './health.ts';
import { Hub } from './hub.ts';
import { keepAlive } from './keep-alive.ts';
import { MAX_CLIENT_MESSAGE_BYTES, MAX_VIEWERS } from './limits.ts';
import { createLogger, type LogLevel } from './logger.ts';
import { createMetrics, type ServeMetrics } from './metrics.ts';
import { RequestError } from './request-error.ts';
import { serverVersion } from './server-version.ts';
import { SocketWire } from './socket-wire.ts';
import type { RawQuery, StreamDefaults } from './stream-query.ts';
import { StreamRegistry } from './stream-registry.ts';
import { type SessionDeps, StreamSession } from './stream-session.ts';
import { systemClock, type WallClock } from './wall-clock.ts';

/** How the server is set up. */
export interface VacuumPressureServerOptions {
  /** Root folder of the lake. */
  lake: string;
  /** Folder for decoded days and checkpoints; made when missing. */
  cacheFolder: string;
  /** Bytes that the cache folder may hold. */
  cacheBytes?: number;
  /** Records between two engine checkpoints; default 250,000. */
  checkpointRecords?: number;
  /** Default: this machine only. */
  host?: string;
  /** 0 = any free one. Default 8002. */
  port?: number;
  /** Required when `host` is not this machine's. */
  token?: string | null;
  /** Further origins whose pages may connect. */
  origins?: readonly string[];
  /** Parameters that requests may leave out. */
  defaults?: StreamDefaults;
  /** Default: those of the shipped configuration. */
  products?: Products;
  /** Weights of pressure and vacuum; default: the published ones. */
  coefficients?: Coefficients;
  logLevel?: LogLevel;
  clock?: WallClock;
}

/** A running server. */
export interface RunningServer {
  host: string;
  port: number;
  metrics: ServeMetrics;
  /** Closes sockets and files; resolves when all is written. */
  close(): Promise<void>;
}

/** Port of the stream when none is given. */
export const VACUUM_PRESSURE_PORT = 8002;
/** Time for the last frames and the goodbye to leave, ms. */
const GOODBYE_MS = 100;
/** Path of the stream. */
export const VACUUM_PRESSURE_PATH = '/v1/vacuum-pressure/stream';

/** Says which port is taken instead of an errno. */
export function listenFailed(port: number, cause: unknown): unknown {
  if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') return cause;
  const message = `port ${port} is in use: stop the other program or choose another port`;
  return new OperatingError('PORT_IN_USE', message, { cause });
}

/** The port that was bound, once it listens. */
export function boundPort(app: FastifyInstance): number | undefined {
  const address = app.server.address();
  return typeof address === 'object' ? address?.port : undefined;
}

class VacuumPressureServer {
  private readonly options: VacuumPressureServerOptions;
  private readonly rules: AccessRules;
  private readonly log: Logger;
  private readonly metrics = createMetrics();
  private readonly health: HealthWatch;
  private readonly deps: SessionDeps;
  private readonly sessions = new Map<StreamSession, WebSocket>();

  constructor(options: VacuumPressureServerOptions) {
    this.options = options;
    const { host = '127.0.0.1', token = null, origins = [], clock = systemClock } = options;
    this.rules = { host, token, origins };
    checkAccessRules(this.rules);
    this.log = createLogger(options.logLevel ?? 'info');
    this.health = new HealthWatch(this.metrics);
    const registry = new StreamRegistry({
      lake: options.lake,
      products: options.products ?? loadProducts(),
      version: serverVersion(),
      cacheFolder: options.cacheFolder,
      ...(options.cacheBytes === undefined ? {} : { cacheBytes: options.cacheBytes }),
      ...(options.coefficients && { coefficients: options.coefficients }),
      ...(options.checkpointRecords && { checkpointRecords: options.checkpointRecords }),
      now: () => new Date(),
      onCacheFailure: (err) => this.log.warn({ err }, 'a checkpoint was not written'),
    });
    this.deps = {
      registry,
      hub: new Hub(clock, this.metrics),
      clock,
      metrics: this.metrics,
      defaults: options.defaults ?? {},
      serverVersion: serverVersion(),
    };
  }

  async listen(): Promise<RunningServer> {
    const app = await this.makeApp();
    const port = this.options.port ?? VACUUM_PRESSURE_PORT;
    try {
      await app.listen({ host: this.rules.host, port });
    } catch (cause) {
      this.health.close();
      throw listenFailed(port, cause);
    }
    const bound = boundPort(app) ?? port;
    this.log.info({ host: this.rules.host, port: bound }, 'vacuum-pressure server listens');
    return {
      host: this.rules.host,
      port: bound,
      metrics: this.metrics,
      close: () => this.close(app),
    };
  }

  private async makeApp(): Promise<FastifyInstance> {
    const app = Fastify({ logger: false, forceCloseConnections: true, genReqId });
    await app.register(websocket, {
      options: { maxPayload: MAX_CLIENT_MESSAGE_BYTES, perMessageDeflate: false },
    });
    app.addHook('onRequest', (request, reply) => this.admit(request, reply));
    app.get('/health', async () => this.healthNow());
    app.get('/metrics', async (_, reply) => {
      reply.type(this.metrics.registry.contentType);
      return this.metrics.registry.metrics().finally(() => this.health.reset());
    });
    app.get('/v1/sessions', async () => this.sessionList());
    app.get(VACUUM_PRESSURE_PATH, { websocket: true }, (socket, request) => {
      this.connect(socket, request);
    });
    app.setErrorHandler((err, request, reply) => {
      this.log.error({ err, request_id: request.id }, 'request failed');
      const code = 'INTERNAL';
      reply.code(500).send({ code, message: 'the request failed', hint: 'see the server log' });
    });
    return app;
  }

  private async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const refusal = refusalOf(this.rules, request.headers, request.query as RawQuery);
    reply.header('x-request-id', request.id);
    if (!refusal) return;
    const path = request.url.split('?')[0];
    this.log.warn({ request_id: request.id, path, status: refusal.status }, refusal.message);
    await reply.code(refusal.status).send({ code: 'USAGE', ...refusal, hint: refusal.message });
  }

  private connect(socket: WebSocket, request: FastifyRequest): void {
    const { clock } = this.deps;
    const log = this.log.child({ request_id: request.id });
    const wire = new SocketWire(socket, clock, this.metrics);
    const session = new StreamSession(wire, this.deps, log);
    socket.on('error', (err) => log.info({ err }, 'socket error'));
    if (this.sessions.size >= MAX_VIEWERS) {
      const hint = 'wait for others to leave';
      session.fail(new RequestError('SERVER_BUSY', `${MAX_VIEWERS} viewers are connected`, hint));
      return;
    }
    this.sessions.set(session, socket);
    this.metrics.viewers.set(this.sessions.size);
    socket.on('message', (data, isBinary) => {
      if (isBinary) session.receiveBinary();
      else session.receive(data.toString());
    });
    socket.on('close', (code) => {
      session.gone();
      this.sessions.delete(session);
      this.metrics.viewers.set(this.sessions.size);
      log.info({ code }, 'viewer left');
    });
    keepAlive(socket, clock);
    void session.start(request.query as RawQuery);
  }

  private healthNow(): Health {
    const viewers = this.sessions.size;
    const reasons = this.health.reasons(this.options.lake, viewers);
    return {
      status: reasons.length === 0 ? 'ready' : 'degraded',
      reasons,
      viewers,
      engines: this.deps.hub.channelCount,
      server_version: this.deps.serverVersion,
    };
  }

  private sessionList() {
    const sessions = listSessions(this.options.lake).map((s) => ({
      product_type: s.productType,
      symbol_root: s.root,
      dates: s.dates,
      layers: ['raw'],
      mode: s.synthetic ? 'synthetic' : 'replay',
      forecast: { available: false, reason: 'no forecast parameters are fitted' },
    }));
    return { sessions };
  }

  private async close(app: FastifyInstance): Promise<void> {
    this.deps.hub.close();
    for (const socket of this.sessions.values()) {
      socket.close(1001, 'the server stops');
      this.deps.clock.after(GOODBYE_MS, () => socket.terminate());
    }
    await app.close();
    await this.deps.registry.close();
    this.health.close();
  }
}

let requests = 0;

/** Request ids count up; the process id tells restarts apart. */
function genReqId(): string {
  return `${process.pid}-${++requests}`;
}

/**
 * Starts the server.
 * @throws OperatingError USAGE (access rules), PORT_IN_USE, CONFIG.
 */
export async function createVacuumPressureServer(
  options: VacuumPressureServerOptions,
): Promise<RunningServer> {
  return new VacuumPressureServer(options).listen();
}
