/** Real files: record counts and other facts that are known of them. */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import {
  ACTION,
  DbnDecoder,
  decodeRecord,
  decompressZstd,
  FLAG,
  initZstd,
  isZstd,
  MboColumns,
  type Metadata,
  readMbo,
  runBytes,
  SymbolMap,
  writeMbo,
  ZstdTruncated,
} from '../../src/dbn/index.ts';
import { describeConformance } from './data.ts';

interface Facts {
  metadata: Metadata;
  records: number;
  truncated: boolean;
  trailingBytes: number;
  /** The zstd frame itself was cut short. */
  frameCut: boolean;
  actions: Record<string, number>;
  first: ReturnType<typeof decodeRecord>;
  snapshotAdds: number;
  tradeSize: number;
  fillSize: number;
}

/** Reads a file in chunks as a reader of large files does. */
function* chunksOf(path: string): Generator<Uint8Array> {
  const file = new Uint8Array(readFileSync(path));
  const size = 64 * 1024;
  function* parts() {
    for (let at = 0; at < file.length; at += size) yield file.subarray(at, at + size);
  }
  if (isZstd(file)) yield* decompressZstd(parts());
  else yield* parts();
}

function factsOf(path: string): Facts {
  const decoder = new DbnDecoder();
  const columns = new MboColumns(4096);
  const facts = { records: 0, frameCut: false, snapshotAdds: 0, tradeSize: 0, fillSize: 0 };
  const actions: Record<string, number> = {};
  let first: Facts['first'] | null = null;
  const take = (chunk: Uint8Array) => {
    decoder.write(chunk);
    for (let run = decoder.next(); run; run = decoder.next()) {
      first ??= decodeRecord(run, 0);
      facts.records += run.count;
      if (run.rtype !== 0xa0) continue;
      columns.originNs = decoder.metadata!.start;
      readMbo(run, 0, run.count, columns);
      expect(Buffer.compare(writeMbo(columns, 0, run.count), runBytes(run))).toBe(0);
      for (let i = 0; i < columns.length; i++) count(columns, i);
    }
  };
  const count = (c: MboColumns, i: number) => {
    const action = String.fromCharCode(c.action[i]!);
    actions[action] = (actions[action] ?? 0) + 1;
    if (c.action[i] === ACTION.TRADE) facts.tradeSize += c.size[i]!;
    if (c.action[i] === ACTION.FILL) facts.fillSize += c.size[i]!;
    if (c.action[i] === ACTION.ADD && c.flags[i]! & FLAG.SNAPSHOT) facts.snapshotAdds++;
  };
  try {
    for (const chunk of chunksOf(path)) take(chunk);
  } catch (error) {
    if (!(error instanceof ZstdTruncated)) throw error;
    facts.frameCut = true;
  }
  const { truncated, trailingBytes } = decoder.end();
  return {
    ...facts,
    metadata: decoder.metadata!,
    truncated,
    trailingBytes,
    actions,
    first: first!,
  };
}

beforeAll(initZstd);

describeConformance('real files', (pathOf) => {
  const facts = (name: string) => factsOf(pathOf(`dbn/${name}`));

  it('reads a day of ES of version 1 that starts with a snapshot', () => {
    const f = facts('esh4-20231225.mbo.v1.dbn.zst');
    expect([f.records, f.metadata.version, f.truncated]).toEqual([68_792, 1, false]);
    expect(f.actions).toEqual({ A: 29_216, C: 17_999, M: 12_233, T: 2_973, F: 6_371 });
    expect(f.snapshotAdds).toBe(8_725);
    expect(facts('esh4-20231224-snapshot.mbo.v1.dbn.zst').records).toBe(8_725);
  });

  it('reads a deep snapshot behind its clear', () => {
    const f = facts('esm4-20240508-snapshot.mbo.v1.dbn.zst');
    expect([f.records, f.first['action']]).toEqual([13_796, 'R']);
    expect(f.snapshotAdds).toBe(13_600);
  });

  it('reads an uncompressed file of version 3', () => {
    const f = facts('clx5-20250924-no-snapshot.mbo.v3.dbn');
    expect([f.records, f.metadata.version]).toEqual([38_212, 3]);
  });

  it('reads version 2 without symbol mappings', () => {
    const f = facts('mesh5-20250121.mbo.v2.dbn.zst');
    expect([f.records, f.tradeSize, f.fillSize]).toEqual([4_176, 292, 292]);
    expect([f.metadata.version, f.metadata.mappings.length]).toEqual([2, 0]);
  });

  it('delivers the whole records of a file that is cut short', () => {
    const f = facts('esm4-20240610-truncated.mbp-1.v3.dbn.zst');
    // Readers that give zstd's output on by the MiB stop at 13,102 records; every whole block
    // counts here, which makes 14,741, and the trades among them show that the rest is as good.
    expect([f.records, f.truncated, f.trailingBytes]).toEqual([14_741, true, 8]);
    expect(f.frameCut).toBe(true);
    const trades = tradesOf('esm4-20240610.trades.v3.dbn.zst');
    const before = tradesOf('esm4-20240610-truncated.mbp-1.v3.dbn.zst');
    expect(before.length).toBe(842);
    expect(before).toEqual(trades.slice(0, 842));
    expect(tradesOf('esm4-20240610-truncated.mbp-1.v3.dbn.zst', 13_102).length).toBe(739);
  });

  /** Trades among the first records of a file, from any schema that has them. */
  function tradesOf(name: string, among = Number.MAX_SAFE_INTEGER): unknown[] {
    const decoder = new DbnDecoder();
    const trades: unknown[] = [];
    let row = 0;
    try {
      for (const chunk of chunksOf(pathOf(`dbn/${name}`))) {
        decoder.write(chunk);
        for (let run = decoder.next(); run; run = decoder.next()) {
          for (let i = 0; i < run.count && row < among; i++, row++) {
            const { action, side, price, size, ts_recv, sequence } = decodeRecord(run, i);
            if (action === 'T') trades.push({ side, price, size, ts_recv, sequence });
          }
        }
      }
    } catch (error) {
      if (!(error instanceof ZstdTruncated)) throw error;
    }
    return trades;
  }

  it('reads files of several frames across midnight', () => {
    expect(facts('esu4-20240701.mbp-1.v1.dbn.zst').records).toBe(2_288);
    expect(facts('esu4-20240701.trades.v1.dbn.zst').records).toBe(120);
    expect(facts('es-options-20240509.mbp-1.v1.dbn.zst').records).toBe(560);
  });

  it('reads headers of thousands of mappings', () => {
    const es = facts('es-options-20230730.definition.v1.dbn.zst');
    expect([es.records, es.metadata.mappings.length]).toEqual([2, 11_294]);
    const spy = facts('opra-spy-20230801.definition.v1.dbn.zst');
    expect([spy.records, spy.metadata.mappings.length]).toEqual([2, 13_492]);
    const map = SymbolMap.fromMetadata(spy.metadata);
    expect(map.symbols.length).toBeGreaterThan(10_000);
    const symbol = spy.first['raw_symbol'] as string;
    expect(map.symbolAt(spy.first.instrument_id, spy.first.ts_event)).toBe(symbol);
  });

  it('reads a definition of ES', () => {
    const f = facts('esm4-20240508.definition.v1.dbn.zst');
    expect(f.first).toMatchObject({
      raw_symbol: 'ESM4',
      min_price_increment: 250_000_000n,
      unit_of_measure_qty: 50_000_000_000n,
      instrument_class: 'F',
    });
  });
});
