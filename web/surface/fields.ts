import type { FrameColumnName } from '../../src/wire/index.ts';

/** A field that the surface can show. */
export interface SurfaceField {
  id: string;
  label: string;
  /** Frame column behind it. */
  column: FrameColumnName;
  unit: string;
  /** Signed fields get a diverging map around zero. */
  signed: boolean;
  /** Widest range of values, when the definition bounds it. */
  bound: number | null;
  title: string;
}

/** Fields in the order of their keys 1 to 7. */
export const SURFACE_FIELDS = [
  {
    id: 'composite',
    label: 'Composite',
    column: 'composite',
    unit: '',
    signed: true,
    bound: 1,
    title: '(P − V) / (P + V + 1): building against draining, −1 to 1',
  },
  {
    id: 'pressure',
    label: 'Pressure',
    column: 'pressure_variant',
    unit: 'lots/s',
    signed: false,
    bound: null,
    title: 'Liquidity building at the price, lots/s',
  },
  {
    id: 'vacuum',
    label: 'Vacuum',
    column: 'vacuum_variant',
    unit: 'lots/s',
    signed: false,
    bound: null,
    title: 'Liquidity draining at the price: pulls and fills, lots/s',
  },
  {
    id: 'depth',
    label: 'Depth',
    column: 'rest_depth',
    unit: 'lots',
    signed: false,
    bound: null,
    title: 'Resting size in the book, lots',
  },
  {
    id: 'velocity',
    label: 'Velocity',
    column: 'v_rest_depth',
    unit: 'lots/s',
    signed: true,
    bound: null,
    title: 'Rate of change of resting size: add − pull − fill, lots/s',
  },
  {
    id: 'acceleration',
    label: 'Accel.',
    column: 'a_rest_depth',
    unit: 'lots/s²',
    signed: true,
    bound: null,
    title: 'Rate of change of velocity, lots/s²',
  },
  {
    id: 'jerk',
    label: 'Jerk',
    column: 'j_rest_depth',
    unit: 'lots/s³',
    signed: true,
    bound: null,
    title: 'Rate of change of acceleration, lots/s³',
  },
] as const satisfies readonly SurfaceField[];

/** Identifier of a field, as it stands in the URL. */
export type FieldId = (typeof SURFACE_FIELDS)[number]['id'];

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

/** The field with this identifier; the first one when there is none. */
export function fieldById(id: string): (typeof SURFACE_FIELDS)[number] {
  return SURFACE_FIELDS.find((f) => f.id === id) ?? SURFACE_FIELDS[0];
}
