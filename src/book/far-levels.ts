/**
 * Levels too far from the market for the dense window: a sorted list in chunks.
 *
 * Insertion, removal and search cost a binary search over the chunks and one inside; memory follows
 * the number of levels, whatever their prices. Keys are a ladder's keys (larger = better).
 */

/** Levels in a chunk at most; a full one splits in two. */
const CHUNK_LEVELS = 512;

interface Chunk {
  keys: Int32Array;
  slots: Int32Array;
  length: number;
}

function newChunk(): Chunk {
  return { keys: new Int32Array(CHUNK_LEVELS), slots: new Int32Array(CHUNK_LEVELS), length: 0 };
}

/** Index of the first key >= `key` in the chunk, or its length. */
function lowerBound(chunk: Chunk, key: number): number {
  let lo = 0;
  let hi = chunk.length;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (chunk.keys[mid] < key) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

/** Sorted map from key to level slot; see the file comment for costs. */
export class FarLevels {
  /** Levels held. */
  count = 0;
  private chunks: Chunk[] = [];

  /** Slot of the level at `key`, or 0. */
  find(key: number): number {
    const chunk = this.chunks[this.chunkFor(key)];
    if (chunk === undefined) return 0;
    const i = lowerBound(chunk, key);
    return i < chunk.length && chunk.keys[i] === key ? chunk.slots[i] : 0;
  }

  /** Adds a key that is not there. */
  insert(key: number, slot: number): void {
    let c = this.chunkFor(key);
    if (c === this.chunks.length) {
      if (c === 0) this.chunks.push(newChunk());
      else c--;
    }
    let chunk = this.chunks[c];
    if (chunk.length === CHUNK_LEVELS) {
      this.split(c);
      if (key > chunk.keys[chunk.length - 1]) chunk = this.chunks[c + 1];
    }
    const i = lowerBound(chunk, key);
    chunk.keys.copyWithin(i + 1, i, chunk.length);
    chunk.slots.copyWithin(i + 1, i, chunk.length);
    chunk.keys[i] = key;
    chunk.slots[i] = slot;
    chunk.length++;
    this.count++;
  }

  /** Removes a key that is there. */
  remove(key: number): void {
    const c = this.chunkFor(key);
    const chunk = this.chunks[c];
    const i = lowerBound(chunk, key);
    chunk.keys.copyWithin(i, i + 1, chunk.length);
    chunk.slots.copyWithin(i, i + 1, chunk.length);
    chunk.length--;
    this.count--;
    if (chunk.length === 0) this.chunks.splice(c, 1);
  }

  /** Slot of the largest key below `key`, or 0. */
  below(key: number): number {
    let c = this.chunkFor(key);
    const chunk = this.chunks[c];
    const i = chunk === undefined ? 0 : lowerBound(chunk, key);
    if (i > 0) return chunk.slots[i - 1];
    c--;
    return c < 0 ? 0 : this.chunks[c].slots[this.chunks[c].length - 1];
  }

  /** Forgets every level. */
  clear(): void {
    this.chunks = [];
    this.count = 0;
  }

  /** Index of the first chunk whose last key is >= `key`, or the number of chunks. */
  private chunkFor(key: number): number {
    const { chunks } = this;
    let lo = 0;
    let hi = chunks.length;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      const chunk = chunks[mid];
      if (chunk.keys[chunk.length - 1] < key) lo = mid + 1;
      else hi = mid;
    }
    return lo;
  }

  private split(c: number): void {
    const chunk = this.chunks[c];
    const half = chunk.length >>> 1;
    const right = newChunk();
    right.keys.set(chunk.keys.subarray(half, chunk.length));
    right.slots.set(chunk.slots.subarray(half, chunk.length));
    right.length = chunk.length - half;
    chunk.length = half;
    this.chunks.splice(c + 1, 0, right);
  }
}
