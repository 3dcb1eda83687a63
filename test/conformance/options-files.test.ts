/** Books and tables of options on real records: quotes of options, and orders as if of one. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  FlowLog,
  OrderBook,
  QuoteBook,
  StrikeBooks,
  type WindowSpan,
} from '../../src/book/index.ts';
import { ASK, BID } from '../../src/core/index.ts';
import {
  columnsOf,
  DbnDecoder,
  decompressZstd,
  FLAG,
  initZstd,
  type MboColumns,
  RTYPE,
} from '../../src/dbn/index.ts';
import { OptionWindows } from '../../src/pipeline/index.ts';
import { type Quote, type QuoteRow, quoteColumns } from '../book/quote-records.ts';
import { type Listed, named, SECOND, termsOf } from '../pipeline/option-fixture.ts';
import { slowOptions } from '../pipeline/slow-options.ts';
import { readMboFile } from './book-files.ts';
import { describeConformance } from './data.ts';

const UNDEF = 2 ** 63;
const ES_TICK = 250_000_000;
/** Every order is looked at this often: it takes long. */
const LOOK_THROUGH_SECONDS = 20;

/** Best quotes of an MBP-1 file as rows, `id` being the place of the instrument in `ids`. */
async function readQuotes(path: string, ids: number[], originNs: bigint): Promise<QuoteRow[]> {
  await initZstd();
  const rows: QuoteRow[] = [];
  const decoder = new DbnDecoder();
  for (const chunk of decompressZstd([new Uint8Array(readFileSync(path))])) {
    decoder.write(chunk);
    for (let run = decoder.next(); run !== null; run = decoder.next()) {
      if (run.rtype !== RTYPE.MBP_1) continue;
      const c = columnsOf(run, { originNs }) as Record<string, Float64Array>;
      const side = (px: string, sz: string, i: number): Quote =>
        c[px]![i] === UNDEF ? null : [c[px]![i]!, c[sz]![i]!];
      for (let i = 0; i < run.count; i++) {
        const id = c['instrument_id']![i]!;
        if (!ids.includes(id)) ids.push(id);
        rows.push({
          ts: c['ts_recv']![i]!,
          id: ids.indexOf(id),
          action: String.fromCharCode(c['action']![i]!) as QuoteRow['action'],
          side: String.fromCharCode(c['side']![i]!) as QuoteRow['side'],
          price: c['price']![i] === UNDEF ? null : c['price']![i]!,
          size: c['size']![i]!,
          flags: c['flags']![i]!,
          bid: side('bid_px_00', 'bid_sz_00', i),
          ask: side('ask_px_00', 'ask_sz_00', i),
        });
      }
    }
  }
  return rows;
}

function tables(rows: QuoteRow[], listed: Listed[], spans: WindowSpan[], spot: number) {
  const book = new QuoteBook();
  const windows = new OptionWindows(book, {
    tickSize: ES_TICK,
    radiusTicks: 200,
    spotAt: () => spot,
    spans,
    originNs: 0n,
    terms: termsOf(listed),
  });
  const columns = [rows.slice(0, 100), rows.slice(100)].map((part) => quoteColumns(part));
  const depth = named('equity_option_cmbp_1', 'depth_and_flow_1s', windows.depth(columns));
  const snapshots = named('equity_option_cmbp_1', 'book_snapshot_1s', windows.snapshots());
  return { depth, snapshots, counters: book.counters };
}

/** The whole seconds that hold all rows. */
function spanOf(rows: QuoteRow[]): WindowSpan[] {
  const from = Math.floor(rows[0]!.ts / SECOND) * SECOND;
  return [{ fromNs: from, toNs: (Math.floor(rows.at(-1)!.ts / SECOND) + 1) * SECOND }];
}

