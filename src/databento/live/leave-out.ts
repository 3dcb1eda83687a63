import type { RecordBatch } from './record-stream.ts';

/** Looks at a record: its batch as words, and the word it begins at. */
export type RecordTest = (words: Uint32Array, at: number) => boolean;

/** Takes records out of a batch, in place; what is left is in order. */
export function leaveOut({ bytes, count }: RecordBatch, isOut: RecordTest): RecordBatch {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  let kept = 0;
  let from = 0;
  let dropped = 0;
  for (let at = 0, size = 0; at < words.length; at += size) {
    size = words[at]! & 0xff;
    if (!isOut(words, at)) continue;
    words.copyWithin(kept, from, at);
    kept += at - from;
    from = at + size;
    dropped++;
  }
  words.copyWithin(kept, from, words.length);
  kept += words.length - from;
  return { bytes: bytes.subarray(0, kept * 4), count: count - dropped };
}

/** A copy of those whole records in the pieces that pass the test, back to back. */
export function pickRecords(pieces: Iterable<Uint8Array>, isIn: RecordTest): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const piece of pieces) {
    const words = new Uint32Array(piece.buffer, piece.byteOffset, piece.length >> 2);
    let from = 0;
    let at = 0;
    const cut = (to: number) => {
      if (to > from) parts.push(piece.subarray(from * 4, to * 4));
    };
    for (let size = 0; at < words.length; at += size) {
      size = words[at]! & 0xff;
      if (isIn(words, at)) continue;
      cut(at);
      from = at + size;
    }
    cut(at);
  }
  const bytes = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let to = 0;
  for (const part of parts) {
    bytes.set(part, to);
    to += part.length;
  }
  return bytes;
}
