/**
 * One engine on a playback clock, and the viewers that watch it together.
 */
import { assert, NS_PER_MS, type NsOfDay } from '../core/index.ts';
import type { HeldItem } from './held-frames.ts';
import {
  CONTINUE_MS,
  JOIN_AHEAD_MS,
  LIVE_POLL_MS,
  PREPARING_INTERVAL_MS,
  REANCHOR_LAG_MS,
} from './limits.ts';
import type { ServeMetrics } from './metrics.ts';
import type { Playable } from './playable.ts';
import { FOLLOW, PlaybackClock } from './playback-clock.ts';
import type { Slices } from './slices.ts';
import { CLOSE, type Viewer } from './viewer.ts';
import type { Timer, WallClock } from './wall-clock.ts';

/** Work that a channel does before it lets the event loop go, ms. */
const INLINE_MS = 2;
/** Wall time between looks at a socket that was full, ms. */
const RETRY_MS = 5;

/** What channels share. */
export interface ChannelDeps<F extends HeldItem> {
  clock: WallClock;
  slices: Slices;
  metrics: ServeMetrics;
  /** Told about a failure that ends the channel and all its viewers. */
  onFailure: (channel: Channel<F>, error: unknown) => void;
  /** Told when the last viewer has left. */
  onEmpty: (channel: Channel<F>) => void;
  /** Wall time between frames on the wire at high speeds, ms. */
  wireIntervalMs: number;
  /** What viewers are told while a player works towards its first frame. */
  preparing: string;
}

/**
 * Grid steps between published frames: 1 unless playback is faster than the wire.
 * @param throttleMs event time between grid steps.
 * @param wireIntervalMs wall time between frames on the wire, unless the grid is finer.
 */
export function strideOf(speed: number, throttleMs: number, wireIntervalMs: number): number {
  const wireMs = Math.min(wireIntervalMs, throttleMs);
  return Math.max(1, Math.ceil((wireMs * speed) / throttleMs - 1e-9));
}

/**
 * Plays one player for its viewers; a speed of 0 has a single viewer and goes as fast as that one
 * reads.
 */
export class Channel<F extends HeldItem> {
  readonly viewers = new Set<Viewer<F>>();
  speed: number;
  private readonly deps: ChannelDeps<F>;
  private readonly playback: PlaybackClock;
  private readonly throttleMs: number;
  private readonly stepNs: NsOfDay;
  private readonly startSeq: number;
  private player: Playable<F> | null = null;
  private state: 'building' | 'playing' | 'parked' | 'closed' = 'building';
  private timer: Timer | null = null;
  private working = false;
  private toldMs: number;

  /** @param startSeq the first grid index that somebody wants. */
  constructor(throttleMs: number, startSeq: number, speed: number, deps: ChannelDeps<F>) {
    this.throttleMs = throttleMs;
    this.startSeq = startSeq;
    this.speed = speed;
    this.deps = deps;
    this.stepNs = throttleMs * NS_PER_MS;
    this.toldMs = deps.clock.nowMs();
    this.playback = new PlaybackClock(this.pace, this.toldMs, startSeq * this.stepNs);
  }

  /** True when `viewer` would not be alone here. */
  isShared(viewer: Viewer<F>): boolean {
    return this.viewers.size > (this.viewers.has(viewer) ? 1 : 0);
  }

  /**
   * True when a viewer that wants `seq` next can join without a hole: frames that are held are sent
   * at once, or it waits for the channel to get there. Held frames must be as dense as the viewer's
   * own speed would give them.
   */
  canJoin(seq: number, speed: number): boolean {
    if (this.state === 'closed') return false;
    const nextSeq = this.player?.nextSeq ?? this.startSeq;
    const aheadFrames = (JOIN_AHEAD_MS * Math.max(1, this.speed)) / this.throttleMs;
    if (seq >= nextSeq) return seq - nextSeq <= aheadFrames && !this.player?.ended;
    const ordinal = this.player?.held.startAt(seq) ?? -1;
    if (!this.player || ordinal < 0) return false;
    const published = Math.floor((nextSeq - seq) / this.strideAt(speed));
    return this.player.held.next - ordinal >= published;
  }

