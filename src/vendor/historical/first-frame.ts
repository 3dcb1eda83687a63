/**
 * Where the records of a compressed file begin when its first zstd frame is its header alone, as in
 * the vendor's own files: the rest can then be sent as it lies. Source: RFC 8878, 3.1.1.
 */
import { open } from 'node:fs/promises';
import { decompressZstd, metadataLength } from '../../dbn/index.ts';

/** Compressed bytes looked at: the largest header of a file takes a tenth. */
const MAX_HEADER_FRAME_BYTES = 8 * 1024 * 1024;
const MAGIC = 0xfd2fb528;
const BLOCK_HEADER_BYTES = 3;
const CHECKSUM_BYTES = 4;
const RLE_BLOCK = 1;

/** Bytes of the zstd frame that `bytes` begins with; null when it is none or is cut short. */
export function zstdFrameLength(bytes: Uint8Array): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 6 || view.getUint32(0, true) !== MAGIC) return null;
  const descriptor = bytes[4]!;
  const single = (descriptor & 0x20) !== 0;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  let at = 5 + (single ? 0 : 1) + dictionaryBytes + sizeBytes;
  for (;;) {
    if (at + BLOCK_HEADER_BYTES > bytes.length) return null;
    const header = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
    const size = ((header >> 1) & 3) === RLE_BLOCK ? 1 : header >> 3;
    at += BLOCK_HEADER_BYTES + size;
    if (header & 1) break;
  }
  at += descriptor & 4 ? CHECKSUM_BYTES : 0;
  return at > bytes.length ? null : at;
}

/** Offset of the records' first frame; null when the file does not begin with its header alone. */
export async function recordFramesOffset(path: string): Promise<number | null> {
  const file = await open(path);
  try {
    const bytes = new Uint8Array(MAX_HEADER_FRAME_BYTES);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    const length = zstdFrameLength(bytes.subarray(0, bytesRead));
    if (length === null) return null;
    const header = Buffer.concat([...decompressZstd([bytes.subarray(0, length)])]);
    return metadataLength(header) === header.length ? length : null;
  } finally {
    await file.close();
  }
}
