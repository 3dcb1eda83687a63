/**
 * Bronze tables back as the columns that the books take: what a direct decoding of the raw file
 * would have filled, bit for bit.
 */
import { type Cmbp1Columns, type MboColumns, UNDEF_PRICE_F64 } from '../../dbn/index.ts';
import type { ColumnRequest, TableReader, TableRows } from '../../lake/index.ts';
import { ACTION_LETTERS, SIDE_LETTERS } from './codes.ts';
import { type OptionTerms, RowTerms } from './option-terms.ts';

const TWO_32 = 4294967296;

/** Columns of `bronze.*.mbo` that `readBronzeMbo` takes, in its order. */
export const MBO_REQUEST: readonly ColumnRequest[] = [
  { name: 'ts_recv', as: 'lanes' },
  { name: 'ts_event', as: 'lanes' },
  { name: 'order_id', as: 'lanes' },
  { name: 'price', as: 'lanes' },
  { name: 'size' },
  { name: 'sequence' },
  { name: 'instrument_id' },
  { name: 'ts_in_delta' },
  { name: 'publisher_id' },
  { name: 'flags' },
  { name: 'action' },
  { name: 'side' },
  { name: 'channel_id' },
];

/** Columns of `bronze.equity_option_cmbp_1.cmbp_1` that `readBronzeCmbp1` takes, in its order. */
const CMBP_1_COLUMNS: readonly ColumnRequest[] = [
  { name: 'ts_recv', as: 'lanes' },
  { name: 'ts_event', as: 'lanes' },
  { name: 'price', as: 'lanes' },
  { name: 'bid_px_00', as: 'lanes' },
  { name: 'ask_px_00', as: 'lanes' },
  { name: 'size' },
  { name: 'bid_sz_00' },
  { name: 'ask_sz_00' },
  { name: 'instrument_id' },
  { name: 'ts_in_delta' },
  { name: 'publisher_id' },
  { name: 'bid_pb_00' },
  { name: 'ask_pb_00' },
  { name: 'flags' },
  { name: 'action' },
  { name: 'side' },
];

/** Columns that say what option a row is of; they follow the records' own. */
const TERMS_COLUMNS: readonly ColumnRequest[] = [
  { name: 'symbol' },
  { name: 'underlying' },
  { name: 'right' },
  { name: 'strike', as: 'lanes' },
  { name: 'expiration', as: 'lanes' },
];

/** Columns of `bronze.future_option_mbo.mbo` that `readBronzeOptionMbo` takes, in its order. */
export const OPTION_MBO_REQUEST: readonly ColumnRequest[] = [...MBO_REQUEST, ...TERMS_COLUMNS];
/** Columns of `bronze.equity_option_cmbp_1.cmbp_1`, in the order of `readBronzeCmbp1`. */
export const CMBP_1_REQUEST: readonly ColumnRequest[] = [...CMBP_1_COLUMNS, ...TERMS_COLUMNS];

/** Refills columns from what a reader gives, batch after batch, whatever its batches are. */
function* refill<C extends { capacity: number; length: number }>(
  reader: TableReader,
  columns: C,
  copy: (rows: TableRows, from: number, count: number, columns: C) => void,
): Generator<C> {
  columns.length = 0;
  for (let rows = reader.next(); rows; rows = reader.next()) {
    for (let from = 0; from < rows.rows; ) {
      const count = Math.min(rows.rows - from, columns.capacity - columns.length);
      copy(rows, from, count, columns);
      columns.length += count;
      from += count;
      if (columns.length < columns.capacity) continue;
      yield columns;
      columns.length = 0;
    }
  }
  if (columns.length > 0) yield columns;
}

/**
 * The records of a bronze MBO partition, opened with `MBO_REQUEST`: the columns, refilled for each
 * batch, times relative to their origin.
 */
export function readBronzeMbo(reader: TableReader, columns: MboColumns): Generator<MboColumns> {
  return refill(reader, columns, copyMbo);
}

/**
 * Like `readBronzeMbo`, of options opened with `OPTION_MBO_REQUEST`: `terms` holds what every
 * instrument of the batch is, by its id, before the batch is given out.
 */
export function readBronzeOptionMbo(
  reader: TableReader,
  columns: MboColumns,
  terms: Map<number, OptionTerms>,
): Generator<MboColumns> {
  const noted = new RowTerms(terms, MBO_REQUEST.length);
  return refill(reader, columns, (rows, from, count, into) => {
    copyMbo(rows, from, count, into);
    noted.note(rows, from, into.instrumentId, into.length, count);
  });
}

