import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type DbnRecord,
  decodeRecord,
  encodeMetadata,
  encodeRecord,
  makeMetadata,
  RTYPE,
  type Schema,
  zstdCompressor,
} from '../../src/dbn/index.ts';
import {
  findDefinitionFiles,
  openRecords,
  readDefinitions,
  requireDefinitionFiles,
} from '../../src/feed/index.ts';
import { rawDefinitionFolder } from '../../src/lake/index.ts';
import { mboBytes, temporaryFolder } from './mbo-fixture.ts';

const folder = temporaryFolder();

function definition(id: number, fields: Partial<DbnRecord> = {}): DbnRecord {
  return {
    rtype: RTYPE.DEFINITION,
    publisher_id: 1,
    instrument_id: id,
    ts_event: 5n,
    ts_recv: 10n,
    raw_symbol: `E1AF6 C${id}`,
    instrument_class: 'C',
    underlying: 'ESH6',
    underlying_id: 7,
    strike_price: 6_000_000_000_000n,
    expiration: 1_893_456_000_123_456_789n,
    ...fields,
  };
}

function write(
  name: string,
  records: readonly DbnRecord[],
  version: 1 | 2 | 3 = 3,
  schema: Schema = 'definition',
): string {
  const path = join(folder, name);
  const header = encodeMetadata(makeMetadata({ version, dataset: 'GLBX.MDP3', schema }));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.concat([header, ...records.map((r) => encodeRecord(r, version))]));
  return path;
}

describe('a file as runs', () => {
  it.each([false, true])('gives every record where it lies, compressed: %s', async (compressed) => {
    const path = join(folder, `runs-${compressed}.dbn`);
    writeFileSync(path, await mboBytes({ rows: 5000, compressed, foreign: true }));
    const file = await openRecords(path);
    expect(file.metadata.schema).toBe('mbo');
    const sequences: unknown[] = [];
    let foreign = 0;
    let progress = 0;
    for (let run = file.next(); run; run = file.next()) {
      expect(file.progress).toBeGreaterThanOrEqual(progress);
      progress = file.progress;
      if (run.rtype !== RTYPE.MBO) foreign += run.count;
      else for (let i = 0; i < run.count; i++) sequences.push(decodeRecord(run, i)['sequence']);
    }
    expect(sequences).toEqual(Array.from({ length: 5000 }, (_, i) => i));
    expect(foreign).toBe(1);
    expect(progress).toBe(1);
    expect(file.end).toMatchObject({ truncated: false, trailingBytes: 0 });
    expect(file.next()).toBeNull();
    file.close();
  });

  it('tells a record that is cut short, after all before it', async () => {
    const path = write('cut.dbn', [definition(1), definition(2)]);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, -100));
    const file = await openRecords(path);
    let records = 0;
    for (let run = file.next(); run; run = file.next()) records += run.count;
    expect(records).toBe(1);
    expect(file.end?.truncated).toBe(true);
    expect(file.end?.trailingBytes).toBe(encodeRecord(definition(2)).length - 100);
    file.close();
  });

  it('tells a compressed file that is cut short', async () => {
    const path = join(folder, 'cut.dbn.zst');
    const bytes = await mboBytes({ rows: 20_000 });
    const compress = await zstdCompressor();
    const half = bytes.length >> 1;
    const frames = [compress(bytes.subarray(0, half)), compress(bytes.subarray(half))];
    writeFileSync(path, Buffer.concat([frames[0]!, frames[1]!.subarray(0, -50)]));
    const file = await openRecords(path);
    while (file.next());
    expect(file.end?.truncated).toBe(true);
    file.close();
  });

  it('names the file in an error', async () => {
    const path = join(folder, 'not.dbn');
    writeFileSync(path, 'no DBN at all, by any means');
    await expect(openRecords(path)).rejects.toMatchObject({
      code: 'DBN_MAGIC',
      detail: { file: path },
    });
  });
});

