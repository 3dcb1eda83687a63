/**
 * A bounded ring of byte chunks between two threads: one writes, one reads, and either waits for
 * the other.
 */

/** Chunks in the ring. */
export const RING_SLOTS = 16;
/** Bytes of a chunk, at most: a multiple of 8, so that records stay aligned from chunk to chunk. */
export const SLOT_BYTES = 256 * 1024;

/** Words of the control block. */
const WRITTEN = 0;
const READ = 1;
const STATE = 2;
const PARTS_READ = 3;
const LENGTHS = 4;
/** The source's progress is told in these parts of the whole. */
const PARTS = 1_000_000;
const CONTROL_BYTES = (LENGTHS + RING_SLOTS) * 4;

/** How the writer stands. */
export const RING_STATE = { RUNNING: 0, ENDED: 1, FAILED: 2, CANCELLED: 3 } as const;

/** The ring's memory; travels to the other thread. */
export interface RingMemory {
  control: SharedArrayBuffer;
  slots: SharedArrayBuffer;
}

/** Makes an empty ring. */
export function makeRing(): RingMemory {
  return {
    control: new SharedArrayBuffer(CONTROL_BYTES),
    slots: new SharedArrayBuffer(RING_SLOTS * SLOT_BYTES),
  };
}

/** The writing end; pieces are gathered into whole chunks. */
export class RingWriter {
  private readonly control: Int32Array;
  private readonly slots: Uint8Array;
  private filled = 0;

  constructor(memory: RingMemory) {
    this.control = new Int32Array(memory.control);
    this.slots = new Uint8Array(memory.slots);
  }

  /** Writes bytes, waiting for room; false when the reader has gone. */
  write(bytes: Uint8Array): boolean {
    for (let at = 0; at < bytes.length; ) {
      if (this.filled === 0 && !this.waitForRoom()) return false;
      const n = Math.min(SLOT_BYTES - this.filled, bytes.length - at);
      const slot = (this.control[WRITTEN]! >>> 0) % RING_SLOTS;
      this.slots.set(bytes.subarray(at, at + n), slot * SLOT_BYTES + this.filled);
      this.filled += n;
      at += n;
      if (this.filled === SLOT_BYTES) this.hand();
    }
    return true;
  }

  /** Says which part of its source the writer has read, 0..1. */
  tellProgress(part: number): void {
    Atomics.store(this.control, PARTS_READ, Math.floor(part * PARTS));
  }

  /** Hands over what is left and says how the stream ended. */
  end(state: (typeof RING_STATE)['ENDED' | 'FAILED']): void {
    if (this.filled > 0) this.hand();
    Atomics.store(this.control, STATE, state);
    Atomics.notify(this.control, WRITTEN);
  }

  private hand(): void {
    const { control } = this;
    control[LENGTHS + ((control[WRITTEN]! >>> 0) % RING_SLOTS)] = this.filled;
    this.filled = 0;
    Atomics.add(control, WRITTEN, 1);
    Atomics.notify(control, WRITTEN);
  }

  private waitForRoom(): boolean {
    const { control } = this;
    for (;;) {
      if (Atomics.load(control, STATE) === RING_STATE.CANCELLED) return false;
      const read = Atomics.load(control, READ);
      if (((control[WRITTEN]! - read) | 0) < RING_SLOTS) return true;
      Atomics.wait(control, READ, read);
    }
  }
}

type WaitAsync = (a: Int32Array, i: number, v: number) => { value: Promise<string> | string };

/** The reading end. */
export class RingReader {
  private readonly control: Int32Array;
  private readonly slots: Uint8Array;
  private holding = false;

  constructor(memory: RingMemory) {
    this.control = new Int32Array(memory.control);
    this.slots = new Uint8Array(memory.slots);
  }

  /** How the writer stands; `ENDED` and `FAILED` count once all chunks are read. */
  get state(): number {
    return Atomics.load(this.control, STATE);
  }

  /** Part of its source that the writer has read, 0..1. */
  get progress(): number {
    return Atomics.load(this.control, PARTS_READ) / PARTS;
  }

  /** The next chunk, a view that is valid until the next call; null when there is none now. */
  take(): Uint8Array | null {
    this.giveBack();
    const { control } = this;
    const read = control[READ]!;
    if (Atomics.load(control, WRITTEN) === read) return null;
    this.holding = true;
    const slot = (read >>> 0) % RING_SLOTS;
    const start = slot * SLOT_BYTES;
    return this.slots.subarray(start, start + control[LENGTHS + slot]!);
  }

  /** Waits for a chunk or the end, holding the thread. */
  wait(): void {
    const { control } = this;
    if (this.state !== RING_STATE.RUNNING) return;
    Atomics.wait(control, WRITTEN, control[READ]!, WAIT_MS);
  }

  /** Waits for a chunk or the end without holding the thread. */
  async waitAsync(): Promise<void> {
    const { control } = this;
    if (this.state !== RING_STATE.RUNNING) return;
    const { waitAsync } = Atomics as unknown as { waitAsync: WaitAsync };
    await waitAsync(control, WRITTEN, control[READ]!).value;
  }

  /** Tells the writer to stop. */
  cancel(): void {
    Atomics.store(this.control, STATE, RING_STATE.CANCELLED);
    Atomics.add(this.control, READ, RING_SLOTS);
    Atomics.notify(this.control, READ);
  }

  private giveBack(): void {
    if (!this.holding) return;
    this.holding = false;
    Atomics.add(this.control, READ, 1);
    Atomics.notify(this.control, READ);
  }
}

/** A wait ends at the latest after this, ms: a writer's thread that died says nothing more. */
const WAIT_MS = 50;
