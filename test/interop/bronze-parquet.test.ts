/**
 * Parquet that the vendor's own client writes gives the same bronze as the DBN it was made of.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type DbnRecord,
  encodeMetadata,
  encodeRecord,
  MboColumns,
  makeMetadata,
  RTYPE,
  UNDEF_PRICE,
} from '../../src/dbn/index.ts';
import {
  dateToUnixNs,
  loadContract,
  loadProducts,
  openPartition,
  productOf,
  rawTableFolder,
} from '../../src/lake/index.ts';
import { bronzeFutureMbo, MBO_REQUEST, readBronzeMbo, runStage } from '../../src/pipeline/index.ts';
import { runPython } from './python.ts';

const DT = '2026-01-05';
const ORIGIN_NS = dateToUnixNs(DT);
const ROWS = 3000;
const CONVERT = `
import sys, warnings
import databento
warnings.filterwarnings("ignore")
source, target, form = sys.argv[1:]
store = databento.DBNStore.from_file(source)
if form == "pandas":
    store.to_df().to_parquet(target)
else:
    fixed = form == "fixed"
    store.to_parquet(target, price_type="fixed" if fixed else "float", pretty_ts=not fixed)
`;

const folder = mkdtempSync(join(tmpdir(), 'spymaster-bronze-parquet-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function recordAt(i: number): DbnRecord {
  return {
    rtype: RTYPE.MBO,
    publisher_id: 1,
    instrument_id: 42,
    ts_event: ORIGIN_NS + BigInt(i) * 1_000_003n,
    ts_recv: ORIGIN_NS + BigInt(i) * 1_000_003n + 7n,
    order_id: (1n << 63n) + BigInt(i),
    price: i % 50 === 0 ? UNDEF_PRICE : 6_000_000_000_000n + BigInt(i) * 50_000n,
    size: i % 7,
    flags: i % 3 === 0 ? 0x80 : 0,
    channel_id: i % 5,
    action: 'ACMRTFN'[i % 7]!,
    side: 'ABN'[i % 3]!,
    ts_in_delta: i - 1500,
    sequence: i,
  };
}

function dbnBytes(): Buffer {
  const intervals = [{ startDate: 20260105, endDate: 20260106, symbol: '42' }];
  const metadata = makeMetadata({
    dataset: 'GLBX.MDP3',
    schema: 'mbo',
    start: ORIGIN_NS,
    symbols: ['ESH6'],
    mappings: [{ rawSymbol: 'ESH6', intervals }],
  });
  const records = Array.from({ length: ROWS }, (_, i) => encodeRecord(recordAt(i)));
  return Buffer.concat([encodeMetadata(metadata), ...records]);
}

/** Ingests a lake whose one raw day `write` makes, and reads bronze back. */
async function rowsOf(name: string, write: (path: string) => void): Promise<number[][]> {
  const lake = join(folder, name);
  const path = join(rawTableFolder(lake, 'future_mbo', 'ES'), name);
  mkdirSync(dirname(path), { recursive: true });
  write(path);
  const product = productOf(loadProducts(), 'ES');
  const shared = { lake, productType: 'future_mbo', dt: DT } as const;
  await runStage(bronzeFutureMbo, { ...shared, symbol: 'ES', product, session: 'full' });
  const ref = { layer: 'bronze', table: 'mbo', symbol: 'ESH6', ...shared } as const;
  const reader = await openPartition(lake, ref, loadContract(ref), MBO_REQUEST);
  const rows: number[][] = [];
  for (const c of readBronzeMbo(reader, new MboColumns(512, ORIGIN_NS))) {
    for (let i = 0; i < c.length; i++) {
      rows.push([
        ...[c.tsRecv[i]!, c.tsEvent[i]!, c.price[i]!, c.orderIdLo[i]!, c.orderIdHi[i]!],
        ...[c.size[i]!, c.sequence[i]!, c.instrumentId[i]!, c.tsInDelta[i]!, c.publisherId[i]!],
        ...[c.flags[i]!, c.action[i]!, c.side[i]!, c.channelId[i]!],
      ]);
    }
  }
  reader.close();
  return rows;
}

describe("Parquet of the vendor's client", () => {
  it.each(['pretty', 'fixed', 'pandas'])('%s: the same bronze as from DBN', async (form) => {
    const dbn = join(folder, `${form}-20260105.dbn`);
    writeFileSync(dbn, dbnBytes());
    const direct = await rowsOf(`${form}-20260105.mbo.dbn`, (path) => {
      writeFileSync(path, dbnBytes());
    });
    expect(direct).toHaveLength(ROWS);
    const read = await rowsOf(`${form}-20260105.mbo.parquet`, (path) => {
      runPython(CONVERT, { args: [dbn, path, form] });
    });
    expect(read).toEqual(direct);
  });
});