  /** Like `canJoin`, and so near that a viewer notices no jump. */
  canContinue(seq: number, speed: number): boolean {
    if (!this.canJoin(seq, speed)) return false;
    const nextSeq = this.player?.nextSeq ?? this.startSeq;
    const frames = (CONTINUE_MS * Math.max(1, this.speed)) / this.throttleMs;
    return Math.abs(nextSeq - seq) <= Math.max(1, frames);
  }

  /** True once its player can be split in two. */
  get canFork(): boolean {
    return this.player !== null && !this.player.ended && this.state !== 'closed';
  }

  /** A channel at the same place that goes its own way. */
  fork(speed: number): Channel<F> {
    assert(this.player !== null, 'a channel is forked once it plays');
    const twin = new Channel<F>(this.throttleMs, this.player.nextSeq, speed, this.deps);
    twin.player = this.player.fork();
    twin.state = 'parked';
    return twin;
  }

  /** Gets its player, reads up to the first frame wanted, then plays if somebody is there. */
  async build(makePlayer: () => Promise<Playable<F>>): Promise<void> {
    try {
      const player = await makePlayer();
      this.player = player;
      await this.prepare(player);
      if (this.isClosed()) {
        player.close();
        return;
      }
      this.state = 'parked';
      if (this.viewers.size > 0) this.play(this.startSeq);
      else this.deps.onEmpty(this);
    } catch (error) {
      this.deps.onFailure(this, error);
    }
  }

  /** Works towards the first frame; where that needs records that are to come, waits for them. */
  private async prepare(player: Playable<F>): Promise<void> {
    const { clock, slices } = this.deps;
    for (let there = false; !there && !this.isClosed(); ) {
      await slices.run((deadlineMs) => {
        if (this.isClosed()) return true;
        this.tellProgress(player.progress);
        there = player.prepare(deadlineMs, clock);
        return there || player.waiting;
      });
      if (!there) await new Promise<void>((done) => clock.after(RETRY_MS, done));
    }
  }

  /** Adds a viewer, at the place its cursor says. */
  add(viewer: Viewer<F>): void {
    assert(this.state !== 'closed', 'a viewer joins an open channel');
    this.viewers.add(viewer);
    if (this.state === 'building') return;
    viewer.enter(this.playing.held);
    if (this.state === 'parked') this.play(viewer.cursor);
    else this.schedule(0);
  }

  /** Takes a viewer away; without viewers the channel stops where it is. */
  remove(viewer: Viewer<F>): void {
    if (!this.viewers.delete(viewer) || this.viewers.size > 0) return;
    this.halt();
    if (this.state === 'playing') this.state = 'parked';
    if (this.state !== 'closed') this.deps.onEmpty(this);
  }

  /** Plays from `seq` on at another speed; what is held before it is sent at once. */
  retime(speed: number, seq: number): void {
    this.speed = speed;
    if (this.state === 'playing') this.play(seq);
  }

  /** Gives the engine back. */
  close(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.halt();
    if (!this.working) this.player?.close();
  }

  private isClosed(): boolean {
    return this.state === 'closed';
  }

  private get playing(): Playable<F> {
    assert(this.player !== null, 'the channel has its player');
    return this.player;
  }

  private play(seq: number): void {
    const from = Math.max(seq, this.playing.nextSeq);
    this.playback.anchor(this.deps.clock.nowMs(), from * this.stepNs, this.pace);
    if (this.state !== 'playing') {
      this.state = 'playing';
      for (const viewer of this.viewers) viewer.enter(this.playing.held);
    }
    this.schedule(0);
  }

  private halt(): void {
    this.timer?.cancel();
    this.timer = null;
  }

  private schedule(delayMs: number): void {
    this.halt();
    if (this.state !== 'playing' || this.working) return;
    const run = () => this.tick();
    if (delayMs > 0) this.timer = this.deps.clock.after(delayMs, run);
    else this.deps.clock.soon(run);
  }

  private tick(): void {
    if (this.state !== 'playing' || this.working) return;
    try {
      this.work();
    } catch (error) {
      this.deps.onFailure(this, error);
    }
  }

  private work(): void {
    const { clock } = this.deps;
    if (this.turn(clock.nowMs() + INLINE_MS)) {
      this.afterWork();
      return;
    }
    this.working = true;
    this.deps.slices
      .run((deadlineMs) => this.state !== 'playing' || this.turn(deadlineMs))
      .then(
        () => {
          this.working = false;
          if (this.isClosed()) this.player?.close();
          else this.afterWork();
        },
        (error) => {
          this.working = false;
          this.deps.onFailure(this, error);
        },
      );
  }

