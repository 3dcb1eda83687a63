import { DataError } from '../core/index.ts';
import { readArrow } from './arrow-reader.ts';
import { frameArrays, frameLayout } from './frame-buffer.ts';
import type { FrameArrays } from './frame-columns.ts';
import { FRAME_COLUMNS, FRAME_ROWS } from './frame-columns.ts';

function hasKnownLayout(bytes: Uint8Array): boolean {
  const { template, bodyStart } = frameLayout();
  if (bytes.length !== template.length) return false;
  for (let i = 0; i < bodyStart; i++) if (bytes[i] !== template[i]) return false;
  return true;
}

/**
 * The columns of a frame from its Arrow IPC stream: views, not copies, when the bytes lie on 8 and
 * their schema is the one this build writes; read column by column (more columns are fine) when it
 * is another.
 * @throws DataError WIRE when a column is missing, has another type or another row count, or the
 *   stream is damaged.
 */
export function decodeFrame(bytes: Uint8Array): FrameArrays {
  if (hasKnownLayout(bytes)) {
    const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
    return frameArrays(aligned.buffer as ArrayBuffer, aligned.byteOffset);
  }
  const columns = readArrow(bytes);
  const arrays = FRAME_COLUMNS.map(({ name, type }) => {
    const column = columns.get(name);
    if (column?.type !== type || column.values.length !== FRAME_ROWS) {
      const found = column ? `${column.type} x ${column.values.length}` : 'no such column';
      const expected = `${type} x ${FRAME_ROWS}`;
      throw new DataError('WIRE', `frame column ${name}`, { found, expected });
    }
    return [name, column.values];
  });
  return Object.fromEntries(arrays) as FrameArrays;
}
