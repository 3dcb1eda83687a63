/** Runs rows through `SecondWindows`, in batches as they are asked for. */
import { SecondWindows, type WindowSpan } from '../../src/book/index.ts';
import { type Row, toColumns } from './records.ts';
import { type DepthRow, depthRows, snapshotRows } from './slow-windows.ts';

export interface RunOptions {
  tickSize: number;
  radius: number;
  spans: WindowSpan[];
  /** Rows of a batch; all at once when not given. */
  batch?: number | undefined;
  /** Depth rows that there is room for. */
  room?: number;
}

export function runWindows(rows: Row[], o: RunOptions) {
  const engine = new SecondWindows({
    tickSize: o.tickSize,
    originNs: 0n,
    gridTicks: o.radius,
    spans: o.spans,
    depthRows: o.room ?? 0,
  });
  const depth: DepthRow[] = [];
  const take = () => {
    depth.push(...depthRows(engine.depth, o.tickSize));
    engine.depth.rows = 0;
  };
  const batch = o.batch ?? Math.max(rows.length, 1);
  for (let from = 0; from < rows.length; from += batch) {
    const columns = toColumns(rows.slice(from, from + batch));
    for (let i = 0; i < columns.length; ) {
      i = engine.advance(columns, i, columns.length);
      if (engine.full) take();
    }
  }
  while (!engine.finish()) take();
  take();
  return { depth, snapshots: snapshotRows(engine.snapshots), engine };
}
