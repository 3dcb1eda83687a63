import { tableFromIPC as flechetteTable } from '@uwdata/flechette';
import { tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { DataError, Prng } from '../../src/core/index.ts';
import type { ArrowType, VelocitySurface } from '../../src/wire/index.ts';
import {
  decodeVelocityFrame,
  layOutArrow,
  makeVelocityFrame,
  parseVelocityMessage,
  readArrow,
  VELOCITY_COLUMNS,
  VELOCITY_SURFACES,
} from '../../src/wire/index.ts';

/** A frame with another value in every cell. */
function filled(surface: VelocitySurface, rows: number, seed: number) {
  const rng = new Prng(seed);
  const frame = makeVelocityFrame(surface, rows);
  for (const { name, type } of VELOCITY_COLUMNS[surface]) {
    const column = frame.columns[name as never] as Float64Array | BigInt64Array;
    for (let r = 0; r < rows; r++) {
      if (column instanceof BigInt64Array) column[r] = BigInt(rng.u32()) * -4_000_000_007n;
      else column[r] = type.startsWith('float') ? rng.normal() * 1e3 : rng.u32();
    }
  }
  return frame;
}

const ROWS = [0, 1, 7, 530];

describe.each(VELOCITY_SURFACES)('a %s frame', (surface) => {
  it.each(ROWS)('of %i rows is an Arrow stream that other libraries read', (rows) => {
    const { bytes, columns } = filled(surface, rows, 3 + rows);
    const names = VELOCITY_COLUMNS[surface].map((c) => c.name);
    const table = tableFromIPC(bytes);
    const light = flechetteTable(bytes, { useBigInt: true });
    expect(table.numRows).toBe(rows);
    expect(light.numRows).toBe(rows);
    expect(table.schema.fields.map((f) => f.name)).toEqual(names);
    for (const { name, type } of VELOCITY_COLUMNS[surface]) {
      const column = table.getChild(name)!;
      expect(String(column.type).toLowerCase()).toBe(type);
      expect(column.nullCount).toBe(0);
      const values = Array.from(columns[name as never] as Iterable<number>);
      expect(Array.from(column)).toEqual(values);
      expect(Array.from(light.getChild(name)!)).toEqual(values);
    }
  });

  it('is decoded to what was written, in arrays of its own', () => {
    const frame = filled(surface, 7, 5);
    const decoded = decodeVelocityFrame(surface, frame.bytes);
    expect(decoded).toEqual({ rows: 7, columns: frame.columns });
    frame.bytes.fill(0);
    expect(decoded.columns).not.toEqual(frame.columns);
  });

  it('is decoded from another place in memory and with columns this build does not know', () => {
    const frame = filled(surface, 3, 9);
    const shifted = new Uint8Array(frame.bytes.length + 3);
    shifted.set(frame.bytes, 3);
    expect(decodeVelocityFrame(surface, shifted.subarray(3)).columns).toEqual(frame.columns);
    const received = Buffer.from(frame.bytes);
    expect(decodeVelocityFrame(surface, received).columns).toEqual(frame.columns);
    const more = [...VELOCITY_COLUMNS[surface], { name: 'later', type: 'float64' as ArrowType }];
    const { columns } = decodeVelocityFrame(surface, layOutArrow(more, 3).template);
    expect(columns).toEqual(makeVelocityFrame(surface, 3).columns);
  });

  it('is refused when a column is missing, has another type, or bytes are gone', () => {
    const [first, ...rest] = VELOCITY_COLUMNS[surface];
    const missing = layOutArrow(rest, 2).template;
    expect(() => decodeVelocityFrame(surface, missing)).toThrow(first.name);
    const other = [{ name: first.name, type: 'uint16' as ArrowType }, ...rest];
    expect(() => decodeVelocityFrame(surface, layOutArrow(other, 2).template)).toThrow(/uint16/);
    const { bytes } = filled(surface, 4, 2);
    for (let length = 0; length < bytes.length - 8; length += 40) {
      expect(() => decodeVelocityFrame(surface, bytes.subarray(0, length))).toThrow(DataError);
    }
  });
});

it('every type comes back from a stream with the value it went in with', () => {
  const types: ArrowType[] = ['float32', 'float64', 'int8', 'int16', 'int32', 'uint8', 'uint16'];
  const columns = [...types, 'uint32' as const, 'int64' as const].map((type) => ({
    name: type,
    type,
  }));
  const read = readArrow(layOutArrow(columns, 5).template);
  expect([...read].map(([name, c]) => [name, c.type, c.values.length])).toEqual(
    columns.map(({ type }) => [type, type, 5]),
  );
});

describe('messages of the velocity stream', () => {
  const header = {
    type: 'surface_header',
    session: 's',
    seq: 52200,
    surface: 'snap',
    rows: 1,
    bytes: 9,
  };

  it('are read whole, fields that are not known included', () => {
    const text = JSON.stringify({ ...header, later: 1 });
    expect(parseVelocityMessage(text)).toEqual({ ...header, later: 1 });
    expect(parseVelocityMessage('{"type":"end"}')).toEqual({ type: 'end' });
    expect(parseVelocityMessage('{"type":"grid_update"}')).toBeNull();
  });

  it('are refused by the field that is missing or of another kind', () => {
    expect(() => parseVelocityMessage(JSON.stringify({ ...header, rows: '1' }))).toThrow(/rows/);
    expect(() => parseVelocityMessage('{"type":"batch_start","session":"s"}')).toThrow(/seq/);
    expect(() => parseVelocityMessage('[]')).toThrow(DataError);
  });
});
