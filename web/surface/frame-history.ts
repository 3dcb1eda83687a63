import { FRAME_K, FRAME_ROWS, type FrameArrays } from '../../src/wire/index.ts';
import { STORED_COLUMNS, type StoredColumn } from './fields.ts';

/** Frames kept: at 25 ms a frame 6.8 minutes. A power of two. */
export const HISTORY_FRAMES = 16_384;
/** Frames in a tile; also the height of a texture layer, within WebGL2's guaranteed 2048. */
export const TILE_FRAMES = 2048;
/** Time columns kept (one a grid step, whether a frame came for it or not). A power of two. */
export const HISTORY_COLUMNS = 65_536;
/** Numbers in a table entry: frame number, absolute row of the frame's first row, flags, spare. */
export const TABLE_WIDTH = 4;

/** Flags of a table entry. */
export const COLUMN_DATA = 1;
/**
 * The frame of an earlier step stands in: the server left this one out for a slow or fast viewer.
 */
export const COLUMN_HELD = 2;
/** The book was not valid at this step. */
export const COLUMN_INVALID = 4;

/** What a frame adds to history, besides its 101 rows. */
export interface FrameFacts {
  /** Index on the event-time grid: the time column. */
  seq: number;
  /** Row (absolute) of spot; NaN when there is none yet. */
  spotRow: number;
  /** Rows with fractions of the best prices and the middle; NaN when a side is missing. */
  bidRow: number;
  askRow: number;
  midRow: number;
  bookValid: boolean;
  /** Frames between this and the previous one that the server left out (skipped or thinned). */
  skipped: number;
}

/**
 * The picture's memory: a ring of frames (their exact values) and a ring of time columns that point
 * into it.
 *
 * Time columns are steps of event time, so quiet time, skipped frames and gaps each keep their true
 * width. Values are kept per frame in [slot x 101] arrays whose memory is also the layout of a
 * texture layer.
 */
export class FrameHistory {
  /** [HISTORY_COLUMNS x TABLE_WIDTH], indexed by column modulo HISTORY_COLUMNS. */
  readonly table = new Int32Array(HISTORY_COLUMNS * TABLE_WIDTH);
  /** [HISTORY_FRAMES] per slot. */
  readonly seqs = new Float64Array(HISTORY_FRAMES);
  readonly spotRows = new Float64Array(HISTORY_FRAMES);
  readonly bidRows = new Float64Array(HISTORY_FRAMES);
  readonly askRows = new Float64Array(HISTORY_FRAMES);
  readonly midRows = new Float64Array(HISTORY_FRAMES);
  /** Frames appended so far; frame numbers run from 0. */
  frameCount = 0;
  /** Newest and oldest column with an entry; newest < oldest while empty. */
  newestColumn = -1;
  oldestColumn = 0;
  /** Counts clears and truncations: everything uploaded before is void. */
  epoch = 0;
  /** [tile][stored column]: TILE_FRAMES x 101 values, allocated when first needed. */
  private readonly tiles: (Float32Array[] | undefined)[] = [];

  /** True while nothing is held. */
  get empty(): boolean {
    return this.newestColumn < this.oldestColumn;
  }

  /** Forgets everything. Memory is kept for reuse. */
  clear(): void {
    this.table.fill(0);
    this.frameCount = 0;
    this.newestColumn = -1;
    this.oldestColumn = 0;
    this.epoch++;
  }

  /** Drops the columns from `column` on: a seek backwards must not show the future. */
  truncateFrom(column: number): void {
    if (this.empty || column > this.newestColumn) return;
    if (column <= this.oldestColumn) {
      this.clear();
      return;
    }
    for (let c = column; c <= this.newestColumn; c++) this.writeEntry(c, 0, 0, 0);
    this.newestColumn = column - 1;
    this.epoch++;
  }

