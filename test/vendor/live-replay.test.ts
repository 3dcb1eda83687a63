import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BookSet } from '../../src/book/index.ts';
import {
  type DbnRecord,
  encodeRecord,
  MboColumns,
  RTYPE,
  readMbo,
  runOf,
} from '../../src/dbn/index.ts';
import { DataFolder } from '../../src/vendor/index.ts';
import {
  dbnFile,
  encoded,
  FRONT,
  liveFolder,
  MBO_COUNT,
  mboRecords,
  NEXT,
  START_NS,
  STEP_NS,
} from './live-data.ts';
import {
  gatewayFor,
  marketRecords,
  type Stream,
  startedClient,
  wholeStream,
} from './live-raw-client.ts';

let folder: ReturnType<typeof liveFolder>;
let data: DataFolder;
beforeAll(async () => {
  folder = liveFolder();
  data = await DataFolder.open(folder.path);
});
afterAll(() => folder.remove());

/** Where the market stands when the client comes, as a number of MBO records. */
const HALF = 1500;
const NOW_NS = START_NS + BigInt(HALF) * STEP_NS;

const line = (schema: string, more = '', symbols = 'ALL_SYMBOLS') =>
  `schema=${schema}|stype_in=raw_symbol|symbols=${symbols}|id=1|is_last=1${more}`;
const system = (records: readonly DbnRecord[]) => records.filter((r) => r.rtype === RTYPE.SYSTEM);
const sequences = (records: readonly DbnRecord[]) =>
  marketRecords(records).map((r) => r['sequence']);
const completedAt = ({ records }: Stream, schema: string) =>
  records.findIndex((r) => r['msg'] === `Finished ${schema} replay`);

describe('intraday replay', () => {
  it('sends the past by ts_event, says that it is done, and goes on', async () => {
    const gateway = await gatewayFor({ data, fromNs: NOW_NS, atEnd: 'close' });
    const start = START_NS + 700n * STEP_NS - 1000n;
    const stream = await wholeStream(gateway, [line('mbo', `|start=${start}`)]);
    const expected = mboRecords().filter((r) => r.ts_event >= start);
    expect(sequences(stream.records)).toEqual(expected.map((r) => r['sequence']));
    const done = completedAt(stream, 'mbo');
    expect(stream.records[done]).toMatchObject({ code: 3, ts_event: NOW_NS });
    expect(marketRecords(stream.records.slice(0, done)).at(-1)!['sequence']).toBe(HALF);
    expect(stream.metadata.start).toBe(start);
  });

  it('takes a start in ISO 8601, and 0 for all there is', async () => {
    const gateway = await gatewayFor({ data, fromNs: NOW_NS, atEnd: 'close' });
    const iso = await wholeStream(gateway, [line('trades', '|start=2026-01-05T14:30:10')]);
    expect(marketRecords(iso.records)).toHaveLength(200);
    const all = await wholeStream(gateway, [line('definition', '|start=0')]);
    expect(marketRecords(all.records)).toHaveLength(2);
  });

  it('goes by ts_recv for quotes: one without ts_event is there', async () => {
    const gateway = await gatewayFor({ data, fromNs: NOW_NS, atEnd: 'close' });
    const { records } = await wholeStream(gateway, [line('bbo-1s', `|start=${START_NS + 1n}`)]);
    expect(sequences(records)).toEqual(Array.from({ length: 29 }, (_, i) => i + 1));
  });

  it('joins the past to a market that moves meanwhile: nothing lost, nothing twice', async () => {
    const gateway = await gatewayFor({ data, fromNs: NOW_NS, speed: 40, atEnd: 'close' });
    const all = `|start=${START_NS - 10_000n}`;
    const lines = [line('mbo', all, 'ESH6'), line('mbo', all, 'ESM6'), line('trades', all)];
    const { records } = await wholeStream(gateway, lines);
    const of = (rtype: number) =>
      records.filter((r) => r.rtype === rtype).map((r) => r['sequence']);
    const orders = mboRecords().map((r) => r['sequence']);
    expect(of(RTYPE.MBO).slice(HALF)).toEqual(orders.slice(HALF));
    expect([...of(RTYPE.MBO)].sort((a, b) => Number(a) - Number(b))).toEqual(orders);
    expect(of(RTYPE.TRADES)).toEqual(Array.from({ length: 300 }, (_, i) => i));
  });

  it('replays each schema from its own start, and others not at all', async () => {
    const gateway = await gatewayFor({ data, fromNs: NOW_NS, atEnd: 'close' });
    const stream = await wholeStream(gateway, [
      line('mbo', `|start=${START_NS - 10_000n}`),
      line('trades', `|start=${START_NS + 1000n * STEP_NS}`),
      line('ohlcv-1s'),
    ]);
    const of = (rtype: number) => stream.records.filter((r) => r.rtype === rtype).length;
    expect([of(RTYPE.MBO), of(RTYPE.TRADES), of(RTYPE.OHLCV_1S)]).toEqual([MBO_COUNT, 200, 16]);
    const said = system(stream.records).map((r) => r['msg']);
    expect(said.filter((msg) => /replay$/.test(String(msg)))).toEqual([
      'Finished mbo replay',
      'Finished trades replay',
    ]);
  });

  it('refuses what has aged out with error 8', async () => {
    const replayNs = 500n * STEP_NS;
    const gateway = await gatewayFor({ data, fromNs: NOW_NS, replayNs });
    const start = NOW_NS - replayNs - 1n;
    const { records } = await wholeStream(gateway, [line('mbo', `|start=${start}`)]);
    expect(records.at(-1)).toMatchObject({ rtype: RTYPE.ERROR, code: 8 });
    expect(marketRecords(records)).toEqual([]);
  });

  it('can begin earlier or later than asked for, or repeat its end, by a fault', async () => {
    const gateway = await gatewayFor({ data, fromNs: NOW_NS, atEnd: 'close' });
    const start = START_NS + 700n * STEP_NS - 10_000n;
    const replayed = async (fault: string) => {
      gateway.faults.set([fault]);
      return sequences((await wholeStream(gateway, [line('mbo', `|start=${start}`)])).records);
    };
    const early = await replayed('replay-duplicates:50');
    const late = await replayed('replay-short:50');
    expect([early[0], late[0]]).toEqual([696, 706]);
    const again = await replayed('replay-overlap:50');
    expect(again.slice(HALF - 700 - 1, HALF - 700 + 6)).toEqual([
      ...[HALF, HALF - 4, HALF - 3, HALF - 2, HALF - 1, HALF, HALF + 1],
    ]);
  });
});

