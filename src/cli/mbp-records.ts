/**
 * Rows of market-by-price as DBN records and as a Parquet table.
 */
import type { MbpRows } from '../book/index.ts';
import { UNDEF_ORDER_SIZE, UNDEF_PRICE, UNDEF_PRICE_F64 } from '../dbn/index.ts';
import type { ParquetBatch, ParquetField } from '../lake/index.ts';
import { mbpColumnNames, mbpRtype, type RowSymbols } from './mbp-text.ts';

const RECORD_BYTES = 48;
const LEVEL_BYTES = 32;

function priceOf(value: number): bigint {
  return value === UNDEF_PRICE_F64 ? UNDEF_PRICE : BigInt(value);
}

function writeLevels(view: DataView, at: number, rows: MbpRows, r: number): void {
  for (let n = 0; n < rows.levels; n++) {
    const level = at + n * LEVEL_BYTES;
    const from = r * rows.levels + n;
    view.setBigInt64(level, priceOf(rows.bidPrice[from]!), true);
    view.setBigInt64(level + 8, priceOf(rows.askPrice[from]!), true);
    view.setUint32(level + 16, rows.bidSize[from]!, true);
    view.setUint32(level + 20, rows.askSize[from]!, true);
    view.setUint32(level + 24, rows.bidCount[from]!, true);
    view.setUint32(level + 28, rows.askCount[from]!, true);
  }
}

/**
 * All rows as MBP-1 or MBP-10 records (rows of 1 or 10 levels). Source: databento/dbn `Mbp1Msg`,
 * `Mbp10Msg`.
 */
export function mbpRecords(rows: MbpRows): Uint8Array {
  const stride = RECORD_BYTES + rows.levels * LEVEL_BYTES;
  const bytes = new Uint8Array(stride * rows.length);
  const view = new DataView(bytes.buffer);
  for (let r = 0, at = 0; r < rows.length; r++, at += stride) {
    bytes[at] = stride / 4;
    bytes[at + 1] = mbpRtype(rows.levels);
    view.setUint16(at + 2, rows.publisherId[r]!, true);
    view.setUint32(at + 4, rows.instrumentId[r]!, true);
    view.setBigUint64(at + 8, rows.originNs + BigInt(rows.tsEvent[r]!), true);
    view.setBigInt64(at + 16, priceOf(rows.price[r]!), true);
    view.setUint32(at + 24, rows.size[r]!, true);
    bytes[at + 28] = rows.action[r]!;
    bytes[at + 29] = rows.side[r]!;
    bytes[at + 30] = rows.flags[r]!;
    bytes[at + 31] = rows.depth[r]!;
    view.setBigUint64(at + 32, rows.originNs + BigInt(rows.tsRecv[r]!), true);
    view.setInt32(at + 40, rows.tsInDelta[r]!, true);
    view.setUint32(at + 44, rows.sequence[r]!, true);
    writeLevels(view, at + RECORD_BYTES, rows, r);
  }
  return bytes;
}

const RECORD_FIELDS: readonly ParquetField[] = [
  { name: 'ts_recv', type: 'int64' },
  { name: 'ts_event', type: 'int64' },
  { name: 'rtype', type: 'uint8' },
  { name: 'publisher_id', type: 'uint16' },
  { name: 'instrument_id', type: 'uint32' },
  { name: 'action', type: 'utf8' },
  { name: 'side', type: 'utf8' },
  { name: 'depth', type: 'uint8' },
  { name: 'price', type: 'int64' },
  { name: 'size', type: 'uint32' },
  { name: 'flags', type: 'uint8' },
  { name: 'ts_in_delta', type: 'int32' },
  { name: 'sequence', type: 'uint32' },
];

/** Columns of the Parquet table: those of the CSV. */
export function mbpFields(levels: number): ParquetField[] {
  const names = mbpColumnNames(levels).slice(RECORD_FIELDS.length, -1);
  const ofLevels = names.map(
    (name): ParquetField => ({ name, type: name.includes('_px_') ? 'int64' : 'uint32' }),
  );
  return [...RECORD_FIELDS, ...ofLevels, { name: 'symbol', type: 'utf8' }];
}

/** Level `n` of a column that lies row by row. */
function levelOf<T extends Float64Array | Uint32Array>(from: T, rows: MbpRows, n: number): T {
  const out = from.slice(0, rows.length) as T;
  for (let r = 0; r < rows.length; r++) out[r] = from[r * rows.levels + n]!;
  return out;
}

function whereEqual(values: Float64Array | Uint32Array, rows: number, undef: number) {
  const nulls = new Uint8Array(rows);
  for (let r = 0; r < rows; r++) nulls[r] = values[r] === undef ? 1 : 0;
  return nulls;
}

/** All rows as a batch of the table's columns; it stays valid as long as the rows do. */
export function mbpBatch(rows: MbpRows, symbols: RowSymbols): ParquetBatch {
  const n = rows.length;
  const letters = (codes: Uint8Array) =>
    Array.from(codes.subarray(0, n), (code) => String.fromCharCode(code));
  const named = Array.from({ length: n }, (_, r) =>
    symbols.of(rows.instrumentId[r]!, rows.tsRecv[r]!, rows.originNs),
  );
  const columns: ParquetBatch['columns'][number][] = [
    rows.tsRecv,
    rows.tsEvent,
    new Uint8Array(n).fill(mbpRtype(rows.levels)),
    rows.publisherId,
    rows.instrumentId,
    letters(rows.action),
    letters(rows.side),
    rows.depth,
    rows.price,
    rows.size,
    rows.flags,
    rows.tsInDelta,
    rows.sequence,
  ];
  const nulls: (Uint8Array | null)[] = columns.map(() => null);
  nulls[8] = whereEqual(rows.price, n, UNDEF_PRICE_F64);
  nulls[9] = whereEqual(rows.size, n, UNDEF_ORDER_SIZE);
  for (let level = 0; level < rows.levels; level++) {
    const bid = levelOf(rows.bidPrice, rows, level);
    const ask = levelOf(rows.askPrice, rows, level);
    columns.push(bid, ask);
    nulls.push(whereEqual(bid, n, UNDEF_PRICE_F64), whereEqual(ask, n, UNDEF_PRICE_F64));
    for (const from of [rows.bidSize, rows.askSize, rows.bidCount, rows.askCount]) {
      columns.push(levelOf(from, rows, level));
      nulls.push(null);
    }
  }
  const bias = columns.map((_, c) => (c < 2 ? rows.originNs : 0n));
  return { rows: n, columns: [...columns, named], nulls: [...nulls, null], bias: [...bias, 0n] };
}
