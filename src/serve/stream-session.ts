/**
 * One viewer's connection from its query to its end: opens the stream, obeys the controls. Knows no
 * socket, and no kind of stream.
 */
import type { Logger } from 'pino';
import { sessionTimeToNs } from '../lake/index.ts';
import {
  type ClientMessage,
  type GapNotice,
  type PlaybackState,
  parseClientMessage,
} from '../wire/index.ts';
import { ClientAllowance } from './client-allowance.ts';
import type { HeldItem } from './held-frames.ts';
import type { Hub } from './hub.ts';
import {
  CLIENT_MESSAGE_BURST,
  LIVE_EDGE_MS,
  LIVE_RESUME_FRAMES,
  PREPARING_INTERVAL_MS,
} from './limits.ts';
import type { ServeMetrics } from './metrics.ts';
import { gridInstant, type StreamGrid, type StreamKind } from './playable.ts';
import { FOLLOW } from './playback-clock.ts';
import { checkSpeed, type PlaybackRequest, type RawQuery } from './query-parameters.ts';
import { RequestError, tellError } from './request-error.ts';
import { gridAtOrAfter } from './stream.ts';
import { CLOSE, type PlainMessage, Viewer, type ViewerWire } from './viewer.ts';
import type { WallClock } from './wall-clock.ts';

/** Told what is being prepared, and the part that is done or null. */
export type OnPreparing = (what: string, progress: number | null) => void;

/** How playback stands when a stream begins. */
export interface PlaybackStart {
  speed: number;
  paused: boolean;
}

/** A kind of streams as a session needs it: from a query to the messages before the first frame. */
export interface SessionKind<S, F extends HeldItem, R extends PlaybackRequest>
  extends StreamKind<S, F> {
  /** @throws RequestError */
  parse(query: RawQuery): R;
  /** @throws RequestError, DataError, OperatingError */
  openStream(request: R, onPreparing: OnPreparing): Promise<S>;
  /** What a viewer is told first. */
  opening(stream: S, playback: PlaybackStart): readonly PlainMessage[];
}

/** What all sessions of a server share. */
export interface SessionDeps<S, F extends HeldItem, R extends PlaybackRequest> {
  kind: SessionKind<S, F, R>;
  hub: Hub<S, F>;
  clock: WallClock;
  metrics: ServeMetrics;
}

/** Why a live stream keeps its speed. */
const LIVE_SPEED_NOTE = 'a live stream passes at the speed of the market; seek to go back in it';

/** One connection. */
export class StreamSession<S, F extends HeldItem, R extends PlaybackRequest> {
  private readonly deps: SessionDeps<S, F, R>;
  private readonly log: Logger;
  private readonly allowance: ClientAllowance;
  private readonly viewer: Viewer<F>;
  private readonly early: ClientMessage[] = [];
  private stream: S | null = null;
  private speed = 1;
  private paused = false;
  /** It watches a live stream where it is made, and not what was before. */
  private following = false;
  private preparingMs = Number.NEGATIVE_INFINITY;

  constructor(wire: ViewerWire, deps: SessionDeps<S, F, R>, log: Logger) {
    this.deps = deps;
    this.log = log;
    this.allowance = new ClientAllowance(deps.clock.nowMs());
    const { writer } = deps.kind;
    this.viewer = new Viewer(wire, writer, deps.metrics, (error) => this.fail(error));
  }

