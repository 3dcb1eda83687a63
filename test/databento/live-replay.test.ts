import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Prng } from '../../src/core/index.ts';
import { DeliveredWindow } from '../../src/databento/live/delivered-window.ts';
import { EventMarks, markRecords } from '../../src/databento/live/event-marks.ts';
import { RecordSet } from '../../src/databento/live/record-set.ts';
import { ReplayFilter } from '../../src/databento/live/replay-filter.ts';
import { SubscriptionLedger } from '../../src/databento/live/subscription-ledger.ts';
import { RTYPE } from '../../src/dbn/index.ts';
import { DAY_NS, joined, order } from './live-records.ts';

/** Most that `ts_event` lies behind the order of sending, ns: within the margin of the client. */
const DISORDER_NS = 9_000_000_000;
const MBO = { schema: 'mbo', stypeIn: 'raw_symbol', symbols: ['ESH6'] } as const;

interface Sent {
  bytes: Uint8Array;
  tsEvent: bigint;
}

/** Order events as a gateway sends them: by `ts_recv`, with `ts_event` out of order, some twins. */
function market(count: number, random: Prng): Sent[] {
  const sent: Sent[] = [];
  for (let i = 0; i < count; i++) {
    if (i > 0 && random.int(10) === 0) {
      sent.push(sent[i - 1]!);
      continue;
    }
    const recv = DAY_NS + BigInt(i) * 100_000_000n;
    const tsEvent = recv - BigInt(random.int(DISORDER_NS));
    sent.push({ bytes: order(i, { ts_event: tsEvent, ts_recv: recv }), tsEvent });
  }
  return sent;
}

/** What the client knows after `delivered`, and the start that it would ask a replay from. */
function clientAfter(delivered: readonly Sent[], maxBlocks: number) {
  const marks = new EventMarks();
  const window = new DeliveredWindow(maxBlocks);
  const ledger = new SubscriptionLedger(marks, window);
  ledger.add(MBO);
  ledger.lines(0);
  ledger.begun(0n);
  for (let at = 0; at < delivered.length; at += 7) {
    const batch = joined(...delivered.slice(at, at + 7).map((record) => record.bytes));
    markRecords(batch, marks);
    window.remember(batch);
  }
  const [line = ''] = ledger.lines(0);
  return { window, ledger, startNs: BigInt(/start=(\d+)/.exec(line)![1]!) };
}

describe('replay', () => {
  it('is exactly once, wherever the connection broke and however the replay is cut', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 1, max: 300 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
        (seed, broke, sizes) => {
          const all = market(320, new Prng(seed));
          const { window, ledger, startNs } = clientAfter(all.slice(0, broke), 16);
          const filter = new ReplayFilter(window, ledger.requests(), false);
          const replayed = all.filter((record) => record.tsEvent >= startNs);
          const got: Uint8Array[] = [];
          for (let at = 0, k = 0; at < replayed.length; k++) {
            const part = replayed.slice(at, at + sizes[k % sizes.length]!);
            at += part.length;
            const batch = { bytes: joined(...part.map((r) => r.bytes)), count: part.length };
            const kept = filter.apply(batch);
            expect(kept.bytes.length).toBe(kept.count * 56);
            got.push(kept.bytes.slice());
          }
          const missed = all.slice(broke).filter((record) => record.tsEvent >= startNs);
          expect(missed).toHaveLength(all.length - broke);
          expect(Buffer.compare(joined(...got), joined(...missed.map((r) => r.bytes)))).toBe(0);
          filter.completed([RTYPE.MBO]);
          expect(filter.settle(0n)).toEqual([]);
          expect(filter.over).toBe(true);
        },
      ),
      { seed: 21, numRuns: 100 },
    );
  });

  it('never asks for what is no longer known, so that nothing is doubled', () => {
    const BLOCK_RECORDS = Math.floor((1024 * 1024) / 56);
    const all = market(BLOCK_RECORDS * 3, new Prng(7));
    const { window, startNs } = clientAfter(all, 2);
    const kept = [...window.pieces()].reduce((n, piece) => n + piece.length / 56, 0);
    expect(kept).toBeLessThan(all.length);
    const forgotten = all.slice(0, all.length - kept).map((record) => record.tsEvent);
    expect(forgotten.every((ns) => ns < startNs)).toBe(true);
  });
});

describe('a set of records', () => {
  it('gives each back as often as it was put in, time of sending aside', () => {
    const twin = order(1, {}, { tsOut: true });
    const set = new RecordSet(joined(twin, order(2, {}, { tsOut: true }), twin), true);
    const resent = twin.slice();
    resent[57] = 99;
    const words = (bytes: Uint8Array) => new Uint32Array(bytes.slice().buffer);
    expect([1, 2, 3].map(() => set.take(words(resent), 0))).toEqual([true, true, false]);
    expect(set.take(words(order(3, {}, { tsOut: true })), 0)).toBe(false);
    const left: number[] = [];
    set.eachLeft((_, at, times) => left.push(at, times));
    expect(left).toEqual([16, 1]);
  });

  it('is quick when all records are the same', () => {
    const one = order(1);
    const bytes = new Uint8Array(200_000 * 56);
    for (let at = 0; at < bytes.length; at += 56) bytes.set(one, at);
    const set = new RecordSet(bytes, false);
    const words = new Uint32Array(bytes.buffer);
    let taken = 0;
    while (set.take(words, 0)) taken++;
    expect(taken).toBe(200_000);
  });
});