  /** Computes what is due; true when there is nothing more to do now. */
  private turn(deadlineMs: number): boolean {
    return this.speed === 0 ? this.runFree(deadlineMs) : this.runPaced(deadlineMs);
  }

  private runFree(deadlineMs: number): boolean {
    const { clock } = this.deps;
    while (!this.playing.ended && this.viewers.size > 0) {
      for (const viewer of this.viewers) if (!viewer.ready) return true;
      if (!this.playing.produce(this.playing.nextSeq, 1, deadlineMs, clock)) return false;
      if (this.playing.waiting) return true;
      this.pump();
      if (clock.nowMs() >= deadlineMs) return false;
    }
    return true;
  }

  private runPaced(deadlineMs: number): boolean {
    const { clock } = this.deps;
    const { held } = this.playing;
    const before = held.next;
    const done = this.playing.produce(this.dueSeq(), this.stride, deadlineMs, clock);
    const { newest } = held;
    if (newest && held.next > before) this.deps.metrics.lateness.observe(this.lagOf(newest) / 1000);
    this.pump();
    const dueMs = this.playback.dueMs(this.playing.nextSeq * this.stepNs);
    const nowMs = clock.nowMs();
    if (nowMs - dueMs > REANCHOR_LAG_MS) {
      this.playback.anchor(nowMs, this.playing.nextSeq * this.stepNs);
    }
    return done;
  }

  /** Multiple of event time on the playback clock. */
  private get pace(): number {
    return this.speed > 0 ? this.speed : 1;
  }

  private strideAt(speed: number): number {
    return strideOf(speed, this.throttleMs, this.deps.wireIntervalMs);
  }

  private get stride(): number {
    return this.strideAt(this.speed);
  }

  /** The newest grid index whose moment has come and that is published at this speed. */
  private dueSeq(): number {
    if (this.speed === FOLLOW) return Number.MAX_SAFE_INTEGER;
    const due = Math.floor(this.playback.positionNs(this.deps.clock.nowMs()) / this.stepNs);
    return due - (due % this.stride);
  }

  private afterWork(): void {
    if (this.state !== 'playing') return;
    const nowMs = this.deps.clock.nowMs();
    this.pump();
    if (this.playing.ended) this.endViewers();
    if (this.viewers.size === 0) return;
    const { nextSeq } = this.playing;
    const next = Math.ceil(nextSeq / this.stride) * this.stride;
    const dueMs = this.playback.dueMs(next * this.stepNs) - nowMs;
    const waiting = [...this.viewers].some((v) => !v.hasAll(this.playing.held));
    if (this.speed === 0 || waiting || this.playing.ended) this.schedule(RETRY_MS);
    else if (this.speed === FOLLOW) this.schedule(LIVE_POLL_MS);
    else this.schedule(Math.max(1, Math.ceil(dueMs)));
  }

  private pump(): void {
    const nowMs = this.deps.clock.nowMs();
    for (const viewer of this.viewers) {
      viewer.pump(this.playing.held, nowMs, this.lagOf);
      if (viewer.closed || viewer.hasEnough) this.remove(viewer);
    }
  }

  private readonly lagOf = (frame: HeldItem): number => {
    if (this.speed === 0) return 0;
    if (this.speed === FOLLOW) return this.playing.feedLagMs?.(frame as F) ?? 0;
    const dueMs = this.playback.dueMs(frame.seq * this.stepNs);
    return Math.max(0, this.deps.clock.nowMs() - dueMs);
  };

  private endViewers(): void {
    for (const viewer of this.viewers) {
      if (viewer.hasEnough || !viewer.hasAll(this.playing.held)) continue;
      viewer.say({ type: 'end' });
      viewer.close(CLOSE.END, 'end of data');
      this.remove(viewer);
    }
  }

  private tellProgress(progress: number): void {
    const nowMs = this.deps.clock.nowMs();
    if (nowMs - this.toldMs < PREPARING_INTERVAL_MS) return;
    this.toldMs = nowMs;
    const { preparing: what } = this.deps;
    for (const viewer of this.viewers) viewer.say({ type: 'preparing', what, progress });
  }
}
