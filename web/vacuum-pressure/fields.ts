import { FRAME_K, FRAME_ROWS, type FrameColumnName } from '../../src/wire/index.ts';
import type { HistoryLayout, SurfaceField } from '../surface/index.ts';

/** Fields in the order of their keys 1 to 7. */
export const SURFACE_FIELDS = [
  {
    id: 'composite',
    label: 'Composite',
    column: 'composite',
    unit: '',
    signed: true,
    bound: 1,
    knee: 1,
    ends: ['vacuum', 'pressure'],
    title: '(P − V) / (P + V + 1): building against draining, −1 to 1',
  },
  {
    id: 'pressure',
    label: 'Pressure',
    column: 'pressure_variant',
    unit: 'lots/s',
    signed: false,
    bound: null,
    knee: 1,
    ends: ['', ''],
    title: 'Liquidity building at the price, lots/s',
  },
  {
    id: 'vacuum',
    label: 'Vacuum',
    column: 'vacuum_variant',
    unit: 'lots/s',
    signed: false,
    bound: null,
    knee: 1,
    ends: ['', ''],
    title: 'Liquidity draining at the price: pulls and fills, lots/s',
  },
  {
    id: 'depth',
    label: 'Depth',
    column: 'rest_depth',
    unit: 'lots',
    signed: false,
    bound: null,
    knee: 1,
    ends: ['', ''],
    title: 'Resting size in the book, lots',
  },
  {
    id: 'velocity',
    label: 'Velocity',
    column: 'v_rest_depth',
    unit: 'lots/s',
    signed: true,
    bound: null,
    knee: 1,
    ends: ['', ''],
    title: 'Rate of change of resting size: add − pull − fill, lots/s',
  },
  {
    id: 'acceleration',
    label: 'Accel.',
    column: 'a_rest_depth',
    unit: 'lots/s²',
    signed: true,
    bound: null,
    knee: 1,
    ends: ['', ''],
    title: 'Rate of change of velocity, lots/s²',
  },
  {
    id: 'jerk',
    label: 'Jerk',
    column: 'j_rest_depth',
    unit: 'lots/s³',
    signed: true,
    bound: null,
    knee: 1,
    ends: ['', ''],
    title: 'Rate of change of acceleration, lots/s³',
  },
] as const satisfies readonly SurfaceField<StoredColumn>[];

/** Frame columns that history keeps for the crosshair and the export, in their order of storage. */
export const STORED_COLUMNS = [
  'composite',
  'pressure_variant',
  'vacuum_variant',
  'rest_depth',
  'bid_depth',
  'ask_depth',
  'bid_orders',
  'ask_orders',
  'add_mass',
  'pull_mass',
  'fill_mass',
  'v_rest_depth',
  'a_rest_depth',
  'j_rest_depth',
] as const satisfies readonly FrameColumnName[];

/** A column that history keeps. */
export type StoredColumn = (typeof STORED_COLUMNS)[number];

/** What the page remembers: at 25 ms a frame 6.8 minutes of values, 27 of time. */
export const HISTORY_LAYOUT: HistoryLayout<StoredColumn> = {
  columns: STORED_COLUMNS,
  rows: FRAME_ROWS,
  spotIndex: FRAME_K,
  frames: 16_384,
  tileFrames: 2048,
  timeColumns: 65_536,
};
