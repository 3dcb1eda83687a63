/**
 * One viewer's connection from its query to its end: opens the stream, obeys the controls. Knows no
 * socket.
 */
import type { Logger } from 'pino';
import { sessionTimeToNs } from '../lake/index.ts';
import { type ClientMessage, type PlaybackState, parseClientMessage } from '../wire/index.ts';
import { ClientAllowance } from './client-allowance.ts';
import type { Hub } from './hub.ts';
import { CLIENT_MESSAGE_BURST, PREPARING_INTERVAL_MS } from './limits.ts';
import type { ServeMetrics } from './metrics.ts';
import { gridInstant, runtimeConfig, sessionActivity } from './opening-messages.ts';
import { RequestError, tellError } from './request-error.ts';
import { gridAtOrAfter, type OpenStream, seekRange } from './stream.ts';
import {
  checkSpeed,
  parseStreamQuery,
  type RawQuery,
  type StreamDefaults,
  type StreamRequest,
} from './stream-query.ts';
import type { StreamRegistry } from './stream-registry.ts';
import { CLOSE, Viewer, type ViewerWire } from './viewer.ts';
import type { WallClock } from './wall-clock.ts';

/** What all sessions of a server share. */
export interface SessionDeps {
  registry: StreamRegistry;
  hub: Hub;
  clock: WallClock;
  metrics: ServeMetrics;
  defaults: StreamDefaults;
  serverVersion: string;
}

/** One connection. */
export class StreamSession {
  private readonly deps: SessionDeps;
  private readonly log: Logger;
  private readonly allowance: ClientAllowance;
  private readonly viewer: Viewer;
  private readonly early: ClientMessage[] = [];
  private stream: OpenStream | null = null;
  private speed = 1;
  private paused = false;
  private preparingMs = Number.NEGATIVE_INFINITY;

  constructor(wire: ViewerWire, deps: SessionDeps, log: Logger) {
    this.deps = deps;
    this.log = log;
    this.allowance = new ClientAllowance(deps.clock.nowMs());
    this.viewer = new Viewer(wire, deps.metrics, (error) => this.fail(error));
  }

  /** Opens the stream that a query asks for and plays it; failures are told to the viewer. */
  async start(query: RawQuery): Promise<void> {
    try {
      const request = parseStreamQuery(query, this.deps.defaults);
      this.speed = request.speed;
      const stream = await this.deps.registry.open(request, this.onPreparing);
      if (!this.viewer.closed) this.begin(stream, request);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Obeys a client's text message. */
  receive(text: string): void {
    if (this.viewer.closed) return;
    try {
      if (!this.allowance.take(this.deps.clock.nowMs())) {
        const message = 'too many messages';
        throw new RequestError('WIRE', message, `at most ${CLIENT_MESSAGE_BURST} at once`);
      }
      this.obey(parseClientMessage(text));
    } catch (error) {
      this.fail(error);
    }
  }

  /** Refuses a binary message: clients send text. */
  receiveBinary(): void {
    this.fail(new RequestError('WIRE', 'a binary message', 'send JSON as text'));
  }

  /** The connection is gone. */
  gone(): void {
    this.viewer.closed = true;
    this.deps.hub.leave(this.viewer);
  }

  /** Tells the viewer what went wrong and closes. */
  fail(error: unknown): void {
    if (this.viewer.closed) return;
    const { message, closeCode } = tellError(error);
    const level = closeCode === CLOSE.INTERNAL ? 'error' : 'info';
    this.log[level]({ err: error, code: message.code }, 'stream ends with an error');
    this.deps.metrics.errors.inc({ code: message.code });
    this.viewer.say(message);
    this.viewer.close(closeCode, message.code);
    this.deps.hub.leave(this.viewer);
  }

  private readonly onPreparing = (what: string, progress: number | null): void => {
    const nowMs = this.deps.clock.nowMs();
    if (nowMs - this.preparingMs < PREPARING_INTERVAL_MS) return;
    this.preparingMs = nowMs;
    this.viewer.say({ type: 'preparing', what, progress });
  };

  private begin(stream: OpenStream, request: StreamRequest): void {
    this.stream = stream;
    const { viewer, speed, paused } = this;
    const seq = this.firstSeq(stream, request);
    viewer.begin(stream.session, seq);
    viewer.say(runtimeConfig(stream, { speed, paused }, this.deps.serverVersion));
    viewer.say(sessionActivity(stream));
    this.log.info({ session: stream.session, symbol: stream.source.symbol, seq }, 'stream begins');
    const resume = request.resumeFrom;
    if (resume && resume.session !== stream.session) {
      const reason = 'the data or the configuration changed since: the frames are not comparable';
      viewer.say({ type: 'gap', from_seq: resume.seq + 1, to_seq: seq, reason });
    }
    if (seq > seekRange(stream).last) {
      this.end();
      return;
    }
    this.play(true);
    for (const message of this.early.splice(0)) this.obey(message);
  }

  private firstSeq(stream: OpenStream, request: StreamRequest): number {
    const { resumeFrom, startTime } = request;
    const { first, last } = seekRange(stream);
    if (resumeFrom?.session === stream.session) return Math.max(first, resumeFrom.seq + 1);
    if (startTime === null) {
      return Math.max(first, gridAtOrAfter(stream.source.liveNs, stream.throttleMs));
    }
    const seq = this.seqOf(stream, startTime);
    if (seq <= last) return Math.max(first, seq);
    const message = `start_time: ${startTime} is after the last record`;
    throw new RequestError('USAGE', message, 'leave start_time out to start with the first record');
  }

  private seqOf(stream: OpenStream, time: string): number {
    const ns = sessionTimeToNs(stream.dt, time, stream.product.session.timeZone);
    return gridAtOrAfter(ns, stream.throttleMs);
  }

  private obey(message: ClientMessage): void {
    if (message.type === 'ping') {
      this.viewer.say({ type: 'pong', id: message.id });
      return;
    }
    if (!this.stream) {
      this.early.push(message);
      return;
    }
    if (message.type === 'pause') this.pause();
    else if (message.type === 'resume') this.resume();
    else if (message.type === 'speed') this.setSpeed(checkSpeed(message.value));
    else this.seek(this.stream, message.to);
    this.viewer.say(this.playback(this.stream));
  }

  private pause(): void {
    this.paused = true;
    this.deps.hub.leave(this.viewer);
  }

  private resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.play(false);
  }

  private setSpeed(speed: number): void {
    if (speed === this.speed) return;
    this.speed = speed;
    if (!this.paused) this.play(false);
  }

  private seek(stream: OpenStream, time: string): void {
    const { first, last } = seekRange(stream);
    const seq = this.seqOf(stream, time);
    this.viewer.jumpTo(Math.min(last, Math.max(first, seq)));
    this.play(false);
  }

  /**
   * Joins the channel of the place; a paused viewer gets one frame, so that it sees where it is.
   */
  private play(mayCatchUp: boolean): void {
    const { stream, viewer, speed } = this;
    if (!stream || viewer.closed) return;
    viewer.allow(this.paused ? 1 : Number.POSITIVE_INFINITY);
    this.deps.hub.attach(viewer, { stream, speed: this.paused ? 1 : speed, mayCatchUp });
  }

  private end(): void {
    this.viewer.say({ type: 'end' });
    this.viewer.close(CLOSE.END, 'end of data');
  }

  private playback(stream: OpenStream): PlaybackState {
    const { paused, speed, viewer } = this;
    return { type: 'playback', paused, speed, at_ns: gridInstant(stream, viewer.cursor) };
  }
}
