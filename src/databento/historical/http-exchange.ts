/**
 * One request and the head of its answer, over Node's own HTTP client: it neither decompresses
 * bodies nor follows redirects, and says when a body ended before its promised end.
 */
import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request } from 'node:http';
import { Agent as HttpsAgent, request as requestTls } from 'node:https';
import type { Socket } from 'node:net';
import { HttpBody } from './http-body.ts';
import { failureOf, HttpFailure } from './http-failure.ts';

/** How long a connection, the head of an answer and its next bytes may take, ms. */
export interface HttpTimeouts {
  connectMs: number;
  headMs: number;
  idleMs: number;
}

/** The vendor's own client waits as long for each. */
export const DEFAULT_TIMEOUTS: HttpTimeouts = {
  connectMs: 100_000,
  headMs: 100_000,
  idleMs: 100_000,
};

/** A request. */
export interface HttpRequest {
  method: 'GET' | 'POST';
  url: URL;
  headers: Readonly<Record<string, string>>;
  body?: string;
  /** A connection of its own: one that was kept open may just be closing, unseen. */
  ownConnection?: boolean;
  signal?: AbortSignal | undefined;
}

/** The head of an answer, and its body to be read or closed. */
export interface HttpAnswer {
  status: number;
  /** The first value of a header. */
  header(name: string): string | undefined;
  body: HttpBody;
}

/** Connections to the hosts of one client. */
export class HttpExchange {
  private readonly timeouts: HttpTimeouts;
  private readonly agents: { 'http:': HttpAgent; 'https:': HttpsAgent };

  constructor(maxConnections: number, timeouts: HttpTimeouts) {
    const options = { keepAlive: true, maxSockets: maxConnections };
    this.timeouts = timeouts;
    this.agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) };
  }

  /**
   * Sends a request and waits for the head of the answer.
   * @throws HttpFailure; the signal's reason.
   */
  async send(asked: HttpRequest): Promise<HttpAnswer> {
    asked.signal?.throwIfAborted();
    const { idleMs } = this.timeouts;
    try {
      const message = await this.head(asked);
      return {
        status: message.statusCode ?? 0,
        header: (name) => {
          const value = message.headers[name];
          return Array.isArray(value) ? value[0] : value;
        },
        body: new HttpBody(message, { where: asked.url.host, idleMs, signal: asked.signal }),
      };
    } catch (error) {
      asked.signal?.throwIfAborted();
      throw failureOf(asked.url.host, error);
    }
  }

  /** Closes the connections that are kept open; requests under way fail. */
  close(): void {
    this.agents['http:'].destroy();
    this.agents['https:'].destroy();
  }

  private head(asked: HttpRequest): Promise<IncomingMessage> {
    const { method, url, signal } = asked;
    const secure = url.protocol === 'https:';
    const agent = asked.ownConnection ? false : this.agents[secure ? 'https:' : 'http:'];
    const length = { 'content-length': String(Buffer.byteLength(asked.body ?? '')) };
    const headers = { ...asked.headers, ...(asked.body === undefined ? {} : length) };
    const options = { method, headers, agent, ...(signal ? { signal } : {}) };
    return new Promise((resolve, reject) => {
      const sent: ClientRequest = (secure ? requestTls : request)(url, options);
      const watch = new HeadWatch(sent, url, this.timeouts);
      sent.on('response', (message) => {
        watch.end();
        resolve(message);
      });
      sent.on('error', (error) => {
        watch.end();
        reject(error);
      });
      sent.end(asked.body);
    });
  }
}

/** The timers of a request until its answer begins; they run once it has a socket. */
class HeadWatch {
  private timer: NodeJS.Timeout | undefined;

  constructor(sent: ClientRequest, url: URL, timeouts: HttpTimeouts) {
    const { connectMs, headMs } = timeouts;
    const arm = (ms: number, what: string, code: string) => {
      clearTimeout(this.timer);
      const late = () => sent.destroy(new HttpFailure(url.host, what, { code }));
      this.timer = setTimeout(late, ms);
    };
    const awaitHead = () => arm(headMs, `no answer within ${headMs / 1000} s`, 'HEAD_TIMEOUT');
    sent.on('socket', (socket: Socket) => {
      if (!socket.connecting && sent.reusedSocket) return awaitHead();
      arm(connectMs, `no connection within ${connectMs / 1000} s`, 'CONNECT_TIMEOUT');
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', awaitHead);
    });
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
