import { describe, expect, it } from 'vitest';
import { makeVelocityFrame, VELOCITY_COLUMNS, VELOCITY_SURFACES } from '../../src/wire/index.ts';
import { runPython } from './python.ts';

/** Prints, for the stream on stdin, the types and the values of every column as JSON. */
const READ = `
import json, sys
import pyarrow as pa
table = pa.ipc.open_stream(sys.stdin.buffer.read()).read_all()
table.validate(full=True)
json.dump({
    "rows": table.num_rows,
    "types": {f.name: str(f.type) for f in table.schema},
    "values": {f.name: [str(v) for v in table[f.name].to_pylist()] for f in table.schema},
}, sys.stdout)
`;

const PYTHON_NAMES: Record<string, string> = { float32: 'float', float64: 'double' };

describe.each(VELOCITY_SURFACES)('a %s frame', (surface) => {
  it.each([0, 1, 37])('of %i rows is read by pyarrow, every column and value', (rows) => {
    const { bytes, columns } = makeVelocityFrame(surface, rows);
    const filled = VELOCITY_COLUMNS[surface].map(({ name, type }, c) => {
      const column = columns[name as never] as Float64Array | BigInt64Array;
      for (let r = 0; r < rows; r++) {
        if (column instanceof BigInt64Array) column[r] = BigInt(r) - (1n << 62n);
        else column[r] = type.startsWith('float') ? c + r / 8 : c + r;
      }
      return [name, Array.from(column as Float64Array, Number)] as const;
    });
    const read = JSON.parse(runPython(READ, { input: bytes }).toString());
    expect(read.rows).toBe(rows);
    expect(Object.entries(read.types)).toEqual(
      VELOCITY_COLUMNS[surface].map(({ name, type }) => [name, PYTHON_NAMES[type] ?? type]),
    );
    for (const [name, values] of filled) {
      expect(read.values[name].map(Number)).toEqual(values);
    }
  });
});
