import type { ArrowArray } from './arrow-views.ts';

/**
 * The vacuum-pressure frame: 101 rows (k = -50..+50 around spot), one column a published quantity.
 *
 * Meaning of every column: docs/formulas.md (vacuum pressure). Row 0 is k = -50. At a row every
 * column sums both sides unless its name says `bid_` or `ask_`.
 */

/** Rows on each side of spot. */
export const FRAME_K = 50;
/** Rows of a frame: 2 x FRAME_K + 1. */
export const FRAME_ROWS = 101;

/** Storage type of a frame column. */
export type FrameColumnType = 'float32' | 'int8' | 'uint16' | 'uint32';

/** Column names in the order of the wire, with their storage and unit. */
export const FRAME_COLUMNS = [
  { name: 'k', type: 'int8', unit: 'rows from spot' },
  { name: 'pressure_variant', type: 'float32', unit: 'lots/s' },
  { name: 'vacuum_variant', type: 'float32', unit: 'lots/s' },
  { name: 'resistance_variant', type: 'float32', unit: 'ln lots' },
  { name: 'composite', type: 'float32', unit: 'none, -1..1' },
  { name: 'state5', type: 'int8', unit: 'none, -2..2' },
  { name: 'add_mass', type: 'float32', unit: 'lots' },
  { name: 'pull_mass', type: 'float32', unit: 'lots' },
  { name: 'fill_mass', type: 'float32', unit: 'lots' },
  { name: 'rest_depth', type: 'float32', unit: 'lots' },
  { name: 'v_add', type: 'float32', unit: 'lots/s' },
  { name: 'v_pull', type: 'float32', unit: 'lots/s' },
  { name: 'v_fill', type: 'float32', unit: 'lots/s' },
  { name: 'v_rest_depth', type: 'float32', unit: 'lots/s' },
  { name: 'a_add', type: 'float32', unit: 'lots/s^2' },
  { name: 'a_pull', type: 'float32', unit: 'lots/s^2' },
  { name: 'a_fill', type: 'float32', unit: 'lots/s^2' },
  { name: 'a_rest_depth', type: 'float32', unit: 'lots/s^2' },
  { name: 'j_add', type: 'float32', unit: 'lots/s^3' },
  { name: 'j_pull', type: 'float32', unit: 'lots/s^3' },
  { name: 'j_fill', type: 'float32', unit: 'lots/s^3' },
  { name: 'j_rest_depth', type: 'float32', unit: 'lots/s^3' },
  { name: 'last_event_id', type: 'uint32', unit: 'count, 0 = never' },
  { name: 'bid_depth', type: 'float32', unit: 'lots' },
  { name: 'ask_depth', type: 'float32', unit: 'lots' },
  { name: 'bid_pressure', type: 'float32', unit: 'lots/s' },
  { name: 'ask_pressure', type: 'float32', unit: 'lots/s' },
  { name: 'bid_vacuum', type: 'float32', unit: 'lots/s' },
  { name: 'ask_vacuum', type: 'float32', unit: 'lots/s' },
  { name: 'bid_orders', type: 'uint16', unit: 'orders, saturating' },
  { name: 'ask_orders', type: 'uint16', unit: 'orders, saturating' },
] as const satisfies readonly { name: string; type: FrameColumnType; unit: string }[];

/** A column of the frame. */
export type FrameColumnName = (typeof FRAME_COLUMNS)[number]['name'];

/** The typed array behind each column. [FRAME_ROWS] */
export type FrameArrays = {
  [C in (typeof FRAME_COLUMNS)[number] as C['name']]: ArrowArray<C['type']>;
};