describe('definitions', () => {
  it.each([1, 2, 3] as const)('are read in version %i, exactly', async (version) => {
    const path = write(`v${version}.dbn`, [definition(1), definition(2)], version);
    const all = await readDefinitions([path]);
    expect(all.size).toBe(2);
    expect(all.get(2)).toEqual({
      instrumentId: 2,
      symbol: 'E1AF6 C2',
      instrumentClass: 'C',
      underlying: 'ESH6',
      underlyingId: 7,
      strike: 6_000_000_000_000n,
      expiration: 1_893_456_000_123_456_789n,
      tsRecv: 10n,
    });
    expect(all.get(3)).toBeNull();
  });

  it('of several files: the one captured last counts, in whatever order they are read', async () => {
    const early = write('early.dbn', [definition(1, { raw_symbol: 'early' })]);
    const late = write('late.dbn', [definition(1, { raw_symbol: 'late', ts_recv: 11n })]);
    for (const paths of [
      [early, late],
      [late, early],
    ]) {
      expect((await readDefinitions(paths)).get(1)?.symbol).toBe('late');
    }
  });

  it('that contradict each other are an error for their instrument only, until a later one', async () => {
    const changed = { expiration: 1_893_456_000_000_000_000n };
    const both = write('both.dbn', [definition(1), definition(1, changed), definition(2)]);
    const all = await readDefinitions([both]);
    expect(all.get(2)?.symbol).toBe('E1AF6 C2');
    expect(() => all.get(1)).toThrow(/DEFINITIONS|defined twice.*1893456000123456789/s);
    expect(() => [...all.all()]).toThrow('defined twice');
    const later = write('later.dbn', [definition(1, { ...changed, ts_recv: 99n })]);
    expect((await readDefinitions([both, later])).get(1)?.tsRecv).toBe(99n);
  });

  it('the same twice are one; a deletion counts only where there is nothing else', async () => {
    const gone = { security_update_action: 'D', ts_recv: 99n };
    const path = write('same.dbn', [
      ...[definition(1), definition(1), definition(1, { ...gone, raw_symbol: 'gone' })],
      definition(2, gone),
    ]);
    const all = await readDefinitions([path]);
    expect([...all.all()].map((d) => d.symbol)).toEqual(['E1AF6 C1', 'E1AF6 C2']);
  });

  it('are refused when cut short, or of another schema', async () => {
    const path = write('short.dbn', [definition(1)]);
    writeFileSync(path, readFileSync(path).subarray(0, -1));
    await expect(readDefinitions([path])).rejects.toMatchObject({ code: 'DEFINITIONS' });
    const other = write('other.dbn', [], 3, 'trades');
    await expect(readDefinitions([other])).rejects.toMatchObject({ code: 'DBN_SCHEMA' });
  });

  it('are found at any depth, by the day in their name', () => {
    const lake = join(folder, 'lake');
    expect(findDefinitionFiles(lake, 'glbx', '2026-01-05')).toEqual([]);
    const expected = '2026-01-05';
    expect(() => requireDefinitionFiles(lake, 'glbx', expected)).toThrow('venue=glbx');
    const at = rawDefinitionFolder(lake, 'glbx');
    const names = [
      'GLBX-1/glbx-mdp3-20260105.definition.dbn.zst',
      'a/b/2026-01-05.dbn',
      'glbx-mdp3-20260106.definition.dbn',
      'glbx-mdp3-20260105.definition.csv',
      '.glbx-mdp3-20260105.definition.dbn',
    ];
    for (const name of names) {
      mkdirSync(dirname(join(at, name)), { recursive: true });
      writeFileSync(join(at, name), '');
    }
    const found = findDefinitionFiles(lake, 'glbx', '2026-01-05');
    expect(found).toEqual([names[0], names[1]].map((name) => join(at, name!)).sort());
    expect(requireDefinitionFiles(lake, 'glbx', '2026-01-05')).toEqual(found);
    expect(findDefinitionFiles(lake, 'opra', '2026-01-05')).toEqual([]);
  });
});
