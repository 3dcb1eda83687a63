/**
 * Frames as a long table, a row per frame and level: what `vacuum-pressure run` writes to Arrow and
 * Parquet.
 */
import type { UnixNs } from '../core/index.ts';
import type { ParquetBatch, ParquetField, ParquetType, ParquetValues } from '../lake/index.ts';
import { FRAME_COLUMNS, FRAME_ROWS, type FrameBuffer, type FrameHeader } from '../wire/index.ts';

/** Frames of a batch: 12,928 rows. */
const BATCH_FRAMES = 128;

/** Columns that say the same in every row of a frame; prices are integers of 1e-9. */
const HEADER_FIELDS = [
  { name: 'ts_ns', type: 'int64' },
  { name: 'seq', type: 'uint32' },
  { name: 'event_id', type: 'int64' },
  { name: 'mid_price_int', type: 'int64' },
  { name: 'spot_ref_price_int', type: 'int64' },
  { name: 'best_bid_price_int', type: 'int64' },
  { name: 'best_ask_price_int', type: 'int64' },
  { name: 'book_valid', type: 'uint8' },
] as const satisfies readonly ParquetField[];

/** The table's columns. */
export const FRAME_TABLE_FIELDS: readonly ParquetField[] = [
  ...HEADER_FIELDS,
  ...FRAME_COLUMNS.map((c) => ({ name: c.name, type: c.type as ParquetType })),
];

function headerValues(h: FrameHeader): (number | null)[] {
  const valid = h.bookValid ? 1 : 0;
  return [h.ts, h.seq, h.eventId, h.mid, h.spot, h.bestBid, h.bestAsk, valid];
}

function arrayOf(type: ParquetType, length: number): Exclude<ParquetValues, readonly string[]> {
  switch (type) {
    case 'int64':
      return new Float64Array(length);
    case 'float32':
      return new Float32Array(length);
    case 'int8':
      return new Int8Array(length);
    case 'uint8':
      return new Uint8Array(length);
    case 'uint16':
      return new Uint16Array(length);
    default:
      return new Uint32Array(length);
  }
}

/** Gathers frames into batches; the arrays are used again for the next batch. */
export class FrameTable {
  private readonly columns = FRAME_TABLE_FIELDS.map((f) =>
    arrayOf(f.type, BATCH_FRAMES * FRAME_ROWS),
  );
  private readonly nulls = HEADER_FIELDS.map(() => new Uint8Array(BATCH_FRAMES * FRAME_ROWS));
  private readonly bias: bigint[];
  private rows = 0;

  /** @param originNs 00:00 UTC of the session date. */
  constructor(originNs: UnixNs) {
    this.bias = FRAME_TABLE_FIELDS.map((f) => (f.name === 'ts_ns' ? originNs : 0n));
  }

  /** The batches of a sequence of frames. */
  *batches(frames: Iterable<FrameBuffer>): Generator<ParquetBatch> {
    for (const frame of frames) {
      this.add(frame);
      if (this.rows === BATCH_FRAMES * FRAME_ROWS) yield this.take();
    }
    if (this.rows > 0) yield this.take();
  }

  private add(frame: FrameBuffer): void {
    const { rows, columns, nulls } = this;
    const header = headerValues(frame.header);
    for (let c = 0; c < header.length; c++) {
      const value = header[c]!;
      (columns[c] as Float64Array).fill(value ?? 0, rows, rows + FRAME_ROWS);
      nulls[c]!.fill(value === null ? 1 : 0, rows, rows + FRAME_ROWS);
    }
    for (let c = 0; c < FRAME_COLUMNS.length; c++) {
      const values = frame.columns[FRAME_COLUMNS[c]!.name] as Float32Array;
      (columns[header.length + c] as Float32Array).set(values, rows);
    }
    this.rows += FRAME_ROWS;
  }

  private take(): ParquetBatch {
    const { rows, columns, bias } = this;
    this.rows = 0;
    const nulls = columns.map((_, c) => this.nulls[c] ?? null);
    return { rows, columns, nulls, bias };
  }
}
