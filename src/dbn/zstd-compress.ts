/** Compresses `bytes` into one zstd frame. */
export type FrameCompressor = (bytes: Uint8Array) => Uint8Array;

/** Level that the vendor's files use: small output at a good speed. */
const DEFAULT_LEVEL = 3;

let compress: ((bytes: Uint8Array, level?: number) => Uint8Array) | null = null;

/**
 * Loads the compressor, a module of its own so that readers need not carry it, and returns a
 * function that makes one frame a call; frames one after another are a valid stream.
 * @param level zstd level, 1 to 19.
 */
export async function zstdCompressor(level = DEFAULT_LEVEL): Promise<FrameCompressor> {
  if (!compress) {
    const zstd = await import('@bokuweb/zstd-wasm');
    await zstd.init();
    compress = zstd.compress;
  }
  const frame = compress;
  return (bytes) => frame(bytes, level);
}

/** One frame of `bytes`; see `zstdCompressor` for many. */
export async function compressZstdFrame(bytes: Uint8Array, level?: number): Promise<Uint8Array> {
  return (await zstdCompressor(level))(bytes);
}
