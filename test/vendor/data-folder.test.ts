/** The folder that both stand-ins serve: what is found, in which order it is read, who is who. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Prng } from '../../src/core/index.ts';
import {
  convertRun,
  encodeMetadata,
  initZstd,
  makeMetadata,
  runBytes,
  runOf,
  type SCHEMAS,
} from '../../src/dbn/index.ts';
import { contractOfSymbol } from '../../src/vendor/data-folder-contracts.ts';
import { DataFolder, mergedRuns, SymbolDirectory } from '../../src/vendor/index.ts';
import {
  DATASET,
  DAYS,
  dayRecords,
  dbnBytes,
  FOLDER_SCHEMAS,
  makeTestFolder,
  startOf,
  type TestFolder,
} from './historical-data.ts';

const ALWAYS = { from: 0n, to: 1n << 63n };
const DAY = Number(startOf(DAYS[0]) / 86_400_000_000_000n);

function temporary(): string {
  return mkdtempSync(join(tmpdir(), 'spymaster-data-folder-'));
}

function recordsOf(folder: DataFolder, schema: (typeof SCHEMAS)[number], span = ALWAYS) {
  const records: Uint8Array[] = [];
  for (const run of mergedRuns(folder.files(DATASET, schema), span)) {
    for (let i = 0; i < run.count; i++) records.push(runBytes(run, i, i + 1).slice());
  }
  return records;
}

beforeAll(initZstd);

describe('a folder', () => {
  let made: TestFolder;
  beforeAll(async () => {
    made = await makeTestFolder();
  });
  afterAll(() => made.remove());

  it('is read at any depth, and every file is known by what it holds', async () => {
    const folder = await DataFolder.open(made.path);
    expect(folder.datasets).toEqual([DATASET]);
    expect(folder.schemas(DATASET)).toEqual([...FOLDER_SCHEMAS, 'definition'].sort());
    expect(folder.days(DATASET)).toEqual({ first: DAYS[0], last: DAYS[1] });
    expect(folder.passedOver).toEqual([]);
    for (const schema of FOLDER_SCHEMAS) {
      expect(recordsOf(folder, schema), schema).toEqual(made.records.get(schema));
    }
    const [first] = folder.files(DATASET, 'mbo');
    expect(first).toMatchObject({ records: 20, recordBytes: 20 * 56, sorted: true });
    expect([...first!.instruments].sort()).toEqual([101, 102]);
  });

  it('serves whole copies once, and passes over what it cannot read, with the reason', async () => {
    const path = temporary();
    cpSync(made.path, path, { recursive: true });
    const records = dayRecords('mbo', DAYS[0], new Prng(1));
    writeFileSync(join(path, 'a.dbn'), dbnBytes('mbo', DAYS[0], records));
    writeFileSync(join(path, 'b.dbn'), dbnBytes('mbo', DAYS[0], records, { version: 2 }));
    writeFileSync(join(path, 'c.dbn'), 'this is not DBN');
    writeFileSync(join(path, 'd.dbn.zst'), new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3, 4]));
    writeFileSync(join(path, 'e.dbn'), encodeMetadata(makeMetadata({ dataset: DATASET })));
    writeFileSync(join(path, 'f.dbn'), dbnBytes('mbo', DAYS[0], records).subarray(0, -30));
    writeFileSync(join(path, 'g.txt'), 'no matter');
    const folder = await DataFolder.open(path);
    const reasons = folder.passedOver.map((p) => `${p.path.slice(path.length + 1)}: ${p.reason}`);
    expect(reasons.sort()).toEqual([
      expect.stringMatching(/^b\.dbn: the same as .*a\.dbn$/),
      expect.stringMatching(/^c\.dbn: .*c\.dbn/),
      expect.stringMatching(/^d\.dbn\.zst: /),
      'e.dbn: its schemas are mixed',
    ]);
    const cut = folder.files(DATASET, 'mbo').find((f) => f.path.endsWith('f.dbn'))!;
    expect(cut).toMatchObject({ truncated: true, records: 19 });
    rmSync(path, { recursive: true });
  });

  it('that is not there is an error that names it', async () => {
    await expect(DataFolder.open('/no/such/folder')).rejects.toThrow('/no/such/folder');
  });
});

describe('records of several files', () => {
  it('are merged by index time, each once, however they are spread', async () => {
    const records = dayRecords('trades', DAYS[0], new Prng(3));
    const timeAt = (r: Uint8Array) => new DataView(r.buffer).getBigUint64(32, true);
    const spread = fc.array(fc.integer({ min: 0, max: 3 }), {
      minLength: records.length,
      maxLength: records.length,
    });
    const hours = fc.tuple(fc.integer({ min: 0, max: 24 }), fc.integer({ min: 0, max: 24 }));
    await fc.assert(
      fc.asyncProperty(spread, hours, async (files, [a, b]) => {
        const path = temporary();
        for (const n of new Set(files)) {
          const own = records.filter((_, i) => files[i] === n);
          // Of one time in two files, the file named first goes first.
          writeFileSync(join(path, `${n}.dbn`), dbnBytes('trades', DAYS[0], own));
        }
        const folder = await DataFolder.open(path);
        const hour = (h: number) => startOf(DAYS[0]) + BigInt(h) * 3_600_000_000_000n;
        const span = { from: hour(Math.min(a, b)), to: hour(Math.max(a, b)) };
        const expected = records.filter((r) => timeAt(r) >= span.from && timeAt(r) < span.to);
        expect(recordsOf(folder, 'trades')).toEqual(records);
        expect(recordsOf(folder, 'trades', span)).toEqual(expected);
        rmSync(path, { recursive: true });
      }),
      { numRuns: 30, seed: 11 },
    );
  });

  it('of a file whose times run backwards keep their order, and none is lost', async () => {
    const path = temporary();
    const records = dayRecords('trades', DAYS[0], new Prng(4));
    const mixed = [...records.slice(10), ...records.slice(0, 10)];
    writeFileSync(join(path, 'a.dbn'), dbnBytes('trades', DAYS[0], mixed));
    writeFileSync(
      join(path, 'b.dbn'),
      dbnBytes('trades', DAYS[1], dayRecords('trades', DAYS[1], new Prng(5))),
    );
    const folder = await DataFolder.open(path);
    expect(folder.files(DATASET, 'trades').map((f) => f.sorted)).toEqual([false, true]);
    expect(recordsOf(folder, 'trades').slice(0, 20)).toEqual(mixed);
    expect(recordsOf(folder, 'trades')).toHaveLength(40);
    rmSync(path, { recursive: true });
  });
});

describe('symbols', () => {
  const mapped = (symbol: string, ...spans: [number, number, number][]) =>
    makeMetadata({
      dataset: DATASET,
      mappings: [
        {
          rawSymbol: symbol,
          intervals: spans.map(([startDate, endDate, id]) => ({
            startDate,
            endDate,
            symbol: String(id),
          })),
        },
      ],
    });

  it('are told by headers, day by day; neighbours are joined, the same id may move on', () => {
    const directory = new SymbolDirectory();
    directory.addMetadata(mapped('AAA', [20260105, 20260106, 1], [20260106, 20260107, 1]));
    directory.addMetadata(mapped('BBB', [20260107, 20260108, 1]));
    directory.addMetadata(mapped('AAA', [20260107, 20260108, 2]));
    expect(directory.resolve('AAA', 'raw_symbol', DAY, DAY + 9)).toEqual([
      { from: DAY, to: DAY + 2, instrumentId: 1, symbol: 'AAA' },
      { from: DAY + 2, to: DAY + 3, instrumentId: 2, symbol: 'AAA' },
    ]);
    expect([directory.symbolOn(1, DAY + 1), directory.symbolOn(1, DAY + 2)]).toEqual([
      'AAA',
      'BBB',
    ]);
    expect(directory.symbolOn(1, DAY + 3)).toBeNull();
    const ids = directory.resolve('1', 'instrument_id', DAY + 1, DAY + 3);
    expect(ids.map((s) => s.symbol)).toEqual(['AAA', 'BBB']);
  });

  it('of definitions hold until expiry, and headers overrule them', async () => {
    const made = await makeTestFolder();
    const [definition] = made.records.get('definition')!;
    made.remove();
    const directory = new SymbolDirectory();
    for (const version of [1, 2, 3] as const) {
      directory.addDefinitions(convertRun(runOf(definition!), version));
    }
    const expiry = Number(startOf('2026-03-20') / 86_400_000_000_000n);
    expect(directory.resolve('ESH6', 'raw_symbol', DAY - 5, DAY + 500)).toEqual([
      { from: DAY, to: expiry + 1, instrumentId: 101, symbol: 'ESH6' },
    ]);
    directory.addMetadata(mapped('ESH6', [20260106, 20260107, 7]));
    const spans = directory.resolve('ESH6', 'raw_symbol', DAY, DAY + 4);
    expect(spans.map((s) => [s.from - DAY, s.to - DAY, s.instrumentId])).toEqual([
      [0, 1, 101],
      [1, 2, 7],
      [2, 4, 101],
    ]);
  });

  it('are continuous by expiry, and by what was traded the day before', () => {
    const directory = new SymbolDirectory();
    directory.addMetadata(mapped('ESH6', [20260105, 20260109, 1]));
    directory.addMetadata(mapped('ESM6', [20260105, 20260109, 2]));
    directory.addMetadata(mapped('ESH6-ESM6', [20260105, 20260109, 3]));
    directory.addInstruments([1, 2, 3], DAY, DAY + 4);
    const ids = (name: string) =>
      directory
        .resolve(name, 'continuous', DAY - 9, DAY + 9)
        .map((s) => [s.from - DAY, s.instrumentId]);
    // Day 0 has no day before it: its own volume tells. Nothing was traded on day 2.
    directory.addVolume(1, DAY, 10);
    directory.addVolume(2, DAY, 4);
    directory.addVolume(3, DAY, 99);
    directory.addVolume(1, DAY + 1, 10);
    directory.addVolume(2, DAY + 1, 11);
    expect(ids('ES.v.0')).toEqual([
      [0, 1],
      [2, 2],
    ]);
    expect(ids('ES.v.1')).toEqual([
      [0, 2],
      [2, 1],
    ]);
    expect([ids('ES.c.0'), ids('ES.c.1'), ids('ES.c.2')]).toEqual([[[0, 1]], [[0, 2]], []]);
    expect([ids('ES.n.0'), ids('NQ.v.0'), ids('ES')]).toEqual([[], [], []]);
  });

  it('of a folder know the volumes of its trades', async () => {
    const path = temporary();
    const records = dayRecords('trades', DAYS[0], new Prng(6));
    for (const [i, record] of records.entries()) {
      const view = new DataView(record.buffer);
      view.setUint8(28, i < 6 ? 'T'.charCodeAt(0) : 'F'.charCodeAt(0));
      view.setUint32(24, 100 + i, true);
    }
    writeFileSync(join(path, 'a.dbn'), dbnBytes('trades', DAYS[0], records));
    const [file] = (await DataFolder.open(path)).files(DATASET, 'trades');
    expect([...file!.volumes].map(([day, by]) => [day, [...by]])).toEqual([
      [
        DAY,
        [
          [101, 100 + 102 + 104],
          [102, 101 + 103 + 105],
        ],
      ],
    ]);
    rmSync(path, { recursive: true });
  });

  it('of headers may be continuous, or go from ids to names', () => {
    const directory = new SymbolDirectory();
    const continuous = mapped('ES.v.0', [20260105, 20260106, 5], [20260106, 20260107, 6]);
    directory.addMetadata({ ...continuous, stypeIn: 'continuous' });
    expect(
      directory.resolve('ES.v.0', 'continuous', DAY, DAY + 2).map((s) => s.instrumentId),
    ).toEqual([5, 6]);
    const inverse = makeMetadata({
      dataset: DATASET,
      stypeIn: 'instrument_id',
      stypeOut: 'raw_symbol',
      mappings: [
        {
          rawSymbol: '9',
          intervals: [{ startDate: 20260105, endDate: 20260106, symbol: 'NQH6' }],
        },
      ],
    });
    directory.addMetadata(inverse);
    expect(directory.resolve('NQH6', 'raw_symbol', DAY, DAY + 1)[0]!.instrumentId).toBe(9);
    expect(directory.symbols).toEqual(['NQH6']);
  });

  it.each([
    ['ESH6', 'ES', 'F', '2026-03-20'],
    ['MNQZ5', 'MNQ', 'F', '2025-12-19'],
    ['NGN25', 'NG', 'F', '2025-07-18'],
    ['SPY   260107P00340000', 'SPY', 'P', '2026-01-07'],
  ])('tell their product by their form: %s', (symbol, root, instrumentClass, expires) => {
    const day = Number(startOf(expires) / 86_400_000_000_000n);
    expect(contractOfSymbol(symbol, DAY)).toEqual({ root, instrumentClass, expires: day });
  });

  it.each(['ESH6-ESM6', 'ESM4 C4250', 'AAPL', 'BRN FMJ0024!', 'UD:1V: VT 2533938', ''])(
    'never guess what their form does not tell: %s',
    (symbol) => {
      const contract = contractOfSymbol(symbol, DAY);
      expect(contract?.root ?? null).toBe(symbol.startsWith('ES') ? 'ES' : null);
    },
  );
});
