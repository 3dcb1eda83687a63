import type { HistoryLayout, SurfaceField } from '../surface/index.ts';

/** Quantities that are kept for each side. */
export const SIDE_QUANTITIES = [
  'liquidity_velocity',
  'pressure_grad',
  'u_wave_energy',
  'Omega',
  'nu',
  'rho',
  'Omega_prom',
] as const;

/** One of `SIDE_QUANTITIES`. */
export type SideQuantity = (typeof SIDE_QUANTITIES)[number];

/** Quantities that the surface shows. */
export const SHOWN_QUANTITIES = [
  'liquidity_velocity',
  'pressure_grad',
  'u_wave_energy',
  'Omega',
  'nu',
] as const satisfies readonly SideQuantity[];

/** One of `SHOWN_QUANTITIES`. */
export type ShownQuantity = (typeof SHOWN_QUANTITIES)[number];

/** Which side of the book is shown. */
export const SIDES = ['book', 'asks', 'bids'] as const;

/** One of `SIDES`. */
export type SideChoice = (typeof SIDES)[number];

/**
 * Columns that history keeps: each quantity of asks and of bids; then what `book` shows, the side
 * that owns the price; then how strong a wall is.
 */
export const STORED_COLUMNS = [
  ...SIDE_QUANTITIES.map((name) => `${name}_ask` as const),
  ...SIDE_QUANTITIES.map((name) => `${name}_bid` as const),
  ...SHOWN_QUANTITIES,
  'wall',
] as const;

/** A column that history keeps. */
export type StoredColumn = (typeof STORED_COLUMNS)[number];

/** Fields in the order of their keys 1 to 5. */
export const SURFACE_FIELDS = [
  {
    id: 'liquidity_velocity',
    label: 'Velocity',
    column: 'liquidity_velocity',
    unit: '1/s',
    signed: true,
    bound: null,
    knee: 0.05,
    ends: ['', ''],
    title: 'Added minus pulled and filled, as shares of what rested, 1/s',
  },
  {
    id: 'pressure_grad',
    label: 'Pressure',
    column: 'pressure_grad',
    unit: '1/s',
    signed: true,
    bound: null,
    knee: 0.02,
    ends: ['down', 'up'],
    title: 'Force on price: building bids push up, building asks push down, 1/s',
  },
  {
    id: 'u_wave_energy',
    label: 'Energy',
    column: 'u_wave_energy',
    unit: '1/s',
    signed: false,
    bound: null,
    knee: 0.05,
    ends: ['', ''],
    title: 'Size of the waves of velocity over 2 to 128 s, 1/s',
  },
  {
    id: 'Omega',
    label: 'Ω',
    column: 'Omega',
    unit: '',
    signed: false,
    bound: null,
    knee: 1,
    ends: ['', ''],
    title: 'Obstacle: depth that rests and is built',
  },
  {
    id: 'nu',
    label: 'ν',
    column: 'nu',
    unit: '',
    signed: false,
    bound: null,
    knee: 1,
    ends: ['', ''],
    title: 'Viscosity: 1 + obstacles near by, and twice what stands out',
  },
] as const satisfies readonly SurfaceField<StoredColumn>[];

/** Rows up to which the longer memory is affordable. */
const MANY_ROWS = 512;

/** What the page remembers: an hour of values and 4.5 hours of time; half of it for wide grids. */
export function layoutFor(rows: number): HistoryLayout<StoredColumn> {
  return {
    columns: STORED_COLUMNS,
    rows,
    spotIndex: (rows - 1) / 2,
    frames: rows > MANY_ROWS ? 2048 : 4096,
    tileFrames: 256,
    timeColumns: 16_384,
  };
}
