/**
 * From rows of the lake to the binary frames of a window.
 */

import type { ForecastRows } from '../forecast/index.ts';
import type { ColumnRequest, TableRows } from '../lake/index.ts';
import { makeVelocityFrame, SIDE_CODES, VELOCITY_COLUMNS } from '../wire/index.ts';
import { midOfRow, secondOfRow, spotOfRow, validOfRow } from './velocity-windows.ts';

/** A binary frame and its rows. */
export interface SurfaceFrame {
  rows: number;
  bytes: Uint8Array;
}

/** Columns of the book's surface that only the forecast needs; they follow those on the wire. */
const BOOK_FORECAST = ['u_near', 'u_p_slow'];

/** Names of the wire's values, in its order; the lake's names are the same. */
const BOOK_VALUES = VELOCITY_COLUMNS.velocity.slice(2).map((c) => c.name);
/** The wire's values of options, and the columns they come from. */
const OPTION_VALUES = {
  liquidity_velocity: 'liquidity_velocity',
  pressure_grad: 'pressure_grad_opt',
  u_wave_energy: 'u_opt_wave_energy',
  nu: 'nu_opt',
  Omega: 'Omega_opt',
} as const;

/** Places of columns in `bookColumns` and `optionColumns`. */
const BOOK = { end: 0, relTicks: 1, side: 2, values: 3 } as const;
const OPTION = { end: 0, strike: 1, right: 2, side: 3, values: 4 } as const;

/** What is read of `physics_surface_1s` of a future or an equity. */
export function bookColumns(originNs: bigint): ColumnRequest[] {
  const named = ['rel_ticks', 'side', ...BOOK_VALUES, ...BOOK_FORECAST].map((name) => ({ name }));
  return [{ name: 'window_end_ts_ns', origin: originNs }, ...named];
}

/** What is read of `physics_surface_1s` of options. */
export function optionColumns(originNs: bigint): ColumnRequest[] {
  const named = ['strike_price_int', 'right', 'side', ...Object.values(OPTION_VALUES)];
  return [{ name: 'window_end_ts_ns', origin: originNs }, ...named.map((name) => ({ name }))];
}

/** A column of the book's surface by its name in the lake. */
export function bookColumn(rows: TableRows, name: string): Float32Array {
  const values = [...BOOK_VALUES, ...BOOK_FORECAST];
  return rows.columns[BOOK.values + values.indexOf(name)] as Float32Array;
}

/** Where a cell of the book's surface is: ticks from spot, and its side's code in the lake. */
export function bookPlaces(rows: TableRows) {
  return {
    relTicks: rows.columns[BOOK.relTicks] as Int32Array,
    side: rows.columns[BOOK.side] as Uint8Array,
  };
}

/** Strike of each row, ticks of the underlying. */
export function strikeTicks(rows: TableRows, tick: number): Int32Array {
  const strikes = rows.columns[OPTION.strike]!;
  return Int32Array.from({ length: rows.rows }, (_, r) => Math.round(strikes[r]! / tick));
}

/** Obstacle of each row of options. */
export function optionOmega(rows: TableRows): Float32Array {
  return rows.columns[OPTION.values + 4] as Float32Array;
}

/**
 * Writes into `kept` which rows of [from, to) are sent, and returns how many. Left out are rows
 * without any value, and cells beyond spot, seen from their own side, in which nothing rests and
 * nothing happened: smoothing gives them values, but there is nothing of that side to be drawn.
 */
function keepRows(rows: TableRows, from: number, to: number, kept: Int32Array): number {
  const { relTicks, side } = bookPlaces(rows);
  const velocity = bookColumn(rows, 'liquidity_velocity');
  const rho = bookColumn(rows, 'rho');
  const push = bookColumn(rows, 'pressure_grad');
  const omega = bookColumn(rows, 'Omega');
  const nu = bookColumn(rows, 'nu');
  const energy = bookColumn(rows, 'u_wave_energy');
  const prominence = bookColumn(rows, 'Omega_prom');
  let count = 0;
  for (let r = from; r < to; r++) {
    const isBare = velocity[r] === 0 && rho[r] === 0 && push[r] === 0 && omega[r] === 0;
    const ticks = relTicks[r]!;
    if (isBare && (side[r] === SIDE_CODES.A ? ticks < 0 : ticks > 0)) continue;
    if (isBare && energy[r] === 0 && prominence[r] === 0 && nu[r] === 1) continue;
    kept[count++] = r;
  }
  return count;
}