describe('snapshots', () => {
  const subscribe = (symbols: string) => line('mbo', '|snapshot=1', symbols);
  const isSnapshot = (r: DbnRecord) => (Number(r['flags']) & 32) !== 0;

  /** Every order of the book as a peer builds it, in the order of the queue. */
  function bookOf(records: readonly DbnRecord[], id: number) {
    const set = new BookSet({ tickSizeOf: () => 250_000_000, originNs: START_NS });
    const columns = new MboColumns(1);
    columns.originNs = START_NS;
    for (const record of records) {
      if (record.instrument_id !== id) continue;
      readMbo(runOf(encodeRecord(record)), 0, 1, columns);
      set.applyBatch(columns, 0, 1);
    }
    set.finish();
    const book = set.book(1, id)!;
    const orders = new Set(records.map((r) => r['order_id'] as bigint));
    const places = [...orders].map((order) => {
      const [low, high] = [Number(order & 0xffffffffn), Number(order >> 32n)];
      const at = book.orderOf(low, high);
      return at && [order, at.side, at.tick, at.qty, book.queueAhead(low, high)];
    });
    return places.filter((place) => place !== null);
  }

  it('sends a clear, then every order in the order of its priority, then the market', async () => {
    const gateway = await gatewayFor({ data, fromNs: NOW_NS, atEnd: 'close' });
    const { records } = await wholeStream(gateway, [subscribe('ESH6,ESM6')]);
    const sent = marketRecords(records);
    const snapshot = sent.filter(isSnapshot);
    const past = mboRecords().slice(0, HALF);
    expect(sequences(sent).slice(snapshot.length)).toEqual(
      mboRecords()
        .slice(HALF)
        .map((r) => r['sequence']),
    );
    for (const { id } of [FRONT, NEXT]) {
      const one = snapshot.filter((r) => r.instrument_id === id);
      const clear = { action: 'R', side: 'N', flags: 40, size: 0, order_id: 0n, ts_recv: NOW_NS };
      expect(one[0]).toMatchObject({ ...clear, ts_event: NOW_NS, price: 2n ** 63n - 1n });
      const adds = one.slice(1);
      expect(adds.every((r) => r['action'] === 'A' && r['ts_recv'] === NOW_NS)).toBe(true);
      const whole = past.filter((r) => r.instrument_id === id).at(-1)!['flags'] === 128;
      expect(adds.map((r) => r['flags'])).toEqual(
        adds.map((_, i) => (i === adds.length - 1 && whole ? 168 : 40)),
      );
      const rebuilt = bookOf(one, id);
      expect(rebuilt.length).toBeGreaterThan(5);
      expect(rebuilt.sort()).toEqual(bookOf(past, id).sort());
    }
  });

  it('keeps the time at which an order came', async () => {
    const gateway = await gatewayFor({ data, fromNs: NOW_NS, atEnd: 'close' });
    const { records } = await wholeStream(gateway, [subscribe('ESH6')]);
    const adds = records.filter((r) => r['action'] === 'A' && isSnapshot(r));
    const past = new Set(mboRecords().map((r) => `${r['order_id']} ${r.ts_event}`));
    expect(adds.every((r) => past.has(`${r['order_id']} ${r.ts_event}`))).toBe(true);
    expect(adds.every((r) => r['ts_in_delta'] === 0 && r.instrument_id === FRONT.id)).toBe(true);
  });

  it('is of the last day that knew the symbol when the market is closed', async () => {
    const fromNs = START_NS + 5n * 86_400_000_000_000n;
    const gateway = await gatewayFor({ data, fromNs, atEnd: 'close' });
    const { records } = await wholeStream(gateway, [subscribe('ESH6')]);
    const one = marketRecords(records);
    expect(bookOf(one, FRONT.id).sort()).toEqual(bookOf(mboRecords(), FRONT.id).sort());
    expect(records.filter((r) => r.rtype === RTYPE.SYMBOL_MAPPING)).toHaveLength(1);
  });

  it('is a single clear that ends its event when the book is empty', async () => {
    const gateway = await gatewayFor({ data, fromNs: START_NS, atEnd: 'close' });
    const { records } = await wholeStream(gateway, [subscribe('ESM6')]);
    const snapshot = marketRecords(records).filter(isSnapshot);
    expect(snapshot).toMatchObject([{ action: 'R', flags: 168, instrument_id: NEXT.id }]);
  });

  it('goes forward with the market', async () => {
    let ms = 0;
    const clock = { nowMs: () => ms, unixNs: () => 0n };
    const gateway = await gatewayFor({ data, speed: 1, clock });
    for (const at of [0, 8000, 8005, 21_000]) {
      ms = at;
      const past = mboRecords().filter(
        (r) => (r['ts_recv'] as bigint) < START_NS + BigInt(at) * 1_000_000n,
      );
      const client = await startedClient(gateway, [subscribe('ALL_SYMBOLS')]);
      for (const { id } of at === 0 ? [] : [FRONT, NEXT]) {
        const expected = bookOf(past, id);
        const own = (s: Stream) => s.records.filter((r) => isSnapshot(r) && r.instrument_id === id);
        const stream = await client.until((s) => own(s).length === expected.length + 1);
        expect(bookOf(own(stream), id).sort()).toEqual(expected.sort());
      }
      if (at === 0) await client.until(() => true);
    }
  });

  it('follows a top-of-book feed: one order a side', async () => {
    const base = { ...mboRecords(1)[0]!, flags: 192, action: 'A', size: 5 };
    const price = 6000_000_000_000n;
    const quotes = [
      { ...base, side: 'B', price },
      { ...base, side: 'A', price: price + 250_000_000n },
      { ...base, side: 'B', price: price - 250_000_000n },
      { ...base, side: 'A', price: 2n ** 63n - 1n, size: 0 },
    ].map((r, i) => ({ ...r, instrument_id: FRONT.id, ts_recv: START_NS + BigInt(i) }));
    const top = liveFolder({ 'top.mbo.dbn': dbnFile('mbo', quotes) });
    try {
      const options = { data: top.path, fromNs: START_NS + 10n, atEnd: 'close' } as const;
      const { records } = await wholeStream(await gatewayFor(options), [subscribe('ESH6')]);
      const adds = marketRecords(records).filter((r) => r['action'] === 'A');
      expect(adds).toMatchObject([{ side: 'B', price: price - 250_000_000n }]);
      expect(encoded(adds)).toHaveLength(56);
    } finally {
      top.remove();
    }
  });
});
