/**
 * What a history keeps of each frame, and for how long. Sizes are powers of two; memory is taken
 * tile by tile when first needed.
 */
export interface HistoryLayout<C extends string = string> {
  /** Columns kept, in their order of storage. */
  readonly columns: readonly C[];
  /** Rows of a frame. */
  readonly rows: number;
  /** Row of a frame at which spot lies. */
  readonly spotIndex: number;
  /** Frames kept. */
  readonly frames: number;
  /** Frames in a tile: the height of a texture layer, at most WebGL2's guaranteed 2048. */
  readonly tileFrames: number;
  /**
   * Time columns kept (one a grid step, whether a frame came for it or not): a multiple of 2048.
   */
  readonly timeColumns: number;
}

/** A frame's columns as they arrive; longer than stored ones are never read. */
export type ColumnValues<C extends string = string> = Readonly<Record<C, ArrayLike<number>>>;