  /**
   * Adds a frame at its time column. Steps since the previous frame that the server says it left
   * out show the previous frame, flagged as held; other missing steps stay without data.
   * @returns the first column whose entry changed.
   */
  append(facts: FrameFacts, arrays: FrameArrays): number {
    if (!this.empty && facts.seq <= this.newestColumn) this.truncateFrom(facts.seq);
    if (!this.empty && facts.seq - this.newestColumn >= HISTORY_COLUMNS) this.clear();
    const first = this.empty ? facts.seq : this.newestColumn + 1;
    if (this.empty) this.oldestColumn = facts.seq;
    this.fillBetween(first, facts);
    const frame = this.frameCount++;
    this.storeFrame(frame & (HISTORY_FRAMES - 1), facts, arrays);
    const known = Number.isFinite(facts.spotRow);
    const flags = (known ? COLUMN_DATA : 0) | (facts.bookValid ? 0 : COLUMN_INVALID);
    this.writeEntry(facts.seq, frame, known ? facts.spotRow - FRAME_K : 0, flags);
    this.newestColumn = facts.seq;
    this.oldestColumn = Math.max(this.oldestColumn, facts.seq - HISTORY_COLUMNS + 1);
    return first;
  }

  /** Frame number shown at a time column; -1 when there is none or it was overwritten. */
  frameAt(column: number): number {
    if (column > this.newestColumn || column < this.oldestColumn) return -1;
    const at = (column & (HISTORY_COLUMNS - 1)) * TABLE_WIDTH;
    if (!(this.table[at + 2]! & COLUMN_DATA)) return -1;
    const frame = this.table[at]!;
    return this.frameCount - frame > HISTORY_FRAMES ? -1 : frame;
  }

  /** Flags of a time column; 0 outside what is held. */
  flagsAt(column: number): number {
    if (column > this.newestColumn || column < this.oldestColumn) return 0;
    return this.table[(column & (HISTORY_COLUMNS - 1)) * TABLE_WIDTH + 2]!;
  }

  /** Slot in the per-frame arrays of a frame number. */
  slotOf(frame: number): number {
    return frame & (HISTORY_FRAMES - 1);
  }

  /** Absolute row of a frame's first row (k = -50), NaN without spot. */
  baseRowOf(frame: number): number {
    return this.spotRows[this.slotOf(frame)]! - FRAME_K;
  }

  /**
   * Exact value of a stored column at an absolute row of a frame; NaN where the frame has no such
   * row.
   */
  value(column: StoredColumn, frame: number, row: number): number {
    const k = row - this.baseRowOf(frame);
    if (!(k >= 0 && k < FRAME_ROWS)) return Number.NaN;
    const slot = this.slotOf(frame);
    return this.tileOf(slot, column)[(slot & (TILE_FRAMES - 1)) * FRAME_ROWS + k]!;
  }

  /**
   * A stored column's memory for the tile that holds `slot`: [TILE_FRAMES x 101], owned by history.
   */
  tileOf(slot: number, column: StoredColumn): Float32Array {
    return this.tile(Math.floor(slot / TILE_FRAMES))[STORED_COLUMNS.indexOf(column)]!;
  }

  private tile(index: number): Float32Array[] {
    let tile = this.tiles[index];
    if (!tile) {
      tile = STORED_COLUMNS.map(() => new Float32Array(TILE_FRAMES * FRAME_ROWS));
      this.tiles[index] = tile;
    }
    return tile;
  }

  private fillBetween(first: number, facts: FrameFacts): void {
    const missing = facts.seq - first;
    if (missing <= 0) return;
    const previous = first - 1;
    const held = missing <= facts.skipped ? this.frameAt(previous) : -1;
    const from = Math.max(first, facts.seq - HISTORY_COLUMNS + 1);
    const flags = held < 0 ? 0 : this.flagsAt(previous) | COLUMN_HELD;
    const base = held < 0 ? 0 : this.baseRowOf(held);
    for (let c = from; c < facts.seq; c++) this.writeEntry(c, Math.max(held, 0), base, flags);
  }

  private storeFrame(slot: number, facts: FrameFacts, arrays: FrameArrays): void {
    this.seqs[slot] = facts.seq;
    this.spotRows[slot] = facts.spotRow;
    this.bidRows[slot] = facts.bidRow;
    this.askRows[slot] = facts.askRow;
    this.midRows[slot] = facts.midRow;
    const tile = this.tile(Math.floor(slot / TILE_FRAMES));
    const at = (slot & (TILE_FRAMES - 1)) * FRAME_ROWS;
    for (let i = 0; i < STORED_COLUMNS.length; i++) {
      tile[i]!.set(arrays[STORED_COLUMNS[i]!], at);
    }
  }

  private writeEntry(column: number, frame: number, base: number, flags: number): void {
    const at = (column & (HISTORY_COLUMNS - 1)) * TABLE_WIDTH;
    this.table[at] = frame;
    this.table[at + 1] = base;
    this.table[at + 2] = flags;
  }
}
