import { describe, expect, it } from 'vitest';
import { bronzeFutureMbo } from '../../src/pipeline/index.ts';
import { mbo, taskOf, temporaryLake, writeRaw } from './bronze-fixture.ts';
import { MemoryIo } from './bronze-io.ts';

const DAY = {
  productType: 'future_mbo',
  symbol: 'ES',
  name: 'glbx-mdp3-20260105.mbo.dbn',
} as const;
const SYMBOLS = { ESH6: 1, ESM6: 2, 'ESH6-ESM6': 3, 'UD:1V: VT 2827124': 4, MESH6: 5, ES1H6: 6 };

describe('bronze_ingest_future_mbo', () => {
  it('writes a partition a contract, rows in the order of the file', async () => {
    const lake = temporaryLake();
    const ids = [1, 1, 2, 3, 1, 4, 5, 2, 9, 1];
    const records = ids.map((id, i) => mbo(id, i * 10, { sequence: i }));
    const path = await writeRaw(lake, DAY, { schema: 'mbo', records, symbols: SYMBOLS });
    const io = new MemoryIo();
    const report = await bronzeFutureMbo.run(taskOf(lake, 'future_mbo', 'ES'), io);
    expect(io.partitions.map((p) => p.ref.symbol)).toEqual(['ESH6', 'ESM6']);
    expect(io.of('ESH6').rows.map((r) => r['sequence'])).toEqual([0, 1, 4, 9]);
    expect(io.of('ESM6').rows.map((r) => r['sequence'])).toEqual([2, 7]);
    expect(io.raw).toEqual([{ path, role: 'records' }]);
    expect(report.rowsRead).toBe(10);
    expect(report.counters).toMatchObject({
      spread_records: 1,
      user_defined_records: 1,
      other_product_records: 1,
      unmapped_records: 1,
    });
  });
});
