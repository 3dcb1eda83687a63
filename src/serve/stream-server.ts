/**
 * A server of streams: routes, sockets, access, start and stop. What a stream does is in
 * stream-session.ts; what it shows, in its kind.
 */
import websocket from '@fastify/websocket';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import { type AccessRules, checkAccessRules, refusalOf } from './access.ts';
import { type Health, HealthWatch } from './health.ts';
import type { HeldItem } from './held-frames.ts';
import { Hub } from './hub.ts';
import { keepAlive } from './keep-alive.ts';
import { MAX_CLIENT_MESSAGE_BYTES, MAX_VIEWERS } from './limits.ts';
import { boundPort, listenFailed } from './listen.ts';
import { createLogger, type LogLevel } from './logger.ts';
import { createMetrics, type ServeMetrics } from './metrics.ts';
import type { PlaybackRequest, RawQuery } from './query-parameters.ts';
import { RequestError } from './request-error.ts';
import { serverVersion } from './server-version.ts';
import { SocketWire } from './socket-wire.ts';
import { type SessionDeps, type SessionKind, StreamSession } from './stream-session.ts';
import { systemClock, type WallClock } from './wall-clock.ts';

/** What every server of streams is set up with. */
export interface ServerOptions {
  /** Root folder of the lake. */
  lake: string;
  /** Default: this machine only. */
  host?: string;
  /** 0 = any free one. */
  port?: number;
  /** Required when `host` is not this machine's. */
  token?: string | null;
  /** Further origins whose pages may connect. */
  origins?: readonly string[];
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

/** What a server's kind is made with. */
export interface KindTools {
  log: Logger;
  metrics: ServeMetrics;
  clock: WallClock;
  /** Version of this package. */
  version: string;
}

/** A server's kind of streams, beside what its sessions need. */
export interface ServerKind<S, F extends HeldItem, R extends PlaybackRequest>
  extends SessionKind<S, F, R> {
  /** Name in logs and metrics. */
  name: 'vacuum_pressure' | 'velocity';
  path: string;
  port: number;
  /** The answer of `GET /v1/sessions`. */
  sessions(): Promise<unknown>;
  /** What is wrong now with what streams are made of, in words. */
  reasons?(): string[];
  /** Resolves once streams can be opened without delay. */
  ready?(): Promise<void>;
  /** Gives files and threads back. */
  close(): Promise<void>;
}

/** Time for the last frames and the goodbye to leave, ms. */
const GOODBYE_MS = 100;

class StreamServer<S, F extends HeldItem, R extends PlaybackRequest> {
  private readonly options: ServerOptions;
  private readonly kind: ServerKind<S, F, R>;
  private readonly rules: AccessRules;
  private readonly tools: KindTools;
  private readonly health: HealthWatch;
  private readonly deps: SessionDeps<S, F, R>;
  private readonly sessions = new Map<StreamSession<S, F, R>, WebSocket>();

  constructor(
    options: ServerOptions,
    rules: AccessRules,
    tools: KindTools,
    kind: ServerKind<S, F, R>,
  ) {
    const { metrics, clock } = tools;
    this.options = options;
    this.kind = kind;
    this.rules = rules;
    this.tools = tools;
    this.health = new HealthWatch(metrics);
    this.deps = { kind, hub: new Hub(kind, clock, metrics), clock, metrics };
  }

  async listen(): Promise<RunningServer> {
    const { log, metrics } = this.tools;
    const { host } = this.rules;
    const app = await this.makeApp();
    const port = this.options.port ?? this.kind.port;
    await this.kind.ready?.();
    try {
      await app.listen({ host, port });
    } catch (cause) {
      this.health.close();
      await this.kind.close();
      throw listenFailed(port, cause);
    }
    const bound = boundPort(app) ?? port;
    log.info({ host, port: bound }, `${this.kind.name.replace('_', '-')} server listens`);
    return { host, port: bound, metrics, close: () => this.close(app) };
  }

