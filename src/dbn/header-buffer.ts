import { decodeMetadata, metadataLength } from './decode-metadata.ts';
import type { Metadata } from './metadata.ts';

/**
 * Bytes kept for a header at first; it doubles as bytes arrive, never ahead of them by more than
 * that.
 */
const FIRST_CAPACITY = 4096;

/**
 * Collects a header that arrives in pieces; memory follows what has arrived, not what the header
 * claims.
 */
export class HeaderBuffer {
  private bytes = new Uint8Array(0);
  private filled = 0;

  /** Bytes that have arrived. */
  get length(): number {
    return this.filled;
  }

  /**
   * Takes what a header needs from the front of `chunk`.
   * @returns the metadata when it is whole, and how many bytes of the chunk were taken.
   */
  take(chunk: Uint8Array): { metadata: Metadata | null; taken: number } {
    if (this.filled === 0) {
      const whole = metadataLength(chunk);
      if (whole !== null && whole <= chunk.length) {
        return { metadata: decodeMetadata(chunk).metadata, taken: whole };
      }
    }
    const taken = this.append(chunk);
    const held = this.bytes.subarray(0, this.filled);
    if (metadataLength(held) !== this.filled) return { metadata: null, taken };
    const { metadata } = decodeMetadata(held);
    this.bytes = new Uint8Array(0);
    return { metadata, taken };
  }

  private append(chunk: Uint8Array): number {
    let taken = 0;
    while (taken < chunk.length) {
      const want = metadataLength(this.bytes.subarray(0, this.filled)) ?? 8;
      const n = Math.min(want - this.filled, chunk.length - taken);
      if (n === 0) break;
      this.reserve(this.filled + n);
      this.bytes.set(chunk.subarray(taken, taken + n), this.filled);
      this.filled += n;
      taken += n;
    }
    return taken;
  }

  private reserve(size: number): void {
    if (size <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(size, this.bytes.length * 2, FIRST_CAPACITY));
    grown.set(this.bytes.subarray(0, this.filled));
    this.bytes = grown;
  }
}
