import type { ArrowLayout } from './arrow-layout.ts';
import { layOutArrow } from './arrow-layout.ts';
import { ARROW_VIEWS } from './arrow-views.ts';
import type { FrameArrays, FrameColumnName } from './frame-columns.ts';
import { FRAME_COLUMNS, FRAME_K, FRAME_ROWS } from './frame-columns.ts';
import type { FrameHeader } from './frame-header.ts';
import { emptyFrameHeader } from './frame-header.ts';

/** Distance of the same row in two neighbouring 32-bit columns, 32-bit values. */
export const COLUMN_STRIDE = 102;

/** Largest Arrow message of a frame, schema included, bytes. */
export const MAX_FRAME_BYTES = 16_384;

let layout: ArrowLayout | null = null;

/** The layout of every frame; made on first use. */
export function frameLayout(): ArrowLayout {
  layout ??= layOutArrow(FRAME_COLUMNS, FRAME_ROWS);
  return layout;
}

/**
 * Views of the columns of a frame whose bytes start at `byteOffset` (a multiple of 8) of `buffer`.
 * Copies nothing.
 */
export function frameArrays(buffer: ArrayBuffer, byteOffset: number): FrameArrays {
  const { offsets } = frameLayout();
  const views = FRAME_COLUMNS.map((column, c) => {
    const View = ARROW_VIEWS[column.type];
    return [column.name, new View(buffer, byteOffset + offsets[c], FRAME_ROWS)];
  });
  return Object.fromEntries(views) as FrameArrays;
}

/**
 * One frame, kept as the bytes that are sent: an Arrow IPC stream whose columns are written in
 * place.
 *
 * Writing `columns` is producing the message; nothing is encoded. The owner reuses it from frame to
 * frame, so `bytes()` is valid until the next write and `copy()` outlives it.
 */
export class FrameBuffer {
  /** The columns, over the message's body. Column `k` is filled already. [FRAME_ROWS] each */
  readonly columns: FrameArrays;
  /** What belongs to the frame as a whole; travels in `grid_update`. */
  readonly header: FrameHeader = emptyFrameHeader();
  /**
   * The whole message as float32 values: neighbouring columns are `COLUMN_STRIDE` apart, so that a
   * loop over rows can fill many columns through one array.
   */
  readonly floats: Float32Array;
  private readonly message: Uint8Array<ArrayBuffer>;

  constructor() {
    this.message = new Uint8Array(frameLayout().template);
    this.columns = frameArrays(this.message.buffer, 0);
    this.floats = new Float32Array(this.message.buffer);
    for (let r = 0; r < FRAME_ROWS; r++) this.columns.k[r] = r - FRAME_K;
  }

  /** Where a float32 column begins in `floats`. */
  static indexOf(column: FrameColumnName): number {
    return frameLayout().offsets[FRAME_COLUMNS.findIndex((c) => c.name === column)] / 4;
  }

  /** The Arrow IPC stream. A view: valid until the columns are next written. */
  bytes(): Uint8Array {
    return this.message;
  }

  /** The Arrow IPC stream in bytes of its own. */
  copy(): Uint8Array {
    return this.message.slice();
  }
}
