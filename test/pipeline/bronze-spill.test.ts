import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRecord, type RecordRun, runOf } from '../../src/dbn/index.ts';
import type { TableBatch } from '../../src/lake/index.ts';
import { InstrumentRoutes } from '../../src/pipeline/bronze/instrument-routes.ts';
import { MboRows } from '../../src/pipeline/bronze/mbo-rows.ts';
import { RecordSpill } from '../../src/pipeline/bronze/record-spill.ts';
import {
  readHead,
  type Split,
  spilledPartition,
  streamPartition,
} from '../../src/pipeline/bronze/split-records.ts';
import { mbo, ORIGIN_NS, temporaryLake } from './bronze-fixture.ts';

const MBO_BYTES = 56;
/** Of `MBO_NAMES`. */
const SEQUENCE_COLUMN = 11;

/** A run of records of these instruments, numbered from `first`; 64 bytes each with a trailer. */
function runFrom(ids: readonly number[], first: number, tsOut = false): RecordRun {
  const records = ids.map((id, i) => {
    const record = mbo(id, i, { sequence: first + i });
    return encodeRecord(tsOut ? { ...record, ts_out: 1n } : record);
  });
  return runOf(new Uint8Array(Buffer.concat(records)), { tsOut });
}

function sequencesOf(run: RecordRun): number[] {
  const step = run.stride >> 2;
  return Array.from({ length: run.count }, (_, i) => run.words[(run.start >> 2) + i * step + 13]!);
}

describe('records of many partitions', () => {
  it('come back in their order, whatever was spilled when', () => {
    const path = join(temporaryLake(), 'spill');
    const parts = fc.array(fc.tuple(fc.nat(4), fc.integer({ min: 1, max: 60 }), fc.boolean()), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(parts, fc.constantFrom(0, 5000, 20_000, 1e9), (drawn, maxHeld) => {
        const spill = new RecordSpill(path, MBO_BYTES, maxHeld);
        const expected: number[][] = [[], [], [], [], []];
        let n = 0;
        for (const [k, count, tsOut] of drawn) {
          const run = runFrom(Array<number>(count).fill(k), n, tsOut);
          spill.append(k, run, 0, count);
          for (let i = 0; i < count; i++) expected[k]!.push(n++);
          expect(spill.heldBytes).toBeLessThanOrEqual(maxHeld);
        }
        if (maxHeld === 0) expect(spill.spilledBytes).toBe(n * MBO_BYTES);
        for (const [k, sequences] of expected.entries()) {
          const read: number[] = [];
          for (const run of spill.read(k)) read.push(...sequencesOf(run));
          expect(read).toEqual(sequences);
        }
        spill.close();
        expect(existsSync(path)).toBe(false);
      }),
      { seed: 11, numRuns: 60 },
    );
  });

  it('hold no more memory than allowed, for 65,000 of them', () => {
    const lake = temporaryLake();
    const limit = 8 * 1024 * 1024;
    const spill = new RecordSpill(join(lake, 'spill'), MBO_BYTES, limit);
    const run = runFrom([1], 0);
    for (let round = 0; round < 3; round++) {
      for (let k = 0; k < 65_000; k++) spill.append(k, run, 0, 1);
      expect(spill.heldBytes).toBeLessThanOrEqual(limit);
    }
    expect(readdirSync(lake)).toEqual([]);
    for (const k of [0, 31_000, 64_999]) {
      expect([...spill.read(k)].map((r) => r.count).reduce((a, b) => a + b, 0)).toBe(3);
    }
    spill.close();
  });
});

/** Splits runs with tiny limits; partition = instrument, 9 is left out. */
function splitOf(runs: readonly RecordRun[], headBytes: number, path: string) {
  const rest = [...runs];
  const routes = new InstrumentRoutes((id) =>
    id === 9
      ? { leftOut: 'spread_records' }
      : { partition: `P${id}`, symbol: `S${id}`, terms: null },
  );
  const spill = new RecordSpill(path, MBO_BYTES, 2000);
  const split: Split = {
    next: () => rest.shift() ?? null,
    rtype: 0xa0,
    routes,
    spill,
    others: { records: 0 },
    onMappings: () => {},
    headBytes,
  };
  return split;
}

function sequences(batches: Iterable<TableBatch>): number[] {
  const all: number[] = [];
  for (const { rows, columns } of batches) {
    all.push(...(columns[SEQUENCE_COLUMN] as Uint32Array).subarray(0, rows));
  }
  return all;
}

describe('one pass over a day', () => {
  it('gives every partition its own records, in order, wherever the head ends', () => {
    const path = join(temporaryLake(), 'spill');
    const ids = fc.array(
      fc.array(fc.constantFrom(1, 1, 1, 2, 3, 9), { minLength: 1, maxLength: 40 }),
      {
        minLength: 1,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(ids, fc.constantFrom(1, 1000, 1e6), (runs, headBytes) => {
        let n = 0;
        const made = runs.map((of) => {
          const run = runFrom(of, n);
          n += of.length;
          return run;
        });
        const flat = runs.flat();
        const expected = (id: number) => flat.flatMap((of, i) => (of === id ? [i] : []));
        const split = splitOf(made, headBytes, path);
        const largest = readHead(split);
        const read = new Map<string, number[]>();
        const take = (k: number, from: typeof streamPartition) => {
          const rows = new MboRows(ORIGIN_NS, false);
          const batches = from(split, k, rows);
          read.set(split.routes.partitions[k]?.symbol ?? '', sequences(batches));
        };
        if (largest >= 0) take(largest, streamPartition);
        for (let k = 0; k < split.routes.partitions.length; k++) {
          if (k !== largest) take(k, spilledPartition);
        }
        if (largest >= 0) {
          for (const id of [1, 2, 3]) expect(read.get(`P${id}`) ?? []).toEqual(expected(id));
          expect(split.routes.leftOutRecords.spread_records).toBe(expected(9).length);
        }
        for (const { symbol, records } of split.routes.partitions) {
          expect(records).toBe(read.get(symbol)!.length);
        }
        split.spill.close();
      }),
      { seed: 13, numRuns: 80 },
    );
  });
});
