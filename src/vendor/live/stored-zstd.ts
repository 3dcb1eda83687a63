/**
 * One endless zstd frame, complete after every write: blocks that store their bytes as they are.
 * Legal for every decoder, without a compressor; the size is not the point of a stand-in. Source:
 * RFC 8878, 3.1.1.
 */

/** Magic, no checksum, no size, no dictionary, a window of 128 KiB. */
const FRAME_HEADER = new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]);
/** Most bytes in a block: the window. */
const MAX_BLOCK_BYTES = 128 * 1024;
const BLOCK_HEADER_BYTES = 3;
/** An empty stored block that is the frame's last. */
const LAST_BLOCK = new Uint8Array([0x01, 0x00, 0x00]);

/** Wraps what is written; each result can be decoded to its end by who has the earlier ones. */
export class StoredZstd {
  private begun = false;

  /** The bytes as blocks, with the frame's header before the first. */
  wrap(bytes: Uint8Array): Uint8Array {
    const blocks = Math.ceil(bytes.length / MAX_BLOCK_BYTES);
    const header = this.begun ? 0 : FRAME_HEADER.length;
    const out = new Uint8Array(header + bytes.length + blocks * BLOCK_HEADER_BYTES);
    if (header > 0) out.set(FRAME_HEADER);
    this.begun = true;
    let at = header;
    for (let from = 0; from < bytes.length; from += MAX_BLOCK_BYTES) {
      const block = bytes.subarray(from, from + MAX_BLOCK_BYTES);
      const word = block.length << 3;
      out[at++] = word & 255;
      out[at++] = (word >> 8) & 255;
      out[at++] = word >> 16;
      out.set(block, at);
      at += block.length;
    }
    return out;
  }

  /** Ends the frame; nothing may be wrapped after it. */
  end(): Uint8Array {
    return this.begun ? LAST_BLOCK : new Uint8Array(0);
  }
}
