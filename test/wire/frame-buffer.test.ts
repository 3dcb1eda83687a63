import { tableFromIPC as flechetteTable } from '@uwdata/flechette';
import { tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { DataError, Prng } from '../../src/core/index.ts';
import {
  decodeFrame,
  FRAME_COLUMNS,
  FRAME_ROWS,
  FrameBuffer,
  layOutArrow,
  MAX_FRAME_BYTES,
  readArrow,
} from '../../src/wire/index.ts';

/** A frame with another value in every cell. */
function filled(seed: number): FrameBuffer {
  const rng = new Prng(seed);
  const frame = new FrameBuffer();
  for (const { name, type } of FRAME_COLUMNS) {
    if (name === 'k') continue;
    const column = frame.columns[name];
    for (let r = 0; r < FRAME_ROWS; r++) {
      column[r] = type === 'float32' ? rng.normal() * 1e3 : rng.u32();
    }
  }
  return frame;
}

describe('FrameBuffer', () => {
  it(`holds a frame, schema included, in ${MAX_FRAME_BYTES} bytes`, () => {
    expect(new FrameBuffer().bytes().length).toBeLessThanOrEqual(MAX_FRAME_BYTES);
  });

  it('is an Arrow stream that apache-arrow reads, value for value', () => {
    const frame = filled(1);
    const table = tableFromIPC(frame.bytes());
    expect(table.numRows).toBe(FRAME_ROWS);
    expect(table.schema.fields.map((f) => f.name)).toEqual(FRAME_COLUMNS.map((c) => c.name));
    const types = { float32: 'Float32', int8: 'Int8', uint16: 'Uint16', uint32: 'Uint32' };
    for (const { name, type } of FRAME_COLUMNS) {
      const column = table.getChild(name)!;
      expect(String(column.type)).toBe(types[type]);
      expect(column.nullCount).toBe(0);
      expect(Array.from(column.toArray())).toEqual(Array.from(frame.columns[name]));
    }
  });

  it('is an Arrow stream that flechette reads, value for value', () => {
    const frame = filled(2);
    const table = flechetteTable(frame.bytes());
    for (const { name } of FRAME_COLUMNS) {
      expect(Array.from(table.getChild(name)!)).toEqual(Array.from(frame.columns[name]));
    }
  });

  it('numbers its rows from -50 to 50', () => {
    const { k } = new FrameBuffer().columns;
    expect([k[0], k[50], k[100]]).toEqual([-50, 0, 50]);
  });

  it('hands out a view that follows the columns and a copy that does not', () => {
    const frame = new FrameBuffer();
    const view = frame.bytes();
    const copy = frame.copy();
    frame.columns.v_add[7] = 1.5;
    expect(decodeFrame(view).v_add[7]).toBe(1.5);
    expect(decodeFrame(copy).v_add[7]).toBe(0);
  });
});

describe('decodeFrame', () => {
  it('gives back what was written, at any alignment of the bytes', () => {
    const frame = filled(3);
    for (const shift of [0, 1, 4, 8]) {
      const bytes = new Uint8Array(frame.bytes().length + shift).subarray(shift);
      bytes.set(frame.bytes());
      expect(decodeFrame(bytes)).toEqual(frame.columns);
    }
  });

  it('reads a frame of another layout: more columns, another order', () => {
    const columns = [{ name: 'extra', type: 'uint16' } as const, ...[...FRAME_COLUMNS].reverse()];
    const layout = layOutArrow(columns, FRAME_ROWS);
    const bytes = layout.template.slice();
    const at = layout.offsets[columns.findIndex((c) => c.name === 'a_pull')];
    new Float32Array(bytes.buffer, at, FRAME_ROWS).fill(-2.25);
    const frame = decodeFrame(bytes);
    expect(new Set(frame.a_pull)).toEqual(new Set([-2.25]));
    expect(new Set(frame.bid_orders)).toEqual(new Set([0]));
  });

  it('names the column that is missing, of another type or of another length', () => {
    const rest = FRAME_COLUMNS.slice(0, -1);
    const missing = layOutArrow(rest, FRAME_ROWS).template;
    expect(() => decodeFrame(missing)).toThrow(/ask_orders.*no such column/);
    const retyped = layOutArrow([...rest, { name: 'ask_orders', type: 'float32' }], FRAME_ROWS);
    expect(() => decodeFrame(retyped.template)).toThrow(/ask_orders.*float32 x 101/);
    const longer = layOutArrow(FRAME_COLUMNS, FRAME_ROWS + 1);
    expect(() => decodeFrame(longer.template)).toThrow(/frame column k.*int8 x 102/);
  });

  it('answers any damage of the metadata with a DataError or with columns, never otherwise', () => {
    const rng = new Prng(4);
    const whole = filled(5).copy();
    for (let n = 0; n < 4000; n++) {
      const bytes = n % 4 === 0 ? whole.slice(0, rng.int(whole.length)) : whole.slice();
      for (let flips = rng.int(4); flips >= 0; flips--) bytes[rng.int(3200)] ^= 1 << rng.int(8);
      try {
        expect(decodeFrame(bytes).k).toHaveLength(FRAME_ROWS);
      } catch (e) {
        expect(e).toBeInstanceOf(DataError);
      }
    }
  });
});

describe('readArrow', () => {
  it('reads what layOutArrow lays out, whatever the columns and rows', () => {
    const rng = new Prng(6);
    const types = ['float32', 'int8', 'uint16', 'uint32'] as const;
    for (let n = 0; n < 50; n++) {
      const columns = Array.from({ length: rng.int(40) }, (_, c) => ({
        name: `c${c}${'x'.repeat(rng.int(9))}`,
        type: types[rng.int(4)],
      }));
      const rows = rng.int(300);
      const { template, offsets } = layOutArrow(columns, rows);
      expect(offsets.every((o) => o % 8 === 0)).toBe(true);
      const read = readArrow(template);
      expect([...read.keys()]).toEqual(columns.map((c) => c.name));
      for (const c of columns) expect(read.get(c.name)).toMatchObject({ type: c.type });
      for (const c of columns) expect(read.get(c.name)!.values).toHaveLength(rows);
      expect(tableFromIPC(template).numCols).toBe(columns.length);
    }
  });
});
