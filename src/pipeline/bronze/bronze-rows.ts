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

function copyPlain(rows: TableRows, k: number, from: number, to: Narrow, at: number, n: number) {
  to.set(rows.columns[k]!.subarray(from, from + n), at);
}

function copyLetters(
  rows: TableRows,
  k: number,
  from: number,
  to: Uint8Array,
  at: number,
  n: number,
  letters: Uint8Array,
): void {
  const codes = rows.columns[k] as Uint8Array;
  for (let i = 0; i < n; i++) to[at + i] = letters[codes[from + i]!]!;
}

/** The low 32 bits are taken as they are: -1, an undefined time, comes out beyond any time. */
function copyTimes(
  rows: TableRows,
  k: number,
  from: number,
  to: Float64Array,
  at: number,
  n: number,
  originNs: bigint,
): void {
  const low = rows.columns[k] as Uint32Array;
  const high = rows.high[k]!;
  const originLo = Number(originNs & 0xffffffffn);
  const originHi = Number(originNs >> 32n);
  for (let i = 0; i < n; i++) {
    to[at + i] = (high[from + i]! - originHi) * TWO_32 + (low[from + i]! - originLo);
  }
}

function copyPrices(
  rows: TableRows,
  k: number,
  from: number,
  to: Float64Array,
  at: number,
  n: number,
): void {
  const low = rows.columns[k] as Uint32Array;
  const high = rows.high[k]!;
  const nulls = rows.nulls[k];
  for (let i = 0; i < n; i++) to[at + i] = (high[from + i]! | 0) * TWO_32 + low[from + i]!;
  if (!nulls) return;
  for (let i = 0; i < n; i++) if (nulls[from + i] === 1) to[at + i] = UNDEF_PRICE_F64;
}

function copyMbo(rows: TableRows, from: number, n: number, c: MboColumns): void {
  const at = c.length;
  copyTimes(rows, 0, from, c.tsRecv, at, n, c.originNs);
  copyTimes(rows, 1, from, c.tsEvent, at, n, c.originNs);
  copyPlain(rows, 2, from, c.orderIdLo, at, n);
  c.orderIdHi.set(rows.high[2]!.subarray(from, from + n), at);
  copyPrices(rows, 3, from, c.price, at, n);
  copyPlain(rows, 4, from, c.size, at, n);
  copyPlain(rows, 5, from, c.sequence, at, n);
  copyPlain(rows, 6, from, c.instrumentId, at, n);
  copyPlain(rows, 7, from, c.tsInDelta, at, n);
  copyPlain(rows, 8, from, c.publisherId, at, n);
  copyPlain(rows, 9, from, c.flags, at, n);
  copyLetters(rows, 10, from, c.action, at, n, ACTION_LETTERS);
  copyLetters(rows, 11, from, c.side, at, n, SIDE_LETTERS);
  copyPlain(rows, 12, from, c.channelId, at, n);
}

function copyCmbp1(rows: TableRows, from: number, n: number, c: Cmbp1Columns): void {
  const at = c.length;
  copyTimes(rows, 0, from, c.tsRecv, at, n, c.originNs);
  copyTimes(rows, 1, from, c.tsEvent, at, n, c.originNs);
  copyPrices(rows, 2, from, c.price, at, n);
  copyPrices(rows, 3, from, c.bidPrice, at, n);
  copyPrices(rows, 4, from, c.askPrice, at, n);
  copyPlain(rows, 5, from, c.size, at, n);
  copyPlain(rows, 6, from, c.bidSize, at, n);
  copyPlain(rows, 7, from, c.askSize, at, n);
  copyPlain(rows, 8, from, c.instrumentId, at, n);
  copyPlain(rows, 9, from, c.tsInDelta, at, n);
  copyPlain(rows, 10, from, c.publisherId, at, n);
  copyPlain(rows, 11, from, c.bidPublisher, at, n);
  copyPlain(rows, 12, from, c.askPublisher, at, n);
  copyPlain(rows, 13, from, c.flags, at, n);
  copyLetters(rows, 14, from, c.action, at, n, ACTION_LETTERS);
  copyLetters(rows, 15, from, c.side, at, n, SIDE_LETTERS);
}
