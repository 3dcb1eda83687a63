import {
  COLUMN_HELD,
  COLUMN_INVALID,
  formatRowPrice,
  formatTimeOfDay,
  msOfColumn,
  STORED_COLUMNS,
  type StoredColumn,
} from '../surface/index.ts';
import type { SessionModel } from './session-model.ts';

/** The exact numbers of one cell of the surface. */
export interface CellReading {
  column: number;
  row: number;
  /** Exchange time of the column, and price of the row, as text. */
  time: string;
  price: string;
  /** Grid index of the frame that the numbers come from; null where there is none. */
  frameSeq: number | null;
  /** An earlier frame stands in for one that was left out. */
  held: boolean;
  bookValid: boolean;
  /** Per stored column; NaN where the frame has no such row. */
  values: Record<StoredColumn, number>;
}

/** Reads a cell from history: exact values of the frame, not of pixels. */
export function readCell(model: SessionModel, column: number, row: number): CellReading {
  const { history, time, price } = model;
  const ms = msOfColumn(time, column);
  const frame = history.frameAt(column);
  const flags = history.flagsAt(column);
  const values = STORED_COLUMNS.map((name) => [
    name,
    frame < 0 ? Number.NaN : history.value(name, frame, row),
  ]);
  return {
    column,
    row,
    time: Number.isFinite(ms) ? formatTimeOfDay(ms + time.offsetMs(ms), true) : '–',
    price: formatRowPrice(price, row),
    frameSeq: frame < 0 ? null : history.seqs[history.slotOf(frame)]!,
    held: (flags & COLUMN_HELD) !== 0,
    bookValid: (flags & COLUMN_INVALID) === 0,
    values: Object.fromEntries(values) as Record<StoredColumn, number>,
  };
}

const READ_OUT: [StoredColumn, string, number][] = [
  ['bid_depth', 'bid', 0],
  ['ask_depth', 'ask', 0],
  ['bid_orders', 'bid orders', 0],
  ['ask_orders', 'ask orders', 0],
  ['add_mass', 'add', 1],
  ['pull_mass', 'pull', 1],
  ['fill_mass', 'fill', 1],
  ['v_rest_depth', 'v', 2],
  ['a_rest_depth', 'a', 2],
  ['j_rest_depth', 'j', 3],
  ['pressure_variant', 'P', 2],
  ['vacuum_variant', 'V', 2],
  ['composite', 'comp', 3],
];

/** A number for a read-out: a dash when unknown. */
export function formatNumber(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined || !Number.isFinite(value)
    ? '–'
    : value.toFixed(digits);
}

/** The reading as label and text pairs, in the order of display. */
export function readOut(reading: CellReading): [string, string][] {
  return READ_OUT.map(([name, label, digits]) => [
    label,
    formatNumber(reading.values[name], digits),
  ]);
}

/** The reading as one line of text, for the clipboard. */
export function readingText(reading: CellReading): string {
  const values = STORED_COLUMNS.map((name) => `${name}=${formatNumber(reading.values[name], 6)}`);
  return [`time=${reading.time}`, `price=${reading.price}`, ...values].join(' ');
}