function gather(
  from: ArrayLike<number>,
  kept: Int32Array,
  count: number,
  to: Float32Array | Int16Array | Int8Array,
) {
  for (let i = 0; i < count; i++) to[i] = from[kept[i]!]!;
}

/** The `velocity` frame of rows [from, to). */
export function velocityFrame(rows: TableRows, from: number, to: number): SurfaceFrame {
  const kept = new Int32Array(to - from);
  const count = keepRows(rows, from, to, kept);
  const { columns, bytes } = makeVelocityFrame('velocity', count);
  const { relTicks, side } = bookPlaces(rows);
  gather(relTicks, kept, count, columns.rel_ticks);
  gather(side, kept, count, columns.side);
  for (const name of BOOK_VALUES) {
    gather(bookColumn(rows, name), kept, count, columns[name as 'rho']);
  }
  return { rows: count, bytes };
}

/**
 * The `options` frame of rows [from, to); empty without rows.
 * @param strikes of all rows, ticks.
 */
export function optionsFrame(
  rows: TableRows | null,
  strikes: Int32Array,
  from: number,
  to: number,
): SurfaceFrame {
  const { columns, bytes } = makeVelocityFrame('options', to - from);
  if (!rows) return { rows: 0, bytes };
  columns.strike_tick.set(strikes.subarray(from, to));
  columns.right.set(rows.columns[OPTION.right]!.subarray(from, to));
  columns.side.set(rows.columns[OPTION.side]!.subarray(from, to));
  Object.keys(OPTION_VALUES).forEach((name, v) => {
    const values = rows.columns[OPTION.values + v]!;
    columns[name as 'nu'].set(values.subarray(from, to));
  });
  return { rows: to - from, bytes };
}

/** Stands for an unknown price: the vendor's own undefined one. */
const UNKNOWN_PRICE = 0x7fffffffffffffffn;

/** The `snap` frame of a snapshot's row. */
export function snapFrame(originNs: bigint, rows: TableRows, row: number): SurfaceFrame {
  const { columns, bytes } = makeVelocityFrame('snap', 1);
  const spot = spotOfRow(rows, row);
  columns.window_end_ts_ns[0] = originNs + BigInt(secondOfRow(rows, row)) * 1_000_000_000n;
  columns.mid_price[0] = midOfRow(rows, row);
  columns.spot_ref_price_int[0] = Number.isNaN(spot) ? UNKNOWN_PRICE : BigInt(spot);
  columns.book_valid[0] = validOfRow(rows, row);
  return { rows: 1, bytes };
}

/** The `snap` frame of a second of which nothing is known. */
export function absentSnapFrame(originNs: bigint, second: number): SurfaceFrame {
  const { columns, bytes } = makeVelocityFrame('snap', 1);
  columns.window_end_ts_ns[0] = originNs + BigInt(second) * 1_000_000_000n;
  columns.mid_price[0] = Number.NaN;
  columns.spot_ref_price_int[0] = UNKNOWN_PRICE;
  return { rows: 1, bytes };
}

/** The `forecast` frame; null = no rows. */
export function forecastFrame(rows: ForecastRows | null): SurfaceFrame {
  const count = rows === null ? 0 : rows.horizon_s.length;
  const { columns, bytes } = makeVelocityFrame('forecast', count);
  if (rows !== null) {
    for (const { name } of VELOCITY_COLUMNS.forecast) columns[name as 'p_up'].set(rows[name]);
  }
  return { rows: count, bytes };
}
