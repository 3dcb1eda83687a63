import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError, isKnownError } from '../../src/core/index.ts';
import { type DbnRecord, RTYPE } from '../../src/dbn/index.ts';
import { bronzeFutureMbo } from '../../src/pipeline/index.ts';
import {
  ES_DAY,
  ES_IDS,
  type FileForm,
  fileBytes,
  mbo,
  optionDefinition,
  taskOf,
  temporaryLake,
  write,
  writeDefinitions,
  writeRaw,
} from './bronze-fixture.ts';
import { MemoryIo } from './bronze-io.ts';

const RECORDS = Array.from({ length: 50 }, (_, i) => mbo(i % 3 === 0 ? 2 : 1, i, { sequence: i }));
const FORM: FileForm = { schema: 'mbo', records: RECORDS, symbols: ES_IDS };
const ZST = { ...ES_DAY, name: `${ES_DAY.name}.zst` };

async function run(lake: string): Promise<MemoryIo> {
  const io = new MemoryIo();
  await bronzeFutureMbo.run(taskOf(lake, 'future_mbo', 'ES'), io);
  return io;
}

/** Runs a day that must fail. */
async function refused(lake: string): Promise<DataError> {
  const io = new MemoryIo();
  try {
    await bronzeFutureMbo.run(taskOf(lake, 'future_mbo', 'ES'), io);
  } catch (error) {
    expect(io.partitions).toEqual([]);
    expect(error).toBeInstanceOf(DataError);
    return error as DataError;
  }
  throw new Error('it was not refused');
}

describe('a raw day that is not as it should be', () => {
  it('cut short within a record: whole records are kept, the bytes lost are counted', async () => {
    const lake = temporaryLake();
    await writeRaw(lake, ES_DAY, { ...FORM, cut: 20 });
    const io = await run(lake);
    expect(io.of('ESH6').rows.length + io.of('ESM6').rows.length).toBe(49);
    for (const { counters } of io.partitions) {
      expect(counters).toMatchObject({ truncated_files: 1, truncated_bytes: 36 });
    }
  });

  it('compressed and cut short: what was whole is kept and counted', async () => {
    const lake = temporaryLake();
    const bytes = await fileBytes({ ...FORM, compressed: true });
    const first = await fileBytes({ ...FORM, compressed: true });
    const path = await writeRaw(lake, ZST, FORM);
    writeFileSync(path, Buffer.concat([first, bytes.subarray(0, bytes.length >> 1)]));
    const io = await run(lake);
    expect(io.of('ESH6').rows.length).toBeGreaterThanOrEqual(33);
    expect(io.of('ESH6').counters).toMatchObject({ truncated_files: 1 });
  });

  it('corrupt compression: refused with file and offset, nothing published', async () => {
    const lake = temporaryLake();
    const path = await writeRaw(lake, ZST, { ...FORM, compressed: true });
    const bytes = readFileSync(path);
    // A whole frame, then one whose first block is of the type that zstd reserves.
    const second = Buffer.from(bytes);
    second.fill(0xff, 6, 16);
    writeFileSync(path, Buffer.concat([bytes, second]));
    const error = await refused(lake);
    expect(error.code).toBe('DBN_ZSTD');
    expect(error.detail.file).toBe(path);
    expect(error.detail.offset).toBeGreaterThan(0);
  });

  it('a record of impossible length: refused with file and offset', async () => {
    const lake = temporaryLake();
    const path = await writeRaw(lake, ES_DAY, FORM);
    const bytes = readFileSync(path);
    const at = bytes.length - 56 * 10;
    bytes[at] = 1;
    writeFileSync(path, bytes);
    const error = await refused(lake);
    expect(error.code).toBe('DBN_RECORD');
    expect(error.detail).toMatchObject({ file: path, offset: at });
  });

  it.each([
    ['empty', 0, 'DBN_MAGIC'],
    ['no DBN', 400, 'DBN_MAGIC'],
  ])('%s: refused', async (_, length, code) => {
    const lake = temporaryLake();
    const path = await writeRaw(lake, ES_DAY, FORM);
    writeFileSync(path, new Uint8Array(length).fill(0x20));
    const error = await refused(lake);
    expect(error.code).toBe(code);
    expect(error.message).toContain(path);
  });

  it('another schema: refused with both', async () => {
    const lake = temporaryLake();
    await writeRaw(lake, ES_DAY, { ...FORM, schema: 'trades', records: [] });
    const error = await refused(lake);
    expect(error.code).toBe('DBN_SCHEMA');
    expect(error.message).toContain('trades');
  });

  it('a header without records, or none of the product: nothing matched', async () => {
    const lake = temporaryLake();
    await writeRaw(lake, ES_DAY, { ...FORM, records: [] });
    expect((await refused(lake)).code).toBe('SYMBOL_NOT_FOUND');
    await writeRaw(lake, ES_DAY, { ...FORM, records: [mbo(5, 1)] });
    const error = await refused(lake);
    expect(error.code).toBe('SYMBOL_NOT_FOUND');
    expect(error.message).toContain('MESH6');
  });

  it('no such day: the message names those there are', async () => {
    const lake = temporaryLake();
    await writeRaw(lake, { ...ES_DAY, name: 'glbx-mdp3-20260106.mbo.dbn' }, FORM);
    const error = await refused(lake);
    expect(error.code).toBe('DATE_NOT_FOUND');
    expect(error.message).toContain('2026-01-06');
  });

  it('other record types are left out and counted', async () => {
    const lake = temporaryLake();
    const foreign: DbnRecord = { ...mbo(1, 5), rtype: 0x7f, unknown: new Uint8Array(8) };
    const bare = { rtype: 0x7f, publisher_id: 1, instrument_id: 1, ts_event: 0n };
    const records = [mbo(1, 1), { ...bare, unknown: foreign.unknown! }, mbo(1, 2)];
    await writeRaw(lake, ES_DAY, { ...FORM, records });
    const io = await run(lake);
    expect(io.of('ESH6').rows).toHaveLength(2);
    expect(io.of('ESH6').counters).toMatchObject({ other_rtype_records: 1 });
  });
});

