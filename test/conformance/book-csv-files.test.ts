/** The book against the comma-separated files: a stock's ten levels, and the life of one order. */
import { expect, it } from 'vitest';
import { FLOW, FlowLog, MbpProjection, MbpRows, OrderBook } from '../../src/book/index.ts';
import type { MboColumns } from '../../src/dbn/index.ts';
import { columnsOfCsv, nano, nsOfDay, readCsv } from './book-files.ts';
import { describeConformance } from './data.ts';

const LEVELS = 10;

type Csv = Record<string, string>;

const levelsOfCsv = (r: Csv) =>
  Array.from({ length: LEVELS }, (_, l) => {
    const n = `0${l}`;
    return ['bid', 'ask']
      .flatMap((s) => [nano(r[`${s}_px_${n}`]), r[`${s}_sz_${n}`], r[`${s}_ct_${n}`]])
      .join(' ');
  }).join('|');

function levelsOfRow(rows: MbpRows, r: number): string {
  const parts: string[] = [];
  for (let k = r * LEVELS; k < (r + 1) * LEVELS; k++) {
    parts.push(
      `${rows.bidPrice[k]} ${rows.bidSize[k]} ${rows.bidCount[k]} ` +
        `${rows.askPrice[k]} ${rows.askSize[k]} ${rows.askCount[k]}`,
    );
  }
  return parts.join('|');
}

/** Every row a projection by the record rule makes, as record key and levels. */
function project(c: MboColumns): { key: string; levels: string }[] {
  const rows = new MbpRows(LEVELS, 100);
  const projection = new MbpProjection(new OrderBook({ tickSize: 10_000_000 }), rows, 'record');
  const out: { key: string; levels: string }[] = [];
  for (let i = 0; i < c.length; ) {
    i = projection.run(c, i, c.length);
    for (let r = 0; r < rows.length; r++) {
      const action = String.fromCharCode(rows.action[r]);
      const key = [rows.tsEvent[r], action, rows.price[r], rows.size[r], rows.sequence[r]].join(
        ' ',
      );
      out.push({ key, levels: levelsOfRow(rows, r) });
    }
    rows.clear();
  }
  return out;
}

/** The ten levels after each record, read from the book itself. */
function replayLevels(c: MboColumns): string[] {
  const book = new OrderBook({ tickSize: 10_000_000 });
  const out: string[] = [];
  for (let i = 0; i < c.length; i++) {
    book.applyBatch(c, i, i + 1);
    out.push(topOf(book));
  }
  return out;
}

function topOf(book: OrderBook): string {
  const side = (s: 0 | 1) => {
    const { tick, qty, orders } = book.levels(s);
    return Array.from({ length: LEVELS }, (_, l) =>
      l < tick.length ? `${tick[l] * 10_000_000} ${qty[l]} ${orders[l]}` : `${2 ** 63} 0 0`,
    );
  };
  const asks = side(1);
  return side(0)
    .map((bid, l) => `${bid} ${asks[l]}`)
    .join('|');
}

const csvKey = (r: Csv) =>
  [nsOfDay(r.ts_event), r.action, nano(r.price), Number(r.size), Number(r.sequence)].join(' ');

describeConformance('books of comma-separated files', (pathOf) => {
  it('ARL, 2025-07-17: 3,917 of 3,928 published rows equal the book after their record', () => {
    const mbo = readCsv(pathOf('other/arl-20250717.mbo.csv'));
    const published = readCsv(pathOf('other/arl-20250717.mbp-10.csv'));
    const after = replayLevels(columnsOfCsv(mbo));
    const keys = mbo.map(csvKey);
    let at = 0;
    let equal = 0;
    const merged: Csv[] = [];
    for (const row of published) {
      at = keys.indexOf(csvKey(row), at);
      expect(at).toBeGreaterThanOrEqual(0);
      if (after[at] === levelsOfCsv(row)) equal++;
      else merged.push(row);
      at++;
    }
    expect(published.length).toBe(3_928);
    expect(equal).toBe(3_917);
    expect(merged.map((r) => r.action).join('')).toBe('T'.repeat(11));
  });

  it('ARL, 2025-07-17: the record rule makes a row for each change and each trade', () => {
    const published = readCsv(pathOf('other/arl-20250717.mbp-10.csv'));
    const made = project(columnsOfCsv(readCsv(pathOf('other/arl-20250717.mbo.csv'))));
    const expected: { key: string; levels: string }[] = [];
    let previous = '';
    for (const row of published) {
      const levels = levelsOfCsv(row);
      const isMerge = row.action === 'T' && levels !== previous;
      const isChange = levels !== previous || row.action === 'T';
      if (isMerge) {
        expected.push({ key: csvKey(row), levels: previous });
        expected.push({ key: csvKey(row).replace(' T ', ' C '), levels });
      } else if (isChange) expected.push({ key: csvKey(row), levels });
      previous = levels;
    }
    expect(made).toEqual(expected);
    expect(made.length).toBe(3_928 - 229 + 11);
  });

  it('ES, 2022-08-26: an order of 14 lots is filled in six fills', () => {
    const all = readCsv(pathOf('other/es-order-life-20220826.mbo.csv'));
    const id = '6410543150678';
    const first = all.findIndex((r) => r.order_id === id);
    const c = columnsOfCsv(all);
    const flows = new FlowLog();
    const book = new OrderBook({ tickSize: 250_000_000, flows });
    const mine = all.filter((r) => r.order_id === id);
    expect(mine[0]).toMatchObject({ action: 'A', size: '14' });
    expect(mine.filter((r) => r.action === 'F')).toHaveLength(6);
    book.applyBatch(c, 0, first + 1);
    const lo = c.orderIdLo[first];
    const hi = c.orderIdHi[first];
    expect(book.orderOf(lo, hi)).toMatchObject({ qty: 14, tick: 4184.75 * 4, side: 1 });
    book.applyBatch(c, first + 1, c.length);
    expect(book.orderOf(lo, hi)).toBeNull();
    let filled = 0;
    let pulled = 0;
    const only = new FlowLog();
    const alone = new OrderBook({ tickSize: 250_000_000, flows: only });
    for (let i = 0; i < all.length; i++) {
      if (all[i].order_id === id) alone.applyBatch(c, i, i + 1);
    }
    alone.finish();
    for (let i = 0; i < only.closed; i++) {
      if ((only.code[i] & 3) === FLOW.FILL) filled += only.qty[i];
      if ((only.code[i] & 3) === FLOW.PULL) pulled += only.qty[i];
    }
    expect([filled, pulled, alone.counters.hiddenFillLots]).toEqual([14, 0, 0]);
  });
});