  private async makeApp(): Promise<FastifyInstance> {
    const { log, metrics } = this.tools;
    const app = Fastify({ logger: false, forceCloseConnections: true, genReqId });
    await app.register(websocket, {
      options: { maxPayload: MAX_CLIENT_MESSAGE_BYTES, perMessageDeflate: false },
    });
    app.addHook('onRequest', (request, reply) => this.admit(request, reply));
    app.get('/health', async () => this.healthNow());
    app.get('/metrics', async (_, reply) => {
      reply.type(metrics.registry.contentType);
      return metrics.registry.metrics().finally(() => this.health.reset());
    });
    app.get('/v1/sessions', () => this.kind.sessions());
    app.get(this.kind.path, { websocket: true }, (socket, request) => {
      this.connect(socket, request);
    });
    app.setErrorHandler((err, request, reply) => {
      log.error({ err, request_id: request.id }, 'request failed');
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
    const { status, message } = refusal;
    this.tools.log.warn({ request_id: request.id, path, status }, message);
    await reply.code(status).send({ code: 'USAGE', ...refusal, hint: message });
  }

  private connect(socket: WebSocket, request: FastifyRequest): void {
    const { clock, metrics } = this.tools;
    const log = this.tools.log.child({ request_id: request.id });
    const wire = new SocketWire(socket, clock, metrics);
    const session = new StreamSession(wire, this.deps, log);
    socket.on('error', (err) => log.info({ err }, 'socket error'));
    if (this.sessions.size >= MAX_VIEWERS) {
      const hint = 'wait for others to leave';
      session.fail(new RequestError('SERVER_BUSY', `${MAX_VIEWERS} viewers are connected`, hint));
      return;
    }
    this.sessions.set(session, socket);
    metrics.viewers.set(this.sessions.size);
    socket.on('message', (data, isBinary) => {
      if (isBinary) session.receiveBinary();
      else session.receive(data.toString());
    });
    socket.on('close', (code) => {
      session.gone();
      this.sessions.delete(session);
      metrics.viewers.set(this.sessions.size);
      log.info({ code }, 'viewer left');
    });
    keepAlive(socket, clock);
    void session.start(request.query as RawQuery);
  }

  private healthNow(): Health {
    const viewers = this.sessions.size;
    const own = this.kind.reasons?.() ?? [];
    const reasons = [...this.health.reasons(this.options.lake, viewers), ...own];
    return {
      status: reasons.length === 0 ? 'ready' : 'degraded',
      reasons,
      viewers,
      engines: this.deps.hub.channelCount,
      server_version: this.tools.version,
    };
  }

  private async close(app: FastifyInstance): Promise<void> {
    this.deps.hub.close();
    for (const socket of this.sessions.values()) {
      socket.close(1001, 'the server stops');
      this.deps.clock.after(GOODBYE_MS, () => socket.terminate());
    }
    await app.close();
    await this.kind.close();
    this.health.close();
  }
}

let requests = 0;

/** Request ids count up; the process id tells restarts apart. */
function genReqId(): string {
  return `${process.pid}-${++requests}`;
}

/**
 * Starts a server of streams.
 * @param makeKind called once the options are checked.
 * @throws OperatingError USAGE (access rules), PORT_IN_USE, CONFIG.
 */
export async function startStreamServer<S, F extends HeldItem, R extends PlaybackRequest>(
  options: ServerOptions,
  name: ServerKind<S, F, R>['name'],
  makeKind: (tools: KindTools) => ServerKind<S, F, R>,
): Promise<RunningServer> {
  const { host = '127.0.0.1', token = null, origins = [], clock = systemClock } = options;
  const rules = { host, token, origins };
  checkAccessRules(rules);
  const log = createLogger(options.logLevel ?? 'info');
  const tools = { log, metrics: createMetrics(name), clock, version: serverVersion() };
  return new StreamServer(options, rules, tools, makeKind(tools)).listen();
}
