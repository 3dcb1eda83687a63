/**
 * All channels of a server: which engine serves whom.
 *
 * Viewers of one stream at one place and speed share an engine. A viewer that pauses leaves its
 * channel; one that goes on, seeks or changes speed takes over an engine nobody else watches,
 * splits one that is at its place, or gets a new one.
 */
import { Channel, type ChannelDeps, strideOf } from './channel.ts';
import type { HeldItem } from './held-frames.ts';
import { MAX_CHANNELS, MAX_PARKED, PARKED_LIMIT_MS } from './limits.ts';
import type { ServeMetrics } from './metrics.ts';
import type { StreamKind } from './playable.ts';
import { RequestError } from './request-error.ts';
import { Slices } from './slices.ts';
import type { Viewer } from './viewer.ts';
import type { Timer, WallClock } from './wall-clock.ts';

/** Where and how a viewer wants to watch. */
export interface Place<S> {
  stream: S;
  /** Playback multiple; 0 = as fast as it reads. */
  speed: number;
  /** It connects: frames that are held are sent at once, up to where the others are. */
  mayCatchUp: boolean;
}

/** Finds or makes the channel for each viewer. */
export class Hub<S, F extends HeldItem> {
  private readonly kind: StreamKind<S, F>;
  private readonly clock: WallClock;
  private readonly metrics: ServeMetrics;
  private readonly channels = new Map<Channel<F>, S>();
  private readonly places = new Map<Viewer<F>, Channel<F>>();
  private readonly parked = new Map<Channel<F>, Timer>();
  private readonly deps: ChannelDeps<F>;

  constructor(kind: StreamKind<S, F>, clock: WallClock, metrics: ServeMetrics) {
    this.kind = kind;
    this.clock = clock;
    this.metrics = metrics;
    this.deps = {
      clock,
      metrics,
      slices: new Slices(clock),
      wireIntervalMs: kind.wireIntervalMs,
      preparing: kind.preparing,
      onEmpty: (channel) => this.park(channel),
      onFailure: (channel, error) => {
        const viewers = [...channel.viewers];
        this.drop(channel);
        for (const viewer of viewers) viewer.onFailure(error);
      },
    };
  }

  /** Engines that play or are parked. */
  get channelCount(): number {
    return this.channels.size;
  }

  /**
   * Plays a stream to a viewer from its cursor on.
   * @throws RequestError SERVER_BUSY when there are as many engines as may be.
   */
  attach(viewer: Viewer<F>, place: Place<S>): void {
    const channel =
      this.shared(viewer, place) ??
      this.spare(viewer, place) ??
      this.split(viewer, place) ??
      this.start(viewer, place);
    // Taken out before the old one is parked: that may drop the longest parked, which this may be.
    this.unpark(channel);
    if (this.places.get(viewer) !== channel) this.leave(viewer);
    this.places.set(viewer, channel);
    if (channel.speed !== place.speed) channel.retime(place.speed, viewer.cursor);
    channel.add(viewer);
  }

  /** Stops playing to a viewer. */
  leave(viewer: Viewer<F>): void {
    const channel = this.places.get(viewer);
    this.places.delete(viewer);
    channel?.remove(viewer);
  }

  /** Ends everything. */
  close(): void {
    for (const channel of [...this.channels.keys()]) this.drop(channel);
  }

  private *of(stream: S): Iterable<Channel<F>> {
    for (const [channel, its] of this.channels) if (its === stream) yield channel;
  }

  private shared(viewer: Viewer<F>, place: Place<S>): Channel<F> | null {
    if (place.speed === 0) return null;
    for (const channel of this.of(place.stream)) {
      if (channel.speed !== place.speed || !channel.isShared(viewer)) continue;
      const { cursor } = viewer;
      const { speed, mayCatchUp } = place;
      const fits = mayCatchUp ? channel.canJoin(cursor, speed) : channel.canContinue(cursor, speed);
      if (fits) return channel;
    }
    return null;
  }

  private spare(viewer: Viewer<F>, place: Place<S>): Channel<F> | null {
    for (const channel of this.of(place.stream)) {
      if (!channel.isShared(viewer) && channel.canContinue(viewer.cursor, place.speed))
        return channel;
    }
    return null;
  }

  private split(viewer: Viewer<F>, place: Place<S>): Channel<F> | null {
    for (const channel of this.of(place.stream)) {
      if (!channel.canFork || !channel.canContinue(viewer.cursor, place.speed)) continue;
      this.makeRoom();
      const twin = channel.fork(place.speed);
      this.register(twin, place.stream);
      return twin;
    }
    return null;
  }

  private start(viewer: Viewer<F>, { stream, speed }: Place<S>): Channel<F> {
    this.makeRoom();
    const seq = viewer.cursor;
    const { first: firstSeq, throttleMs } = this.kind.gridOf(stream);
    const stride = strideOf(speed, throttleMs, this.kind.wireIntervalMs);
    const channel = new Channel<F>(throttleMs, seq, speed, this.deps);
    this.register(channel, stream);
    void channel.build(() => this.kind.open(stream, { seq, firstSeq, stride }));
    return channel;
  }

  private register(channel: Channel<F>, stream: S): void {
    this.channels.set(channel, stream);
    this.metrics.channels.set(this.channels.size);
  }

  private makeRoom(): void {
    if (this.channels.size < MAX_CHANNELS) return;
    const [oldest] = this.parked.keys();
    if (oldest) {
      this.drop(oldest);
      return;
    }
    const message = `all ${MAX_CHANNELS} engines are in use`;
    const hint = 'wait for others to leave, or join a stream that is playing';
    throw new RequestError('SERVER_BUSY', message, hint);
  }

  private unpark(channel: Channel<F>): void {
    this.parked.get(channel)?.cancel();
    this.parked.delete(channel);
  }

  private park(channel: Channel<F>): void {
    this.unpark(channel);
    const timer = this.clock.after(PARKED_LIMIT_MS, () => this.drop(channel));
    this.parked.set(channel, timer);
    const [oldest] = this.parked.keys();
    if (oldest && this.parked.size > MAX_PARKED) this.drop(oldest);
  }

  private drop(channel: Channel<F>): void {
    this.unpark(channel);
    this.channels.delete(channel);
    for (const viewer of channel.viewers) this.places.delete(viewer);
    channel.close();
    this.metrics.channels.set(this.channels.size);
  }
}