describe('bytes of any kind', () => {
  it('a version newer than is read: refused', async () => {
    const lake = temporaryLake();
    const path = await writeRaw(lake, ES_DAY, FORM);
    const bytes = readFileSync(path);
    bytes[3] = 99;
    writeFileSync(path, bytes);
    expect((await refused(lake)).code).toBe('DBN_VERSION');
  });

  it('metadata that claim to be gigantic: refused', async () => {
    const lake = temporaryLake();
    const path = await writeRaw(lake, ES_DAY, FORM);
    const bytes = readFileSync(path);
    bytes.writeUInt32LE(0xfffffff0, 4);
    writeFileSync(path, bytes);
    expect((await refused(lake)).code).toBe('DBN_METADATA');
  });

  it.each([
    [false, 80],
    [true, 12],
  ])('flipped or cut anywhere, compressed: %s: rows or a refusal', async (compressed, numRuns) => {
    const lake = temporaryLake();
    const day = compressed ? ZST : ES_DAY;
    const path = await writeRaw(lake, day, { ...FORM, compressed });
    const whole = readFileSync(path);
    const damage = fc.record({
      flips: fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })), {
        maxLength: 3,
      }),
      length: fc.oneof(fc.constant(whole.length), fc.nat(whole.length)),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ flips, length }) => {
        const bytes = Buffer.from(whole);
        for (const [at, by] of flips) bytes[at]! ^= by;
        writeFileSync(path, bytes.subarray(0, length));
        const io = new MemoryIo();
        try {
          await bronzeFutureMbo.run(taskOf(lake, 'future_mbo', 'ES'), io);
        } catch (error) {
          expect(isKnownError(error)).toBe(true);
          expect(io.partitions).toEqual([]);
          return;
        }
        const rows = io.partitions.reduce((sum, p) => sum + p.rows.length, 0);
        expect(rows).toBeGreaterThan(0);
        for (const { counters } of io.partitions) {
          for (const n of Object.values(counters)) expect(n).toBeGreaterThanOrEqual(0);
        }
      }),
      { seed: 23, numRuns },
    );
  });
});

describe('names of instruments', () => {
  it('neither mappings nor definitions: refused, saying what to fetch and where to', async () => {
    const lake = temporaryLake();
    await writeRaw(lake, ES_DAY, { ...FORM, symbols: {} });
    const error = await refused(lake);
    expect(error.code).toBe('DEFINITIONS');
    expect(error.message).toContain('venue=glbx');
    expect(error.message).toContain('20260105');
  });

  it('definitions alone are enough, and their class tells a spread', async () => {
    const lake = temporaryLake();
    const future = { instrument_class: 'F', underlying: '' };
    const path = await writeDefinitions(lake, 'glbx', [
      optionDefinition(1, 'ESH6', future),
      optionDefinition(2, 'ESM6', { ...future, instrument_class: 'S' }),
    ]);
    await writeRaw(lake, ES_DAY, { ...FORM, symbols: {} });
    const io = await run(lake);
    expect(io.partitions.map((p) => p.ref.symbol)).toEqual(['ESH6']);
    expect(io.of('ESH6').counters).toMatchObject({ spread_records: 17 });
    expect(io.raw).toContainEqual({ path, role: 'definitions' });
  });

  it('a mapping of another day does not count', async () => {
    const lake = temporaryLake();
    await writeRaw(lake, { ...ES_DAY, name: 'glbx-mdp3-20260106.mbo.dbn' }, FORM);
    const task = { ...taskOf(lake, 'future_mbo', 'ES'), dt: '2026-01-06' };
    await expect(bronzeFutureMbo.run(task, new MemoryIo())).rejects.toThrow(/DEFINITIONS|names/);
  });

  it('mapping records in the midst of a live recording name what follows', async () => {
    const lake = temporaryLake();
    const mapping: DbnRecord = {
      rtype: RTYPE.SYMBOL_MAPPING,
      publisher_id: 1,
      instrument_id: 1,
      ts_event: 0n,
      stype_in: 1,
      stype_in_symbol: 'ES.FUT',
      stype_out: 1,
      stype_out_symbol: 'ESH6',
      start_ts: (1n << 64n) - 1n,
      end_ts: (1n << 64n) - 1n,
    };
    const records = [mbo(1, 1), mapping, mbo(1, 2), mbo(1, 3)];
    await writeRaw(lake, ES_DAY, { schema: null, records });
    const io = await run(lake);
    expect(io.of('ESH6').rows).toHaveLength(2);
    expect(io.of('ESH6').counters).toMatchObject({ unmapped_records: 1 });
  });
});

