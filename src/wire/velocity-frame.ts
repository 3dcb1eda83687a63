import { DataError } from '../core/index.ts';
import { layOutArrow } from './arrow-layout.ts';
import { readArrow } from './arrow-reader.ts';
import { ARROW_VIEWS } from './arrow-views.ts';
import { VELOCITY_COLUMNS, type VelocityArrays } from './velocity-columns.ts';
import type { VelocitySurface } from './velocity-messages.ts';

/** A surface of a window: its rows, column by column. */
export interface VelocityFrame<S extends VelocitySurface> {
  rows: number;
  columns: VelocityArrays<S>;
}

/**
 * An empty frame to be filled: `columns` are views into `bytes`, which is the message to be sent
 * (an Arrow IPC stream, 8-byte aligned) once they are written. The caller owns both.
 */
export function makeVelocityFrame<S extends VelocitySurface>(
  surface: S,
  rows: number,
): VelocityFrame<S> & { bytes: Uint8Array<ArrayBuffer> } {
  const { template, offsets } = layOutArrow(VELOCITY_COLUMNS[surface], rows);
  const { buffer } = template;
  const views = VELOCITY_COLUMNS[surface].map(({ name, type }, c) => {
    return [name, new ARROW_VIEWS[type](buffer as ArrayBuffer, offsets[c]!, rows)];
  });
  const columns = Object.fromEntries(views) as VelocityArrays<S>;
  return { rows, columns, bytes: template as Uint8Array<ArrayBuffer> };
}

/**
 * The rows of a surface's binary frame, in arrays of their own; more columns than this build knows
 * are left out.
 * @throws DataError WIRE when a column is missing or has another type, or the stream is damaged.
 */
export function decodeVelocityFrame<S extends VelocitySurface>(
  surface: S,
  bytes: Uint8Array,
): VelocityFrame<S> {
  const read = readArrow(bytes);
  let rows = 0;
  const arrays = VELOCITY_COLUMNS[surface].map(({ name, type }) => {
    const column = read.get(name);
    if (column?.type !== type) {
      const found = column?.type ?? 'no such column';
      throw new DataError('WIRE', `${surface} column ${name}`, { found, expected: type });
    }
    rows = column.values.length;
    return [name, column.values];
  });
  return { rows, columns: Object.fromEntries(arrays) as VelocityArrays<S> };
}
