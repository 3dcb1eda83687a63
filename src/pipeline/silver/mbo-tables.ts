/** The one-second tables of an order book as batches, columns in their contracts' order. */
import type { DepthRows, SnapshotRows } from '../../book/index.ts';
import type { TableBatch } from '../../lake/index.ts';

/** Rows of `silver.*.depth_and_flow_1s`. @param originNs what the rows' times count from. */
export function depthBatch(d: DepthRows, originNs: bigint): TableBatch {
  const columns = [
    d.windowStart,
    d.windowEnd,
    d.price,
    d.side,
    d.spotRef,
    d.relTicks,
    d.relTicksSide,
    d.depthStart,
    d.depthEnd,
    d.add,
    d.pull,
    d.pullRest,
    d.fill,
    d.depthRest,
    d.hiddenFill,
    d.valid,
  ];
  return { rows: d.rows, columns, bias: biasOf(columns.length, originNs) };
}

/** Rows of `silver.*.book_snapshot_1s`. @param originNs what the rows' times count from. */
export function snapshotBatch(s: SnapshotRows, originNs: bigint): TableBatch {
  const columns = [
    { values: s.windowStart },
    { values: s.windowEnd },
    { values: s.bestBid, nulls: s.noBid },
    { values: s.bestBidQty },
    { values: s.bestAsk, nulls: s.noAsk },
    { values: s.bestAskQty },
    { values: s.mid, nulls: s.noMid },
    { values: s.midInt, nulls: s.noMid },
    { values: s.lastTrade, nulls: s.noLastTrade },
    { values: s.spotRef, nulls: s.noSpotRef },
    { values: s.spotStale },
    { values: s.bookValid },
    { values: s.crossed },
    { values: s.buyVolume },
    { values: s.sellVolume },
    { values: s.tradeCount },
    { values: s.vwap, nulls: s.noVwap },
    { values: s.events },
  ];
  return {
    rows: s.rows,
    columns: columns.map((c) => c.values),
    nulls: columns.map((c) => c.nulls ?? null),
    bias: biasOf(columns.length, originNs),
  };
}

/** Times, the first two columns of both tables, count from the origin; nothing else does. */
function biasOf(columns: number, originNs: bigint): bigint[] {
  return Array.from({ length: columns }, (_, i) => (i < 2 ? originNs : 0n));
}
