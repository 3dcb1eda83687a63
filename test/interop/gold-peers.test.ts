/**
 * Silver and gold of a synthetic day against the same tables made by pandas and by polars
 * (bench/python/gold_*.py), whole columns at a time and nothing shared with the engines.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  dateToUnixNs,
  loadProducts,
  type PartitionRef,
  partitionFolder,
  productOf,
  rawTableFolder,
  sessionTimeToNs,
} from '../../src/lake/index.ts';
import { runStage, STAGES } from '../../src/pipeline/index.ts';
import { FuturesDay, futuresFileName, futuresSpecs } from '../../src/synth/index.ts';
import { runPython } from './python.ts';

const DT = '2026-01-05';
const FROM = '09:30';
const TO = '09:32';
const ES = productOf(loadProducts(), 'ES');
const PRODUCT = { ...ES, session: { ...ES.session, regularOpen: FROM, regularClose: TO } };
const nsOf = (time: string) => sessionTimeToNs(DT, time, ES.session.timeZone);

/** Compares the peer's tables with the lake's: counts of differences, and the largest error. */
const COMPARE = `
import importlib, json, sys
import numpy as np, pandas as pd
sys.path.insert(0, sys.argv[1])
peer = importlib.import_module("gold_" + sys.argv[2])
bronze, snapshots, flows, surface = (f"{folder}/part-00000.parquet" for folder in sys.argv[3:7])
start, end, tick, grid = map(int, sys.argv[7:11])

def frame(table):
    return table.to_pandas() if hasattr(table, "to_pandas") else table

if sys.argv[2] == "polars":
    import polars as pl
    records = pl.read_parquet(bronze, hive_partitioning=False).select(peer.COLUMNS)
    records = records.filter(pl.col("ts_recv") < end)
else:
    records = pd.read_parquet(bronze, columns=peer.COLUMNS, partitioning=None)
    records = records[records.ts_recv < end]
snapshot, flow = peer.silver(records, start, end, tick, grid)
gold = frame(peer.gold(snapshot, flow, tick, grid))
snapshot, flow = frame(snapshot), frame(flow)
if "end" not in snapshot:
    snapshot = snapshot.rename_axis("end").reset_index()

def read(path):
    return pd.read_parquet(path, partitioning=None)

answer = {}
ours = read(snapshots)
answer["seconds"] = len(ours)
same = (ours.window_end_ts_ns.to_numpy() == snapshot.end.to_numpy()) \\
    & (ours.spot_ref_price_int.to_numpy() == snapshot.spot.to_numpy() * tick) \\
    & (ours.best_bid_price_int.to_numpy() == snapshot.best_bid.to_numpy() * tick) \\
    & (ours.best_ask_price_int.to_numpy() == snapshot.best_ask.to_numpy() * tick)
answer["other_seconds"] = int((~same).sum())

quantities = ["depth_qty_start", "depth_qty_end", "add_qty", "pull_qty_total", "fill_qty",
              "depth_qty_rest"]
ours = read(flows)
ours = ours[(ours[quantities] != 0).any(axis=1)]
ours = ours.assign(end=ours.window_end_ts_ns, tick=ours.price_int // tick)
both = ours.merge(flow, on=["end", "side", "tick"], how="outer", indicator=True,
                  suffixes=("", "_peer"))
answer["levels"] = len(both)
answer["lonely_levels"] = int((both._merge != "both").sum())
answer["other_quantities"] = int(sum((both[q] != both[q + "_peer"]).sum() for q in quantities))

keys = ["window_end_ts_ns", "side", "rel_ticks"]
ours = read(surface)
both = ours.merge(gold, on=keys, how="outer", suffixes=("", "_peer"))
fields = [c for c in gold.columns if c not in keys + ["spot_ref_price_int"]]
worst = 0.0
for field in fields:
    absent = 1.0 if field in ("nu", "kappa") else 0.0
    a = both[field].fillna(absent).astype(float)
    b = both[field + "_peer"].fillna(absent).astype(float)
    worst = max(worst, float(((a - b).abs() / np.maximum(1, b.abs())).max()))
answer |= {"cells": len(both), "fields": len(fields), "worst": worst}
print(json.dumps(answer))
`;

let lake: string;

function folderOf(layer: 'bronze' | 'silver' | 'gold', table: string): string {
  const ref: PartitionRef = { layer, productType: 'future_mbo', table, symbol: 'ESH6', dt: DT };
  return partitionFolder(lake, ref);
}

beforeAll(async () => {
  lake = mkdtempSync(join(tmpdir(), 'spymaster-gold-'));
  const folder = rawTableFolder(lake, 'future_mbo', 'ES');
  mkdirSync(folder, { recursive: true });
  const times = { startNs: nsOf('09:29'), endNs: nsOf(TO) + 1e9 };
  const options = { dt: DT, seed: 3, signal: 0.5, rate: 200, ...times };
  const day = new FuturesDay(futuresSpecs('ES', DT).slice(0, 1), options);
  const name = futuresFileName(DT, 'mbo', true);
  writeFileSync(join(folder, name), Buffer.concat([...day.pieces()]));
  for (const stage of STAGES.filter((s) => s.productType === 'future_mbo')) {
    const symbol = stage.layer === 'bronze' ? 'ES' : 'ESH6';
    const task = { lake, productType: 'future_mbo', symbol, dt: DT, product: PRODUCT } as const;
    await runStage(stage, { ...task, session: 'regular' });
  }
});

afterAll(() => rmSync(lake, { recursive: true, force: true }));

describe('a day of futures', () => {
  it.each(['pandas', 'polars'])('is the same in %s: silver exactly, gold to 1e-6', (peer) => {
    const origin = dateToUnixNs(DT);
    const args = [
      resolve('bench', 'python'),
      peer,
      folderOf('bronze', 'mbo'),
      folderOf('silver', 'book_snapshot_1s'),
      folderOf('silver', 'depth_and_flow_1s'),
      folderOf('gold', 'physics_surface_1s'),
      ...[FROM, TO].map((time) => String(origin + BigInt(nsOf(time)))),
      String(ES.tickSizeInt),
      String(ES.gridMaxTicks),
    ];
    const answer = JSON.parse(runPython(COMPARE, { args }).toString());
    expect(answer).toMatchObject({
      seconds: 120,
      other_seconds: 0,
      lonely_levels: 0,
      other_quantities: 0,
      fields: 30,
    });
    expect(answer.levels).toBeGreaterThan(30_000);
    expect(answer.cells).toBeGreaterThan(30_000);
    // Half a step of rounding, and the float32 of the peer.
    expect(answer.worst).toBeLessThanOrEqual(2 ** -20 + 2 ** -24);
  });
});
