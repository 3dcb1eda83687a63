import { describe, expect, it } from 'vitest';
import { DAY_NS, failure, joined, liveHeader, order, system, trade } from './live-records.ts';
import { at, fin, MBO, over, serving, stay, THE_END, TRADES } from './live-serving.ts';

const COMPLETED = system(3, 'Finished mbo replay');

describe('replay after a disconnect', () => {
  const orders = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => order(from + i));

  it('drops exactly what had been delivered, byte for byte and as often', async () => {
    const twin = order(30);
    const got = await over([
      serving(fin, liveHeader(), joined(...orders(10, 30), twin, twin)),
      serving(
        stay,
        liveHeader(at(20)),
        joined(...orders(20, 30), twin, twin, twin, ...orders(31, 40), COMPLETED),
        joined(...orders(40, 42), THE_END),
      ),
    ]);
    const wanted = [...orders(10, 30), twin, twin, twin, ...orders(31, 40), COMPLETED];
    const all = joined(...wanted, ...orders(40, 42), THE_END);
    expect(Buffer.compare(got.bytes, all)).toBe(0);
    expect(got.starts).toEqual([null, `${at(20)}`]);
    expect(got.gaps).toMatchObject([
      { cause: 'disconnected', recovery: 'replay', fromNs: at(30), toNs: at(30) },
    ]);
    const dropped = got.items.find((i) => i.type === 'notice' && i.what === 'duplicates-dropped');
    expect(dropped).toMatchObject({ text: expect.stringMatching(/^12 records/) });
  });

  it('recognises records whose time of sending differs', async () => {
    const format = { tsOut: true };
    const resent = order(2, {}, format);
    resent[60] = 99;
    const completed = system(3, 'Finished mbo replay', format);
    const end = system(1, 'the end', format);
    const got = await over(
      [
        serving(fin, liveHeader(DAY_NS, format), order(1, {}, format), order(2, {}, format)),
        serving(
          stay,
          liveHeader(DAY_NS, format),
          joined(order(1, {}, format), resent, order(3, {}, format), completed, end),
        ),
      ],
      { tsOut: true },
    );
    expect(got.gaps).toHaveLength(1);
    expect(got.bytes.length).toBe(3 * 64 + completed.length + end.length);
  });

  it('keeps records that ts_event puts before the last one, as it may run backwards', async () => {
    const early = order(25, { order_id: 999n });
    const got = await over([
      serving(fin, liveHeader(), joined(...orders(20, 30))),
      serving(
        stay,
        liveHeader(at(19)),
        joined(...orders(20, 26), early, ...orders(26, 31), COMPLETED, THE_END),
      ),
    ]);
    const all = joined(...orders(20, 30), early, order(30), COMPLETED, THE_END);
    expect(Buffer.compare(got.bytes, all)).toBe(0);
  });

  it('tells a replay that lacks what it should have', async () => {
    const got = await over([
      serving(fin, liveHeader(), joined(...orders(10, 30))),
      serving(stay, liveHeader(at(40)), joined(...orders(40, 42), COMPLETED, THE_END)),
    ]);
    expect(got.gaps).toMatchObject([
      { cause: 'disconnected', recovery: 'replay' },
      { cause: 'replay-incomplete', recovery: 'none', fromNs: at(29), toNs: at(40) },
    ]);
    expect(got.gaps[1]!.text).toMatch(/lacks 11 records/);
  });

  it('tells a replay that leaves out one of the middle, with the whole time it is about', async () => {
    const got = await over([
      serving(fin, liveHeader(), joined(...orders(10, 30))),
      serving(
        stay,
        liveHeader(at(19)),
        joined(...orders(19, 25), ...orders(26, 32), COMPLETED, THE_END),
      ),
    ]);
    expect(got.gaps[1]).toMatchObject({
      cause: 'replay-incomplete',
      fromNs: at(19),
      toNs: at(3600),
    });
    expect(got.gaps[1]!.text).toMatch(/lacks 1 record/);
  });

  it('is a gap up to the moment that the gateway names first', async () => {
    const acknowledged = system(1, 'Subscription request 1 for mbo data succeeded');
    const got = await over([
      serving(fin, liveHeader(), joined(...orders(10, 30))),
      serving(
        stay,
        liveHeader(at(19)),
        joined(acknowledged, ...orders(19, 32), COMPLETED, THE_END),
      ),
    ]);
    expect(got.gaps).toMatchObject([{ fromNs: at(29), toNs: at(3600) }]);
    expect(got.story.indexOf('gap disconnected replay mbo')).toBe(3);
  });

  it('accepts a replay that begins late, but before the break', async () => {
    const got = await over([
      serving(fin, liveHeader(), joined(...orders(10, 30))),
      serving(stay, liveHeader(at(25)), joined(...orders(25, 32), COMPLETED, THE_END)),
    ]);
    expect(got.gaps).toHaveLength(1);
    expect(Buffer.compare(got.bytes, joined(...orders(10, 32), COMPLETED, THE_END))).toBe(0);
  });

  it('recognises what comes though it was not asked for', async () => {
    const got = await over([
      serving(fin, liveHeader(), joined(...orders(10, 30))),
      serving(stay, liveHeader(at(12)), joined(...orders(12, 32), COMPLETED, THE_END)),
    ]);
    expect(got.starts).toEqual([null, `${at(19)}`]);
    expect(Buffer.compare(got.bytes, joined(...orders(10, 32), COMPLETED, THE_END))).toBe(0);
    expect(got.gaps).toHaveLength(1);
  });

  it('notices when the gateway ignores the start', async () => {
    const got = await over([
      serving(fin, liveHeader(), joined(...orders(10, 30))),
      serving(stay, liveHeader(at(50)), joined(...orders(50, 52), THE_END)),
    ]);
    expect(got.gaps.map((gap) => gap.cause)).toEqual(['disconnected', 'replay-incomplete']);
  });

  it('asks again from where it began when it breaks off, however often', async () => {
    const got = await over([
      serving(fin, liveHeader(), joined(...orders(10, 30))),
      serving(fin, liveHeader(at(19)), joined(...orders(19, 24))),
      serving(fin, liveHeader(at(19)), joined(...orders(19, 36), order(36).subarray(0, 50))),
      serving(stay, liveHeader(at(19)), joined(...orders(19, 40), COMPLETED, THE_END)),
    ]);
    expect(got.starts).toEqual([null, ...Array(3).fill(`${at(19)}`)]);
    expect(Buffer.compare(got.bytes, joined(...orders(10, 40), COMPLETED, THE_END))).toBe(0);
    expect(got.gaps).toHaveLength(3);
  });

  it('is asked for by schema, from the last record of each', async () => {
    const got = await over(
      [
        serving(fin, liveHeader(), joined(trade(1), trade(50), ...orders(60, 90))),
        serving(
          stay,
          liveHeader(at(40)),
          joined(trade(50), ...orders(79, 91), COMPLETED),
          joined(trade(60), system(3, 'Finished trades replay'), THE_END),
        ),
      ],
      { subscriptions: [MBO, TRADES] },
    );
    const asked = got.server.lines[1]!.map((line) => /start=(\d+)/.exec(line)?.[1]);
    expect(asked).toEqual([undefined, `${at(79)}`, `${at(40)}`, undefined]);
    expect(got.gaps).toHaveLength(1);
    const last = joined(
      order(90),
      COMPLETED,
      trade(60),
      system(3, 'Finished trades replay'),
      THE_END,
    );
    expect(Buffer.compare(got.bytes.subarray(-last.length), last)).toBe(0);
  });

  it('that has aged out is a gap for a person to fill, and is not asked for again', async () => {
    const aged = failure(8, 'Replay data is no longer available');
    const got = await over([
      serving(fin, liveHeader(), joined(...orders(10, 30))),
      serving(fin, liveHeader(at(19)), aged),
      serving(stay, liveHeader(at(50)), order(50), THE_END),
    ]);
    expect(got.starts).toEqual([null, `${at(19)}`, null]);
    expect(got.gaps.map(({ cause, recovery }) => `${cause} ${recovery}`)).toEqual([
      'disconnected replay',
      'replay-incomplete none',
      'disconnected none',
    ]);
    expect(got.gaps[1]!.fromNs).toBe(at(19));
  });

  it('of a first start is given up in the same way', async () => {
    const got = await over(
      [serving(stay, liveHeader(at(1)), failure(8, 'aged out'), order(5), THE_END)],
      { subscriptions: [{ ...MBO, startNs: at(1) }] },
    );
    expect(got.gaps).toMatchObject([
      { cause: 'replay-incomplete', recovery: 'none', fromNs: at(1), schemas: ['mbo'] },
    ]);
  });
});
