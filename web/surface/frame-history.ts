import type { ColumnValues, HistoryLayout } from './history-layout.ts';

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

/** What a frame adds to history, besides its rows. */
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
 * width. Values are kept per frame in [slot x rows] arrays whose memory is also the layout of a
 * texture layer.
 */
export class FrameHistory<C extends string = string> {
  readonly layout: HistoryLayout<C>;
  /** [timeColumns x TABLE_WIDTH], indexed by column modulo timeColumns. */
  readonly table: Int32Array;
  /** [frames] per slot. */
  readonly seqs: Float64Array;
  readonly spotRows: Float64Array;
  readonly bidRows: Float64Array;
  readonly askRows: Float64Array;
  readonly midRows: Float64Array;
  /** Frames appended so far; frame numbers run from 0. */
  frameCount = 0;
  /** Newest and oldest column with an entry; newest < oldest while empty. */
  newestColumn = -1;
  oldestColumn = 0;
  /** Counts clears and truncations: everything uploaded before is void. */
  epoch = 0;
  /** [tile][stored column]: tileFrames x rows values, allocated when first needed. */
  private readonly tiles: (Float32Array[] | undefined)[] = [];

  constructor(layout: HistoryLayout<C>) {
    this.layout = layout;
    const { frames } = layout;
    this.table = new Int32Array(layout.timeColumns * TABLE_WIDTH);
    this.seqs = new Float64Array(frames);
    this.spotRows = new Float64Array(frames);
    this.bidRows = new Float64Array(frames);
    this.askRows = new Float64Array(frames);
    this.midRows = new Float64Array(frames);
  }

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
  append(facts: FrameFacts, arrays: ColumnValues<C>): number {
    const { frames, timeColumns, spotIndex } = this.layout;
    if (!this.empty && facts.seq <= this.newestColumn) this.truncateFrom(facts.seq);
    if (!this.empty && facts.seq - this.newestColumn >= timeColumns) this.clear();
    const first = this.empty ? facts.seq : this.newestColumn + 1;
    if (this.empty) this.oldestColumn = facts.seq;
    this.fillBetween(first, facts);
    const frame = this.frameCount++;
    this.storeFrame(frame & (frames - 1), facts, arrays);
    const known = Number.isFinite(facts.spotRow);
    const flags = (known ? COLUMN_DATA : 0) | (facts.bookValid ? 0 : COLUMN_INVALID);
    this.writeEntry(facts.seq, frame, known ? facts.spotRow - spotIndex : 0, flags);
    this.newestColumn = facts.seq;
    this.oldestColumn = Math.max(this.oldestColumn, facts.seq - timeColumns + 1);
    return first;
  }

  /** Frame number shown at a time column; -1 when there is none or it was overwritten. */
  frameAt(column: number): number {
    if (column > this.newestColumn || column < this.oldestColumn) return -1;
    const at = (column & (this.layout.timeColumns - 1)) * TABLE_WIDTH;
    if (!(this.table[at + 2]! & COLUMN_DATA)) return -1;
    const frame = this.table[at]!;
    return this.frameCount - frame > this.layout.frames ? -1 : frame;
  }

  /** Flags of a time column; 0 outside what is held. */
  flagsAt(column: number): number {
    if (column > this.newestColumn || column < this.oldestColumn) return 0;
    return this.table[(column & (this.layout.timeColumns - 1)) * TABLE_WIDTH + 2]!;
  }

  /** Slot in the per-frame arrays of a frame number. */
  slotOf(frame: number): number {
    return frame & (this.layout.frames - 1);
  }

  /** Absolute row of a frame's first row, NaN without spot. */
  baseRowOf(frame: number): number {
    return this.spotRows[this.slotOf(frame)]! - this.layout.spotIndex;
  }

  /**
   * Exact value of a stored column at an absolute row of a frame; NaN where the frame has no such
   * row.
   */
  value(column: C, frame: number, row: number): number {
    const { rows, tileFrames } = this.layout;
    const k = row - this.baseRowOf(frame);
    if (!(k >= 0 && k < rows)) return Number.NaN;
    const slot = this.slotOf(frame);
    return this.tileOf(slot, column)[(slot & (tileFrames - 1)) * rows + k]!;
  }

  /**
   * A stored column's memory for the tile that holds `slot`: [tileFrames x rows], owned by history.
   */
  tileOf(slot: number, column: C): Float32Array {
    const { columns, tileFrames } = this.layout;
    return this.tile(Math.floor(slot / tileFrames))[columns.indexOf(column)]!;
  }

  private tile(index: number): Float32Array[] {
    let tile = this.tiles[index];
    if (!tile) {
      const { columns, tileFrames, rows } = this.layout;
      tile = columns.map(() => new Float32Array(tileFrames * rows));
      this.tiles[index] = tile;
    }
    return tile;
  }

  private fillBetween(first: number, facts: FrameFacts): void {
    const missing = facts.seq - first;
    if (missing <= 0) return;
    const previous = first - 1;
    const held = missing <= facts.skipped ? this.frameAt(previous) : -1;
    const from = Math.max(first, facts.seq - this.layout.timeColumns + 1);
    const flags = held < 0 ? 0 : this.flagsAt(previous) | COLUMN_HELD;
    const base = held < 0 ? 0 : this.baseRowOf(held);
    for (let c = from; c < facts.seq; c++) this.writeEntry(c, Math.max(held, 0), base, flags);
  }

  private storeFrame(slot: number, facts: FrameFacts, arrays: ColumnValues<C>): void {
    const { columns, tileFrames, rows } = this.layout;
    this.seqs[slot] = facts.seq;
    this.spotRows[slot] = facts.spotRow;
    this.bidRows[slot] = facts.bidRow;
    this.askRows[slot] = facts.askRow;
    this.midRows[slot] = facts.midRow;
    const tile = this.tile(Math.floor(slot / tileFrames));
    const at = (slot & (tileFrames - 1)) * rows;
    for (let i = 0; i < columns.length; i++) tile[i]!.set(arrays[columns[i]!], at);
  }

  private writeEntry(column: number, frame: number, base: number, flags: number): void {
    const at = (column & (this.layout.timeColumns - 1)) * TABLE_WIDTH;
    this.table[at] = frame;
    this.table[at + 1] = base;
    this.table[at + 2] = flags;
  }
}
