import { describe, expect, it } from 'vitest';
import { FRAME_COLUMNS, FRAME_ROWS, FrameBuffer } from '../../src/wire/index.ts';
import { runPython } from './python.ts';

/** Prints, for the stream on stdin, the types and the values of every column as JSON. */
const READ = `
import json, sys
import pyarrow as pa
reader = pa.ipc.open_stream(sys.stdin.buffer.read())
table = reader.read_all()
table.validate(full=True)
json.dump({
    "rows": table.num_rows,
    "batches": len(table.to_batches()),
    "types": {f.name: str(f.type) for f in table.schema},
    "nulls": sum(c.null_count for c in table.columns),
    "values": {f.name: table[f.name].to_pylist() for f in table.schema},
}, sys.stdout)
`;

describe('frame', () => {
  it('is read by pyarrow, every column and value', () => {
    const frame = new FrameBuffer();
    FRAME_COLUMNS.forEach(({ name }, c) => {
      if (name === 'k') return;
      for (let r = 0; r < FRAME_ROWS; r++) frame.columns[name][r] = c * 1000 + r / 8;
    });
    const read = JSON.parse(runPython(READ, { input: frame.bytes() }).toString());
    const types = { float32: 'float', int8: 'int8', uint16: 'uint16', uint32: 'uint32' };
    expect(read.rows).toBe(FRAME_ROWS);
    expect(read.batches).toBe(1);
    expect(read.nulls).toBe(0);
    expect(Object.entries(read.types)).toEqual(FRAME_COLUMNS.map((c) => [c.name, types[c.type]]));
    for (const { name } of FRAME_COLUMNS) {
      expect(read.values[name]).toEqual(Array.from(frame.columns[name]));
    }
  });
});