describeConformance('silver of options on real records', (pathOf) => {
  it('ES options, 2024-05-09: both tables as the slow ones, every lot conserved', async () => {
    const path = pathOf('dbn/es-options-20240509.mbp-1.v1.dbn.zst');
    const ids = [42_449_452, 4_163_986];
    const rows = await readQuotes(path, ids, BigInt(Date.parse('2024-05-09')) * 1_000_000n);
    expect([rows.length, ids.length]).toEqual([560, 2]);
    const listed: Listed[] = [
      { right: 'P', strike: 5230 },
      { right: 'P', strike: 5250 },
    ];
    const spot = 5212.5e9;
    const spans = spanOf(rows);
    const got = tables(rows, listed, spans, spot);
    const facts = { rows, listed, spans, tickSize: ES_TICK, radiusTicks: 200 };
    const want = slowOptions({ ...facts, spot: () => spot });
    expect(got.depth).toEqual(want.depth);
    expect(got.snapshots).toEqual(want.snapshots);
    expect(new Set(got.depth.map((r) => r['rel_ticks']))).toEqual(new Set([70, 150]));
    const last = got.snapshots.at(-1)!;
    const lastRow = rows.filter((r) => r.id === last['instrument_id']).at(-1)!;
    expect([last['bid_price_int'], last['bid_qty']]).toEqual([...lastRow.bid!]);
    expect([last['ask_price_int'], last['ask_qty']]).toEqual([...lastRow.ask!]);
  });

  it('ES, 2024-07-01: what trades hit is filled; no traded lot is lost', async () => {
    const path = pathOf('dbn/esu4-20240701.mbp-1.v1.dbn.zst');
    const rows = await readQuotes(path, [], BigInt(Date.parse('2024-06-30')) * 1_000_000n);
    const trades = rows.filter((r) => r.action === 'T');
    expect([rows.length, trades.length]).toEqual([2288, 120]);
    const listed: Listed[] = [{ right: 'C', strike: 5525 }];
    const spans = spanOf(rows);
    const { depth, snapshots, counters } = tables(rows, listed, spans, 5525e9);
    const facts = { rows, listed, spans, tickSize: ES_TICK, radiusTicks: 200 };
    const want = slowOptions({ ...facts, spot: () => 5525e9 });
    expect(snapshots).toEqual(want.snapshots);
    const sum = (name: string) => depth.reduce((n, r) => n + Number(r[name]), 0);
    const traded = trades.reduce((n, r) => n + r.size, 0);
    expect(snapshots.reduce((n, r) => n + Number(r['trade_count']), 0)).toBe(120);
    const filled = sum('fill_qty');
    expect(filled).toBeGreaterThan(0.8 * traded);
    expect(filled + sum('hidden_fill_qty') + counters.unplacedFillLots).toBe(traded);
  });

  it('ES, 2023-12-25: each second is that of a book of its own, snapshot included', async () => {
    const c = await readMboFile(pathOf('dbn/esh4-20231225.mbo.v1.dbn.zst'), '2023-12-25');
    const books = new StrikeBooks(ES_TICK, c.originNs);
    books.extend(1);
    const book = new OrderBook({ tickSize: ES_TICK, originNs: c.originNs, flows: new FlowLog() });
    const slots = new Int32Array(c.length);
    let fast = 0;
    let slow = 0;
    let end = Math.floor(c.tsRecv[0]! / SECOND + 1) * SECOND;
    const before = [0, 0];
    for (; fast < c.length; end += SECOND) {
      fast = books.applyUntil(c, slots, fast, c.length, end);
      const quiet = slow;
      slow = applyWholeEvents(book, c, slow, end);
      books.closeSecond(end);
      if (slow === quiet) {
        expect([...books.seconds.depth.subarray(0, 2)]).toEqual(before);
        books.nextSecond();
        continue;
      }
      for (const side of [BID, ASK] as const) {
        const { qty, tick } = book.levels(side);
        const s = books.seconds;
        expect(s.depth[side]).toBe(qty.reduce((n, lots) => n + lots, 0));
        if (end % (LOOK_THROUGH_SECONDS * SECOND) === 0) {
          const rested = [...tick].map((t) => book.restingDepthAt(side, t, end - 500e6));
          expect(s.depthRest[side]).toBe(rested.reduce((n, lots) => n + lots, 0));
        }
        expect(s.bestPrice[side]! / ES_TICK).toBe(qty.length > 0 ? tick[0] : UNDEF / ES_TICK);
        if (s.broken[0] === 0) expect(s.depthStart(0, side)).toBe(before[side]);
        before[side] = s.depth[side]!;
      }
      books.nextSecond();
    }
    expect(slow).toBe(c.length);
    expect(books.counters).toEqual(book.counters);
  });
});

/**
 * Applies the events whose last record is before `end`, and one that has been open for more than a
 * second; returns the first row not applied.
 */
function applyWholeEvents(book: OrderBook, c: MboColumns, from: number, end: number): number {
  let whole = from;
  let i = from;
  for (; i < c.length && c.tsRecv[i]! < end; i++) {
    if ((c.flags[i]! & FLAG.LAST) !== 0) whole = i + 1;
  }
  if (whole < i && end - c.tsRecv[whole]! > SECOND) whole = i;
  book.applyBatch(c, from, whole);
  book.finish();
  book.flows?.consume();
  return whole;
}