describe('several files of one day', () => {
  const part = (from: number, to: number): FileForm => ({
    ...FORM,
    records: RECORDS.slice(from, to),
  });
  const ALL = RECORDS.map((r) => r['sequence']);
  const sequences = (io: MemoryIo) =>
    io.partitions.flatMap((p) => p.rows.map((r) => r['sequence'] as number)).sort((a, b) => a - b);

  it('the same, raw and compressed: read once', async () => {
    const lake = temporaryLake();
    await writeRaw(lake, ES_DAY, FORM);
    await writeRaw(lake, ZST, { ...FORM, compressed: true });
    const io = await run(lake);
    expect(sequences(io)).toEqual(ALL);
    expect(io.of('ESH6').counters).toMatchObject({
      raw_files: 2,
      duplicate_files: 1,
      duplicate_records: 50,
    });
    expect(io.raw).toHaveLength(2);
  });

  it('two jobs of the same day: read once', async () => {
    const lake = temporaryLake();
    await writeRaw(lake, { ...ES_DAY, name: `GLBX-A/${ES_DAY.name}` }, FORM);
    await writeRaw(lake, { ...ES_DAY, name: `GLBX-B/${ES_DAY.name}` }, { ...FORM, version: 1 });
    const io = await run(lake);
    expect(sequences(io)).toEqual(ALL);
    expect(io.of('ESH6').counters).toMatchObject({ duplicate_files: 1 });
  });

  it('two halves of the day: joined', async () => {
    const lake = temporaryLake();
    await writeRaw(lake, { ...ES_DAY, name: `b/${ES_DAY.name}` }, part(0, 20));
    await writeRaw(lake, { ...ES_DAY, name: `a/${ES_DAY.name}` }, part(20, 50));
    const io = await run(lake);
    expect(io.of('ESH6').rows.map((r) => r['sequence'])).toEqual(ALL.filter((n) => Number(n) % 3));
    expect(io.of('ESH6').counters).toMatchObject({ raw_files: 2, duplicate_records: 0 });
  });

  it('a contract each, and one file that has both: every record once', async () => {
    const lake = temporaryLake();
    const only = (id: number) => ({
      ...FORM,
      records: RECORDS.filter((r) => r.instrument_id === id),
    });
    await writeRaw(lake, { ...ES_DAY, name: `a/${ES_DAY.name}` }, only(1));
    await writeRaw(lake, { ...ES_DAY, name: `b/${ES_DAY.name}` }, only(2));
    expect(sequences(await run(lake))).toEqual(ALL);
    await writeRaw(lake, { ...ES_DAY, name: `c/${ES_DAY.name}` }, FORM);
    const io = await run(lake);
    expect(sequences(io)).toEqual(ALL);
    expect(io.of('ESH6').counters).toMatchObject({ raw_files: 3, duplicate_files: 1 });
  });

  it('two that differ in the same hours: refused, naming both', async () => {
    const lake = temporaryLake();
    const a = await writeRaw(lake, { ...ES_DAY, name: `a/${ES_DAY.name}` }, FORM);
    const b = await writeRaw(lake, { ...ES_DAY, name: `b/${ES_DAY.name}` }, part(0, 49));
    const error = await refused(lake);
    expect(error.code).toBe('RAW_CONFLICT');
    expect(error.message).toContain(a);
    expect(error.message).toContain(b);
  });

  it('a bit that differs is a difference', async () => {
    const lake = temporaryLake();
    await writeRaw(lake, { ...ES_DAY, name: `a/${ES_DAY.name}` }, FORM);
    const bytes = await fileBytes(FORM);
    bytes[bytes.length - 1]! ^= 1;
    const b = await writeRaw(lake, { ...ES_DAY, name: `b/${ES_DAY.name}` }, FORM);
    write(b, bytes);
    expect((await refused(lake)).code).toBe('RAW_CONFLICT');
  });
});
