import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MbpProjection, MbpRows, type MbpRule, OrderBook } from '../../src/book/index.ts';
import type { MboColumns } from '../../src/dbn/index.ts';
import { generateRows } from './generate-rows.ts';
import { LAST, type Row, row, SNAPSHOT, toColumns, UNDEF_PRICE } from './records.ts';
import { SlowBook } from './slow-book.ts';

const S = 1e9;

/** A row as `ts action depth | bid x size (count) … | ask …`. */
function project(c: MboColumns, rule: MbpRule, levels: number, capacity = 3, tickSize = 1) {
  const rows = new MbpRows(levels, capacity);
  const book = new OrderBook({ tickSize });
  const projection = new MbpProjection(book, rows, rule);
  const out: string[] = [];
  const drain = () => {
    for (let r = 0; r < rows.length; r++) out.push(describeRow(rows, r));
    rows.clear();
  };
  for (let i = 0; i < c.length; drain()) i = projection.run(c, i, c.length);
  projection.finish();
  drain();
  book.assertInvariants();
  return out;
}

function describeRow(rows: MbpRows, r: number): string {
  const side = (price: Float64Array, size: Uint32Array, count: Uint32Array) => {
    const parts: string[] = [];
    for (let k = r * rows.levels; k < (r + 1) * rows.levels; k++) {
      if (price[k] !== UNDEF_PRICE) parts.push(`${price[k]}x${size[k]}(${count[k]})`);
      else expect([size[k], count[k]]).toEqual([0, 0]);
    }
    return parts.join(' ');
  };
  const action = String.fromCharCode(rows.action[r]);
  const bids = side(rows.bidPrice, rows.bidSize, rows.bidCount);
  const asks = side(rows.askPrice, rows.askSize, rows.askCount);
  return `${rows.tsRecv[r]} ${action} ${rows.depth[r]} | ${bids} | ${asks}`;
}

const at = (ts: number, r: Row): Row => ({ ...r, ts });

describe('by the record rule', () => {
  it('makes a row for each change of the top and each trade', () => {
    const c = toColumns([
      at(1, row('A', 'B', 1, 100, 5, LAST)),
      at(2, row('A', 'B', 2, 99, 6, LAST)),
      at(3, row('A', 'B', 3, 98, 7, LAST)),
      at(4, row('A', 'A', 4, 103, 1, 0)),
      at(5, row('M', 'A', 4, 103, 1, LAST)),
      at(6, row('T', 'A', 0, 100, 5, 0)),
      at(7, row('F', 'B', 1, 100, 5, 0)),
      at(8, row('C', 'B', 1, 100, 5, LAST)),
      at(9, row('R', 'N', 0, UNDEF_PRICE, 0, LAST)),
    ]);
    expect(project(c, 'record', 2)).toEqual([
      '1 A 0 | 100x5(1) | ',
      '2 A 1 | 100x5(1) 99x6(1) | ',
      '4 A 0 | 100x5(1) 99x6(1) | 103x1(1)',
      '6 T 0 | 100x5(1) 99x6(1) | 103x1(1)',
      '8 C 0 | 99x6(1) 98x7(1) | 103x1(1)',
      '9 R 0 |  | ',
    ]);
  });

  it('makes one row of a snapshot', () => {
    const c = toColumns([
      at(1, row('R', 'N', 0, UNDEF_PRICE, 0, SNAPSHOT)),
      at(1, row('A', 'B', 1, 100, 5, SNAPSHOT)),
      at(1, row('A', 'A', 2, 101, 6, SNAPSHOT | LAST)),
      at(2, row('A', 'A', 3, 101, 1, LAST)),
    ]);
    expect(project(c, 'record', 1)).toEqual([
      '1 A 0 | 100x5(1) | 101x6(1)',
      '2 A 0 | 100x5(1) | 101x7(2)',
    ]);
  });
});

describe('by the event rule', () => {
  it('makes a row at each F_LAST after which the top is another', () => {
    const c = toColumns([
      at(1, row('A', 'B', 1, 100, 5, 0)),
      at(2, row('A', 'B', 2, 101, 6, LAST)),
      at(3, row('A', 'B', 3, 102, 6, 0)),
      at(4, row('C', 'B', 3, 102, 6, LAST)),
      at(5, row('T', 'B', 0, 103, 1, LAST)),
      at(6, row('A', 'A', 4, 103, 1, 0)),
      at(7, row('N', 'N', 0, 0, 0, LAST)),
    ]);
    expect(project(c, 'event', 1)).toEqual(['2 A 0 | 101x6(1) | ', '7 N 0 | 101x6(1) | 103x1(1)']);
  });
});

describe('on a grid of time', () => {
  it('writes the state at every second, quiet ones included', () => {
    const c = toColumns([
      at(0.5 * S, row('A', 'B', 1, 100, 5, LAST)),
      at(0.9 * S, row('A', 'B', 2, 99, 5, LAST)),
      at(3.0 * S, row('C', 'B', 1, 100, 5, LAST)),
      at(3.2 * S, row('A', 'A', 3, 101, 5, 0)),
    ]);
    expect(project(c, { stepNs: S }, 1, 1)).toEqual([
      `${S} A 1 | 100x5(1) | `,
      `${2 * S} A 1 | 100x5(1) | `,
      `${3 * S} A 1 | 100x5(1) | `,
      `${4 * S} A 0 | 99x5(1) | 101x5(1)`,
    ]);
  });
});

/** The rules as they are stated, on the slow book. */
function slowProject(rows: Row[], rule: 'record' | 'event', levels: number, tickSize: number) {
  const book = new SlowBook(tickSize);
  const tops: string[] = [];
  let previous = ' | ';
  const side = (s: 'A' | 'B', most: number) =>
    book
      .levels(s)
      .slice(0, levels)
      .map((l) => `${l.tick * tickSize}x${Math.min(l.qty, most)}(${l.queue.length})`)
      .join(' ');
  const top = (most: number) => `${side('B', most)} | ${side('A', most)}`;
  for (const r of rows) {
    book.apply(r);
    const looks = rule === 'record' ? !book.inSnapshot : (r.flags & LAST) !== 0;
    const always = rule === 'record' && 'TR'.includes(r.action);
    const now = top(Number.POSITIVE_INFINITY);
    if (!looks || (now === previous && !always)) continue;
    tops.push(`${r.action} | ${top(2 ** 32 - 2)}`);
    previous = now;
  }
  return tops;
}

describe('against the rules on a slow book', () => {
  it('makes the same rows', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.constantFrom(0, 0.02, 0.3),
        fc.constantFrom('record' as const, 'event' as const),
        fc.integer({ min: 1, max: 12 }),
        (seed, nasty, rule, levels) => {
          const tickSize = 10_000_000;
          const rows = generateRows({ seed, count: 250, nasty, tickSize, orders: 20 });
          const made = project(toColumns(rows), rule, levels, 7, tickSize);
          const bare = made.map((r) => r.replace(/^\S+ (\S) \d+ /, '$1 '));
          expect(bare).toEqual(slowProject(rows, rule, levels, tickSize));
        },
      ),
      { seed: 21, numRuns: 50 },
    );
  });
});
