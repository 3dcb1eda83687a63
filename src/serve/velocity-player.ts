/**
 * Plays the windows of a velocity stream in order: takes them from blocks, and asks for the next
 * block before it is needed.
 */
import type { BatchStart } from '../wire/index.ts';
import { HeldFrames, type HeldItem } from './held-frames.ts';
import { HELD_WINDOWS } from './limits.ts';
import type { ServeMetrics } from './metrics.ts';
import type { Delivery, FramePart, FrameWriter, Playable } from './playable.ts';
import { BLOCK_WINDOWS, type EncodedWindow, type VelocityBlock } from './velocity-block.ts';
import type { VelocityBlocks } from './velocity-blocks.ts';
import type { VelocityStream } from './velocity-stream.ts';
import type { WallClock } from './wall-clock.ts';

/** Windows looked at between two looks at the clock. */
const CLOCK_WINDOWS = 64;

/** A window, ready to be sent. */
export interface WindowFrame extends HeldItem {
  state: EncodedWindow['state'];
  parts: readonly FramePart[];
}

function partsOf({ bytes, ends }: EncodedWindow): FramePart[] {
  return ends.map((end, i) => {
    return { bytes: bytes.subarray(i === 0 ? 0 : ends[i - 1], end), binary: i % 2 === 1 };
  });
}

function encodeBatchStart(d: Delivery<WindowFrame>): Uint8Array {
  const message: BatchStart = {
    type: 'batch_start',
    session: d.session,
    ...d.frame.state,
    lag_ms: Math.round(d.lagMs * 1000) / 1000,
    skipped: d.skipped,
    thinned: d.thinned,
  };
  return Buffer.from(JSON.stringify(message));
}

/** Frames of the velocity stream: a `batch_start`, then a header and a binary for each surface. */
export const WINDOW_WRITER: FrameWriter<WindowFrame> = {
  open: encodeBatchStart,
  rest: (frame) => frame.parts,
};

/** Plays one stream from some place on. */
export class VelocityPlayer implements Playable<WindowFrame> {
  readonly held: HeldFrames<WindowFrame>;
  readonly progress = 1;
  nextSeq: number;
  ended = false;
  waiting = false;
  private readonly stream: VelocityStream;
  private readonly blocks: VelocityBlocks;
  private readonly metrics: ServeMetrics;
  private block: VelocityBlock | null;
  private coversFrom: number;
  private failure: unknown = null;

  private constructor(
    from: { stream: VelocityStream; blocks: VelocityBlocks; metrics: ServeMetrics },
    nextSeq: number,
    block: VelocityBlock | null,
    held = new HeldFrames<WindowFrame>(HELD_WINDOWS),
  ) {
    this.stream = from.stream;
    this.blocks = from.blocks;
    this.metrics = from.metrics;
    this.nextSeq = nextSeq;
    this.coversFrom = nextSeq;
    this.block = block;
    this.held = held;
  }

  /** A player whose first window is `seq`; resolves once that is there. */
  static async open(
    stream: VelocityStream,
    seq: number,
    blocks: VelocityBlocks,
    metrics: ServeMetrics,
  ): Promise<VelocityPlayer> {
    const block = await blocks.load(stream, seq);
    return new VelocityPlayer({ stream, blocks, metrics }, seq, block);
  }

  prepare(): boolean {
    return true;
  }

  produce(upTo: number, stride: number, deadlineMs: number, clock: WallClock): boolean {
    const { last } = this.stream.facts;
    for (let n = 1; this.nextSeq <= upTo && !this.ended; n++) {
      this.check();
      const window = this.take();
      if (!window) return true;
      const seq = this.nextSeq++;
      this.ended = seq >= last;
      this.metrics.computed.inc();
      if (seq % stride === 0 || this.ended || this.held.next === 0) this.publish(window);
      else this.metrics.thinned.inc();
      if (n % CLOCK_WINDOWS === 0 && clock.nowMs() >= deadlineMs) return false;
    }
    return true;
  }

  fork(): VelocityPlayer {
    const { stream, blocks, metrics, nextSeq, block, held } = this;
    const twin = new VelocityPlayer({ stream, blocks, metrics }, nextSeq, block, held.fork());
    twin.coversFrom = this.coversFrom;
    return twin;
  }

  close(): void {
    this.block = null;
  }

  private check(): void {
    if (this.failure !== null) throw this.failure;
    if (this.stream.failure !== null) throw this.stream.failure;
  }

  /** The next window, once its block is there. */
  private take(): EncodedWindow | null {
    const seq = this.nextSeq;
    let { block } = this;
    if (!block || seq >= block.from + block.windows.length) {
      block = this.blocks.get(this.stream, seq) ?? null;
      this.waiting = block === null;
      if (!block) {
        this.want(seq);
        return null;
      }
      this.block = block;
    }
    const at = seq - block.from;
    if (at === BLOCK_WINDOWS >> 1) this.want(block.from + BLOCK_WINDOWS);
    return block.windows[at]!;
  }

  private want(seq: number): void {
    if (seq > this.stream.facts.last) return;
    this.blocks.load(this.stream, seq).catch((error) => {
      this.failure ??= error;
    });
  }

  private publish(window: EncodedWindow): void {
    this.held.push({
      seq: window.state.seq,
      coversFrom: this.coversFrom,
      ordinal: 0,
      state: window.state,
      parts: partsOf(window),
      before: null,
      after: null,
      text: null,
    });
    this.coversFrom = window.state.seq + 1;
  }
}