/**
 * The records of a bronze CMBP-1 partition, opened with `CMBP_1_REQUEST`, as `readBronzeOptionMbo`
 * gives those of orders.
 */
export function readBronzeCmbp1(
  reader: TableReader,
  columns: Cmbp1Columns,
  terms: Map<number, OptionTerms>,
): Generator<Cmbp1Columns> {
  const noted = new RowTerms(terms, CMBP_1_COLUMNS.length);
  return refill(reader, columns, (rows, from, count, into) => {
    copyCmbp1(rows, from, count, into);
    noted.note(rows, from, into.instrumentId, into.length, count);
  });
}

type Narrow = Uint8Array | Uint16Array | Int32Array | Uint32Array;

/** Rows that were read, and where they go. */
interface Stretch {
  rows: TableRows;
  /** First row, and how many. */
  from: number;
  count: number;
  /** Place of the first in the columns. */
  at: number;
}

function copyPlain({ rows, from, count, at }: Stretch, k: number, to: Narrow): void {
  to.set(rows.columns[k]!.subarray(from, from + count), at);
}

function copyLetters(stretch: Stretch, k: number, to: Uint8Array, letters: Uint8Array): void {
  const { rows, from, count, at } = stretch;
  const codes = rows.columns[k] as Uint8Array;
  for (let i = 0; i < count; i++) to[at + i] = letters[codes[from + i]!]!;
}

/** The low 32 bits are taken as they are: -1, an undefined time, comes out beyond any time. */
function copyTimes(stretch: Stretch, k: number, to: Float64Array, originNs: bigint): void {
  const { rows, from, count, at } = stretch;
  const low = rows.columns[k] as Uint32Array;
  const high = rows.high[k]!;
  const originLo = Number(originNs & 0xffffffffn);
  const originHi = Number(originNs >> 32n);
  for (let i = 0; i < count; i++) {
    to[at + i] = (high[from + i]! - originHi) * TWO_32 + (low[from + i]! - originLo);
  }
}

function copyPrices({ rows, from, count, at }: Stretch, k: number, to: Float64Array): void {
  const low = rows.columns[k] as Uint32Array;
  const high = rows.high[k]!;
  const nulls = rows.nulls[k];
  for (let i = 0; i < count; i++) to[at + i] = (high[from + i]! | 0) * TWO_32 + low[from + i]!;
  if (!nulls) return;
  for (let i = 0; i < count; i++) if (nulls[from + i] === 1) to[at + i] = UNDEF_PRICE_F64;
}

function copyMbo(rows: TableRows, from: number, count: number, c: MboColumns): void {
  const s: Stretch = { rows, from, count, at: c.length };
  copyTimes(s, 0, c.tsRecv, c.originNs);
  copyTimes(s, 1, c.tsEvent, c.originNs);
  copyPlain(s, 2, c.orderIdLo);
  c.orderIdHi.set(rows.high[2]!.subarray(from, from + count), s.at);
  copyPrices(s, 3, c.price);
  copyPlain(s, 4, c.size);
  copyPlain(s, 5, c.sequence);
  copyPlain(s, 6, c.instrumentId);
  copyPlain(s, 7, c.tsInDelta);
  copyPlain(s, 8, c.publisherId);
  copyPlain(s, 9, c.flags);
  copyLetters(s, 10, c.action, ACTION_LETTERS);
  copyLetters(s, 11, c.side, SIDE_LETTERS);
  copyPlain(s, 12, c.channelId);
}

function copyCmbp1(rows: TableRows, from: number, count: number, c: Cmbp1Columns): void {
  const s: Stretch = { rows, from, count, at: c.length };
  copyTimes(s, 0, c.tsRecv, c.originNs);
  copyTimes(s, 1, c.tsEvent, c.originNs);
  copyPrices(s, 2, c.price);
  copyPrices(s, 3, c.bidPrice);
  copyPrices(s, 4, c.askPrice);
  copyPlain(s, 5, c.size);
  copyPlain(s, 6, c.bidSize);
  copyPlain(s, 7, c.askSize);
  copyPlain(s, 8, c.instrumentId);
  copyPlain(s, 9, c.tsInDelta);
  copyPlain(s, 10, c.publisherId);
  copyPlain(s, 11, c.bidPublisher);
  copyPlain(s, 12, c.askPublisher);
  copyPlain(s, 13, c.flags);
  copyLetters(s, 14, c.action, ACTION_LETTERS);
  copyLetters(s, 15, c.side, SIDE_LETTERS);
}
