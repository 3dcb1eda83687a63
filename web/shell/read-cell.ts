import {
  COLUMN_HELD,
  COLUMN_INVALID,
  formatRowPrice,
  formatTimeOfDay,
  msOfColumn,
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
  values: Record<string, number>;
  /** What else is known at this place, as label and text. */
  extra: readonly (readonly [string, string])[];
}

/** A number of the read-out: stored column (or several, shown together), label, digits. */
export type ReadOutRow = readonly [
  columns: string | readonly string[],
  label: string,
  digits: number,
];

/** Reads a cell from history: exact values of the frame, not of pixels. */
export function readCell(model: SessionModel, column: number, row: number): CellReading {
  const { history, time, price } = model;
  const ms = msOfColumn(time, column);
  const frame = history.frameAt(column);
  const flags = history.flagsAt(column);
  const values = history.layout.columns.map((name) => [
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
    values: Object.fromEntries(values),
    extra: [],
  };
}

/** A number for a read-out: a dash when unknown. */
export function formatNumber(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined || !Number.isFinite(value)
    ? '–'
    : value.toFixed(digits);
}

/** A number for people: `formatNumber` with a true minus, and none before a rounded 0. */
export function shownNumber(value: number | null | undefined, digits: number): string {
  const text = formatNumber(value, digits);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

/** The reading as label and text pairs, in the order of display: what is special here first. */
export function readOut(reading: CellReading, rows: readonly ReadOutRow[]): [string, string][] {
  const values = rows.map(([columns, label, digits]): [string, string] => {
    const texts = [columns].flat().map((name) => formatNumber(reading.values[name], digits));
    return [label, texts.join(' | ')];
  });
  return [...reading.extra.map(([label, text]): [string, string] => [label, text]), ...values];
}

/** The reading as one line of text, for the clipboard. */
export function readingText(reading: CellReading): string {
  const values = Object.entries(reading.values).map(([n, v]) => `${n}=${formatNumber(v, 6)}`);
  const extra = reading.extra.map(([label, text]) => `${label.replaceAll(' ', '_')}=${text}`);
  return [`time=${reading.time}`, `price=${reading.price}`, ...values, ...extra].join(' ');
}
