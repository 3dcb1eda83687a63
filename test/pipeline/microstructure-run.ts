/** Runs rows through the transform of `microstructure_1s`, between the seconds of silver. */
import type { WindowSpan } from '../../src/book/index.ts';
import { loadContract, loadProducts, productOf } from '../../src/lake/index.ts';
import {
  MICROSTRUCTURE_CONSTANTS,
  type MicrostructureConstants,
  MicrostructureDay,
} from '../../src/pipeline/gold/microstructure-day.ts';
import type { TouchSeconds } from '../../src/pipeline/gold/microstructure-seconds.ts';
import { type Row, toColumns } from '../book/records.ts';
import { runWindows } from '../book/run-windows.ts';
import type { SnapshotRow } from '../book/slow-windows.ts';

/** A row by the contract's names; null: absent. Times are ns of the day. */
export type MicroRow = Record<string, number | null>;

export const ES = productOf(loadProducts(), 'ES');
/** Small needs, so that short streams say something. */
export const QUICK: MicrostructureConstants = {
  refit_seconds: 5,
  micro_price_transitions: 60,
  micro_price_moves: 10,
  micro_price_visits: 8,
  integrated_windows: 20,
};

const FIELDS = loadContract({
  layer: 'gold',
  productType: 'future_mbo',
  table: 'microstructure_1s',
}).fields;

export interface MicroRun {
  spans: WindowSpan[];
  product?: typeof ES;
  constants?: MicrostructureConstants;
  /** Rows of a batch; all at once when not given. */
  batch?: number;
}

/** What silver says of the seconds. */
export function secondsOf(rows: Row[], { spans, product = ES }: MicroRun): SnapshotRow[] {
  return runWindows(rows, { tickSize: product.tickSizeInt, radius: 50, spans }).snapshots;
}

function touchesOf(seconds: SnapshotRow[], tick: number): TouchSeconds {
  const numbers = (of: (s: SnapshotRow) => number | null) =>
    Float64Array.from(seconds, (s) => of(s) ?? Number.NaN);
  return {
    count: seconds.length,
    ends: numbers((s) => s.end),
    bidTick: numbers((s) => (s.bid === null ? null : s.bid / tick)),
    askTick: numbers((s) => (s.ask === null ? null : s.ask / tick)),
    bidLots: numbers((s) => s.bidQty),
    askLots: numbers((s) => s.askQty),
    valid: Uint8Array.from(seconds, (s) => (s.valid ? 1 : 0)),
    bought: numbers((s) => s.buy),
    sold: numbers((s) => s.sell),
  };
}

/** The rows, and what was counted. */
export function runMicrostructure(rows: Row[], run: MicroRun) {
  const { product = ES, constants = MICROSTRUCTURE_CONSTANTS, batch = rows.length } = run;
  const seconds = touchesOf(secondsOf(rows, run), product.tickSizeInt);
  const day = new MicrostructureDay(product, 0n, seconds, constants);
  const pieces = Array.from({ length: Math.ceil(rows.length / batch) }, (_, k) =>
    toColumns(rows.slice(k * batch, (k + 1) * batch)),
  );
  const out: MicroRow[] = [];
  for (const { rows: count, columns, nulls } of day.batches(pieces)) {
    if (columns.length !== FIELDS.length) throw new Error('columns differ from the contract');
    for (let i = 0; i < count; i++) {
      const cells = FIELDS.map(({ name, nullable }, k) => {
        const absent = nulls?.[k]?.[i] === 1;
        if (absent && !nullable) throw new Error(`${name} is never absent`);
        return [name, absent ? null : (columns[k] as Float64Array)[i]!];
      });
      out.push(Object.fromEntries(cells) as MicroRow);
    }
  }
  return { rows: out, counters: day.counters() };
}