  /** Opens the stream that a query asks for and plays it; failures are told to the viewer. */
  async start(query: RawQuery): Promise<void> {
    try {
      const request = this.deps.kind.parse(query);
      this.speed = request.speed;
      const stream = await this.deps.kind.openStream(request, this.onPreparing);
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

  private readonly onPreparing: OnPreparing = (what, progress) => {
    const nowMs = this.deps.clock.nowMs();
    if (nowMs - this.preparingMs < PREPARING_INTERVAL_MS) return;
    this.preparingMs = nowMs;
    this.viewer.say({ type: 'preparing', what, progress });
  };

  private begin(stream: S, request: R): void {
    const grid = this.deps.kind.gridOf(stream);
    this.stream = stream;
    const { viewer, speed, paused } = this;
    const seq = firstSeq(grid, request);
    this.following = grid.live === true && request.startTime === null;
    viewer.begin(grid.session, seq);
    for (const message of this.deps.kind.opening(stream, { speed, paused })) viewer.say(message);
    this.log.info({ session: grid.session, symbol: grid.symbol, seq }, 'stream begins');
    const missed = missedOf(grid, request, seq);
    if (missed) viewer.say(missed);
    if (seq > grid.last) {
      this.end();
      return;
    }
    this.play(true);
    for (const message of this.early.splice(0)) this.obey(message);
  }

  private obey(message: ClientMessage): void {
    if (message.type === 'ping') {
      this.viewer.say({ type: 'pong', id: message.id });
      return;
    }
    const { stream } = this;
    if (stream === null) {
      this.early.push(message);
      return;
    }
    const grid = this.deps.kind.gridOf(stream);
    let note: string | null = null;
    if (message.type === 'pause') this.pause();
    else if (message.type === 'resume') this.resume(grid);
    else if (message.type === 'speed') note = this.setSpeed(grid, checkSpeed(message.value));
    else this.seek(grid, message.to);
    this.viewer.say(this.playback(grid, note));
  }

  private pause(): void {
    this.paused = true;
    this.deps.hub.leave(this.viewer);
  }

  /**
   * Goes on after a pause: who followed a live stream at its edge, others where they were. Who
   * watches what was before, and is not paused, returns to the edge.
   */
  private resume(grid: StreamGrid): void {
    const wasPaused = this.paused;
    this.paused = false;
    if (!wasPaused && (!grid.live || this.following)) return;
    if (!wasPaused) this.following = true;
    if (this.following) this.viewer.jumpTo(grid.last);
    this.play(false);
  }

  private setSpeed(grid: StreamGrid, speed: number): string | null {
    if (speed === this.speed) return null;
    if (grid.live) return LIVE_SPEED_NOTE;
    this.speed = speed;
    if (!this.paused) this.play(false);
    return null;
  }

  private seek(grid: StreamGrid, time: string): void {
    const seq = Math.min(grid.last, Math.max(grid.first, seqOf(grid, time)));
    this.following = grid.live === true && grid.last - seq <= LIVE_EDGE_MS / grid.throttleMs;
    this.viewer.jumpTo(this.following ? grid.last : seq);
    this.play(false);
  }

  /**
   * Joins the channel of the place; a paused viewer gets one frame, so that it sees where it is.
   */
  private play(mayCatchUp: boolean): void {
    const { stream, viewer, paused } = this;
    if (stream === null || viewer.closed) return;
    viewer.allow(paused ? 1 : Number.POSITIVE_INFINITY);
    const speed = this.following ? FOLLOW : this.speed;
    this.deps.hub.attach(viewer, { stream, speed: paused ? 1 : speed, mayCatchUp });
  }

  private end(): void {
    this.viewer.say({ type: 'end' });
    this.viewer.close(CLOSE.END, 'end of data');
  }

  private playback(grid: StreamGrid, note: string | null): PlaybackState {
    const { paused, speed, following, viewer } = this;
    const at_ns = gridInstant(grid, viewer.cursor);
    const live = grid.live ? { following } : {};
    return { type: 'playback', paused, speed, at_ns, ...live, ...(note === null ? {} : { note }) };
  }
}

function seqOf(grid: StreamGrid, time: string): number {
  return gridAtOrAfter(sessionTimeToNs(grid.dt, time, grid.timeZone), grid.throttleMs);
}

/** What is told to a viewer that comes back and cannot have what it wants. */
function missedOf(grid: StreamGrid, request: PlaybackRequest, seq: number): GapNotice | null {
  const resume = request.resumeFrom;
  if (!resume || (resume.session === grid.session && seq <= resume.seq + 1)) return null;
  const reason =
    resume.session === grid.session
      ? 'away for too long: the stream goes on at its live edge; seek to see what was missed'
      : 'the data or the configuration changed since: the frames are not comparable';
  return { type: 'gap', from_seq: resume.seq + 1, to_seq: seq, reason };
}

/** Where a request wants to begin. @throws RequestError when that is after the end. */
function firstSeq(grid: StreamGrid, request: PlaybackRequest): number {
  const { resumeFrom, startTime, skipMinutes } = request;
  const { first, last, throttleMs } = grid;
  if (resumeFrom?.session === grid.session) {
    const seq = Math.max(first, resumeFrom.seq + 1);
    if (!grid.live) return seq;
    return last - seq > LIVE_RESUME_FRAMES ? last : Math.min(seq, last);
  }
  const from = startTime === null ? grid.start : Math.max(first, seqOf(grid, startTime));
  const seq = from + Math.round((skipMinutes * 60_000) / throttleMs);
  if (seq <= last) return seq;
  const skipped = skipMinutes > 0 ? ` and ${skipMinutes} minutes more` : '';
  const message = `start_time: ${startTime ?? 'the beginning'}${skipped} is after the last record`;
  throw new RequestError('USAGE', message, 'leave start_time out to start with the first record');
}
