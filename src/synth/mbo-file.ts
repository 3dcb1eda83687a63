import { DbnEncoder, type FrameCompressor, MboColumns, type Metadata } from '../dbn/index.ts';

/** Rows generated between pieces. */
const BATCH_ROWS = 16_384;
/** Uncompressed bytes of a zstd frame, at most. */
export const FRAME_BYTES = 4 * 1024 * 1024;

/** Whatever fills market-by-order columns batch by batch: 0 rows at the end. */
export interface MboSource {
  fill(columns: MboColumns): number;
}

/**
 * The pieces of a market-by-order file, in order: the header in a zstd frame of its own as the
 * vendor sends it; raw without `compress`. Walks the source to its end.
 * @param originNs Unix ns that the source's times count from.
 */
export function* mboPieces(
  source: MboSource,
  metadata: Metadata,
  originNs: bigint,
  compress?: FrameCompressor,
): IterableIterator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const encoder = new DbnEncoder((piece) => ready.push(piece), metadata, {
    frameBytes: FRAME_BYTES,
    ...(compress ? { compress } : {}),
  });
  const columns = new MboColumns(BATCH_ROWS, originNs);
  while (source.fill(columns) > 0) {
    encoder.writeMbo(columns);
    yield* ready;
    ready = [];
  }
  encoder.end();
  yield* ready;
}
