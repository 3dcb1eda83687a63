/**
 * A stand-in for the vendor's historical API over a folder of DBN files.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { DbnVersion } from '../../dbn/index.ts';
import { DataFolder } from '../data-folder.ts';
import { PlainAnswer, throwAnswerFault } from './answer-faults.ts';
import { type ApiAnswer, type ApiCall, type ApiContext, ConnectionDropped } from './api-call.ts';
import { ApiRefusal, notAuthenticated } from './api-refusal.ts';
import type { JobPace } from './batch-job.ts';
import { downloadFile, fileUrls } from './batch-methods.ts';
import { withBodyFaults } from './body-faults.ts';
import { FaultControl, type FaultOrder } from './faults.ts';
import { JobStore } from './job-store.ts';
import { METHODS } from './methods.ts';
import { RateLimits } from './rate-limits.ts';
import { RequestFields } from './request-fields.ts';
import { type LoggedRequest, RequestLog } from './request-log.ts';
import { selfSignedCertificate } from './self-signed.ts';
import { listenBothWays } from './two-way-listener.ts';

const DEFAULT_HOST = '127.0.0.1';
/** Symbols of a request: 2,000 of the longest. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const MAX_CONNECTIONS = 100;
const KEY_ENDING = 5;
const NS_PER_MS = 1_000_000n;
const DEFAULT_VERSION: DbnVersion = 3;
/** Jobs are quick here, and kept as long as the vendor keeps them: 30 days. */
const DEFAULT_PACE: JobPace = { by: 'clock', queued: 200, processing: 300, kept: 2_592_000_000 };
const WARNINGS = [
  'BentoWarning: The data of 2026-01-05 is degraded.',
  'DeprecationWarning: This is a warning of a stand-in.',
];

/** What a stand-in is started with. */
export interface VendorHistoricalOptions {
  /** Folder of `.dbn` and `.dbn.zst`, or the folder as it was read already. */
  data: string | DataFolder;
  /** The key that is accepted. */
  key: string;
  host?: string;
  /** 0, the default: any that is free. */
  port?: number;
  /** Version of DBN that is sent; default 3. */
  version?: DbnVersion;
  faults?: readonly FaultOrder[];
  /** Answer 429 beyond the published limits; default no. */
  rateLimits?: boolean;
  jobs?: Partial<JobPace>;
  /** Where jobs and their files are kept over restarts; default a temporary folder. */
  stateFolder?: string;
  /** Wall time, Unix ns. */
  now?: () => bigint;
}

/** A stand-in that listens. */
export interface VendorHistorical {
  /** `http://…`; HTTPS is on the same port. */
  url: string;
  secureUrl: string;
  /** What a client of HTTPS must trust, PEM. */
  certificate: string;
  port: number;
  folder: DataFolder;
  faults: FaultControl;
  log: RequestLog;
  jobs: JobStore;
  close(): Promise<void>;
}

class HistoricalServer {
  readonly log = new RequestLog();
  readonly context: ApiContext;
  private readonly key: string;
  private readonly limits: RateLimits | null;
  private readonly now: () => bigint;
  private bodies = 0;

  constructor(context: ApiContext, options: VendorHistoricalOptions, now: () => bigint) {
    this.context = context;
    this.key = options.key;
    this.limits = options.rateLimits ? new RateLimits() : null;
    this.now = now;
  }

  /** Answers one request; everything that goes wrong becomes an answer. */
  async answer(
    method: string,
    request: FastifyRequest,
    reply: FastifyReply,
    work: (call: ApiCall) => Promise<ApiAnswer> | ApiAnswer,
  ): Promise<FastifyReply> {
    const call = callOf(method, request);
    const entry = this.entryOf(call, request);
    this.log.add(entry);
    reply.header('request-id', entry.requestId);
    try {
      throwAnswerFault(this.context.faults, method);
      this.checkLimits(method);
      if (keyOf(request) !== this.key) throw notAuthenticated();
      return this.send(await work(call), entry, request, reply);
    } catch (error) {
      return sendError(error, entry, request, reply);
    }
  }

  private send(
    answer: ApiAnswer,
    entry: LoggedRequest,
    request: FastifyRequest,
    reply: FastifyReply,
  ): FastifyReply {
    const warned = this.context.faults.take(entry.method, 'warning') ? WARNINGS : [];
    const warnings = [...(answer.warnings ?? []), ...warned];
    if (warnings.length > 0) reply.header('x-warning', headerJson(warnings));
    if ('json' in answer) {
      entry.status = 200;
      return reply.type('application/json').send(JSON.stringify(answer.json));
    }
    const faulty = withBodyFaults(answer, entry.method, this.context.faults, request.raw.socket);
    entry.status = faulty.status ?? 200;
    reply.code(entry.status).type('application/octet-stream');
    reply.headers(faulty.headers ?? {});
    if (faulty.bytes !== undefined) reply.header('content-length', faulty.bytes);
    return reply.send(Readable.from(this.counted(faulty.body, entry), { objectMode: false }));
  }

  private async *counted(body: AsyncIterable<Uint8Array>, entry: LoggedRequest) {
    this.bodies++;
    try {
      for await (const piece of body) {
        entry.bytes += piece.length;
        yield piece;
      }
    } finally {
      this.bodies--;
    }
  }

  private checkLimits(method: string): void {
    if (!this.limits) return;
    const nowMs = Number(this.now() / NS_PER_MS);
    const busy = this.bodies >= MAX_CONNECTIONS ? 1 : null;
    const seconds = busy ?? this.limits.refuse(method, nowMs);
    if (seconds === null) return;
    throw new ApiRefusal(429, 'Too many requests', { 'retry-after': String(seconds) });
  }

  private entryOf(call: ApiCall, request: FastifyRequest): LoggedRequest {
    const key = keyOf(request);
    return {
      requestId: randomUUID().replaceAll('-', ''),
      method: call.method,
      params: call.fields.all(),
      range: call.range ?? null,
      userAgent: request.headers['user-agent'] ?? null,
      keyEnding: key === null ? null : key.slice(-KEY_ENDING),
      status: null,
      bytes: 0,
    };
  }
}

/** JSON in characters that a header may have. */
function headerJson(value: unknown): string {
  const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replaceAll(/[^ -~]/g, escaped);
}

function keyOf(request: FastifyRequest): string | null {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'basic' || !token) return null;
  return Buffer.from(token, 'base64').toString().split(':')[0]!;
}

function callOf(method: string, request: FastifyRequest): ApiCall {
  const isPost = request.method === 'POST';
  const posted = isPost && typeof request.body === 'string' ? request.body : '';
  const query = request.url.split('?')[1] ?? '';
  const scheme = 'encrypted' in request.raw.socket ? 'https' : 'http';
  return {
    method,
    fields: new RequestFields(isPost ? 'body' : 'query', new URLSearchParams(posted || query)),
    posted: posted || query,
    base: `${scheme}://${request.headers.host ?? DEFAULT_HOST}`,
    range: request.headers.range,
  };
}

function sendError(
  error: unknown,
  entry: LoggedRequest,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof ConnectionDropped) {
    reply.hijack();
    request.raw.socket.destroy();
    return reply;
  }
  if (error instanceof PlainAnswer) {
    entry.status = error.status;
    return reply.code(error.status).type(error.contentType).send(error.text);
  }
  const known = error instanceof ApiRefusal ? error : new ApiRefusal(500, (error as Error).message);
  entry.status = known.status;
  reply.code(known.status).headers(known.headers).type('application/json');
  return reply.send(JSON.stringify({ detail: known.detail }));
}

function addRoutes(app: FastifyInstance, server: HistoricalServer): void {
  const { context } = server;
  for (const [method, { verb, work }] of Object.entries(METHODS)) {
    app.route({
      method: verb,
      url: `/v0/${method}`,
      handler: (request, reply) =>
        server.answer(method, request, reply, (call) => work(context, call)),
    });
  }
  app.get('/v0/batch/download/:user/:job/:file', (request, reply) => {
    const { job, file } = request.params as { job: string; file: string };
    return server.answer('batch/download', request, reply, (call) =>
      downloadFile(context, call, job, file),
    );
  });
  app.setNotFoundHandler((request, reply) =>
    server.answer(request.url.slice(1), request, reply, () => {
      throw new ApiRefusal(404, 'Not Found');
    }),
  );
}

/**
 * Starts it.
 * @throws OperatingError FILE_READ for a folder that cannot be read, PORT_IN_USE.
 */
export async function startVendorHistorical(
  options: VendorHistoricalOptions,
): Promise<VendorHistorical> {
  const { data, host = DEFAULT_HOST, version = DEFAULT_VERSION } = options;
  const now = options.now ?? (() => BigInt(Date.now()) * NS_PER_MS);
  const folder = typeof data === 'string' ? await DataFolder.open(data) : data;
  const faults = new FaultControl(options.faults);
  const made = options.stateFolder ? null : await mkdtemp(join(tmpdir(), 'spymaster-vendor-'));
  const address = { url: '' };
  const jobs = new JobStore({
    folder,
    stateFolder: options.stateFolder ?? made!,
    version,
    pace: { ...DEFAULT_PACE, ...options.jobs },
    now,
    urlsOf: (jobId) => fileUrls(address.url, jobId),
  });
  const server = new HistoricalServer({ folder, version, faults, jobs }, options, now);
  const app = Fastify({ bodyLimit: MAX_BODY_BYTES, logger: false });
  const form = 'application/x-www-form-urlencoded';
  app.addContentTypeParser(form, { parseAs: 'string' }, (_, body, done) => done(null, body));
  addRoutes(app, server);
  await app.ready();
  const certificate = selfSignedCertificate();
  const listening = await listenBothWays(app.routing, certificate, host, options.port ?? 0);
  address.url = `http://${host}:${listening.port}`;
  return {
    url: address.url,
    secureUrl: `https://${host}:${listening.port}`,
    certificate: certificate.cert,
    port: listening.port,
    folder,
    faults,
    log: server.log,
    jobs,
    async close() {
      await listening.close();
      await jobs.close();
      await app.close();
      if (made) await rm(made, { recursive: true, force: true });
    },
  };
}
