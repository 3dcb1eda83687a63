import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MBO_BYTES, MboColumns } from '../../src/dbn/index.ts';
import {
  cutting,
  fillAll,
  getRange,
  RECORDS,
  REQUEST,
  readAll,
  same,
  TIMES,
} from './range-session.ts';
import { DAY_NS, encodeRange, mboRecords, selected } from './range-vendor.ts';
import { type Answer, bytes, clientOf, json } from './scripted-server.ts';

describe('get_range that is cut', () => {
  it('goes on exactly where it was cut, wherever that is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
        fc.constantFrom('length' as const, 'chunked' as const),
        fc.constantFrom(0, 1000, 6000),
        async (parts, how, capacity) => {
          const { client, asked, notices } = await clientOf(cutting(parts, how));
          const stream = await client.getRange(REQUEST);
          const read = capacity > 0 ? await fillAll(stream, capacity) : await readAll(stream);
          expect(same(read, RECORDS)).toBe(true);
          expect(stream.resumes).toBe(parts.length);
          expect(asked).toHaveLength(parts.length + 1);
          expect(notices).toHaveLength(parts.length);
        },
      ),
      { seed: 5, numRuns: 40 },
    );
  });

  it('goes on after a cut between two frames that the length gives away', async () => {
    const first = RECORDS.subarray(0, 1000 * MBO_BYTES);
    const body = await encodeRange(RECORDS);
    const part = await encodeRange(first);
    expect(same(body.subarray(0, part.length), part)).toBe(true);
    const { stream, asked, notices } = await getRange([
      (_, response) => {
        response.writeHead(200, { 'content-length': body.length });
        response.write(part, () => response.socket?.end());
      },
      ...cutting([]),
    ]);
    expect(same(await readAll(stream), RECORDS)).toBe(true);
    const last = DAY_NS + BigInt(TIMES[999]!);
    const ties = TIMES.slice(0, 1000).filter((ns) => ns === TIMES[999]).length;
    expect(asked[1]?.fields).toMatchObject({
      start: String(last),
      end: String(DAY_NS + 86_400_000_000_000n),
      symbols: 'ESH6',
    });
    expect(stream.duplicatesDropped).toBe(ties);
    expect(notices[0]).toContain(`after 1000 records; asking again from 2026-01-05T00:00:00.`);
    expect(notices[0]).toContain('the vendor bills what it sends again');
  });

  it('counts what came without a length, and goes on when it is less', async () => {
    const records = (from: number, to: number) =>
      RECORDS.subarray(from * MBO_BYTES, to * MBO_BYTES);
    const streamed =
      (limit: number): Answer =>
      async (asked, response) => {
        if (asked.path.endsWith('count')) return json(6000)(asked, response);
        const rest = selected(RECORDS.subarray(0, limit * MBO_BYTES), asked);
        response.writeHead(200);
        response.write(await encodeRange(rest, { frameRecords: 100 }));
        return response.end();
      };
    const { stream, asked, notices } = await getRange([
      streamed(1000),
      streamed(0),
      streamed(6000),
    ]);
    expect(same(await readAll(stream), RECORDS)).toBe(true);
    expect(asked.map(({ path }) => path.split('.')[1])).toEqual([
      'get_range',
      'get_record_count',
      'get_range',
      'get_record_count',
    ]);
    expect(asked[1]?.fields).toEqual({
      dataset: 'GLBX.MDP3',
      schema: 'mbo',
      symbols: 'ESH6',
      stype_in: 'raw_symbol',
      stype_out: 'instrument_id',
      start: '2026-01-05',
    });
    expect(notices[0]).toMatch(/ended as if it were whole, but 1000 records arrived, the vendor c/);
    const short = await getRange([streamed(1000)]);
    expect(same(await readAll(short.stream), records(0, 1000))).toBe(true);
    expect(short.notices[1]).toMatch(/counts 6000; asked again, it ended at the same$/);
    const never = await getRange([streamed(1000)], { maxResumes: 0 });
    await expect(readAll(never.stream)).rejects.toMatchObject({ code: 'VENDOR_UNAVAILABLE' });
    const unsure = await getRange([streamed(6000), json({ detail: 'no' }, 403)]);
    expect(same(await readAll(unsure.stream), RECORDS)).toBe(true);
    expect(unsure.notices[0]).toMatch(/6000 records, which could not be counted: .*403/);
  });

  it('goes on behind a record that came in two pieces, the only one of its instant', async () => {
    const records = mboRecords(Array.from({ length: 50 }, (_, i) => i * 1000));
    const body = await encodeRange(records, { raw: true });
    const header = body.length - records.length;
    for (const instants of [1, 2, 3]) {
      const halves = [10.5, 10.5 + instants].map((n) => header + n * MBO_BYTES);
      const { stream, asked } = await getRange([
        async (_, response) => {
          response.writeHead(200, { 'content-length': body.length });
          response.write(body.subarray(0, halves[0]));
          await new Promise((resolve) => setTimeout(resolve, 40));
          response.write(body.subarray(...halves), () => response.socket?.end());
        },
        async (one, response) => bytes(await encodeRange(selected(records, one)))(one, response),
      ]);
      expect(same(await readAll(stream), records)).toBe(true);
      expect(asked[1]?.fields['start']).toBe(String(DAY_NS + BigInt((9 + instants) * 1000)));
      expect(stream.duplicatesDropped).toBe(1);
    }
  });

  it('goes on when the last record is cut though the answer claims to be whole', async () => {
    const short = await encodeRange(RECORDS.subarray(0, 100 * MBO_BYTES - 20));
    const { stream } = await getRange([bytes(short), ...cutting([])]);
    expect(same(await readAll(stream), RECORDS)).toBe(true);
  });

  it('asks for no more than the limit leaves, and keeps the end it was given', async () => {
    const end = '2026-01-06';
    const { stream, asked } = await getRange(cutting([0.6]), {}, { limit: 5000, end });
    expect(same(await readAll(stream), RECORDS.subarray(0, 5000 * MBO_BYTES))).toBe(true);
    expect(stream.resumes).toBe(1);
    expect(asked[1]?.fields['end']).toBe(end);
    expect(Number(asked[1]?.fields['limit'])).toBeLessThan(5000);
  });

  it('gives up after the times it may, when all that had arrived was delivered', async () => {
    const { client, asked } = await clientOf(cutting([0.5, 0.5]));
    const stream = await client.getRange(REQUEST, { maxResumes: 1 });
    let rows = 0;
    const reading = (async () => {
      const columns = new MboColumns(100_000, DAY_NS);
      for (;;) {
        const n = await stream.fill(columns);
        if (n === 0) return;
        rows += n;
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'VENDOR_UNAVAILABLE', retryable: true });
    await expect(reading).rejects.toThrow(/records were delivered, taken up again 1 times/);
    expect(rows).toBe(stream.records);
    expect(rows).toBeGreaterThan(2000);
    expect(asked).toHaveLength(2);
    const never = await getRange(cutting([0.5]), { maxResumes: 0 });
    await expect(readAll(never.stream)).rejects.toMatchObject({ code: 'VENDOR_UNAVAILABLE' });
  });

  it('does not wait without end for bytes', async () => {
    const stall: Answer = async (_, response) => {
      const body = await encodeRange(RECORDS);
      response.writeHead(200, { 'content-length': body.length });
      response.write(body.subarray(0, body.length / 2));
    };
    const { client } = await clientOf([stall, ...cutting([])], { timeouts: { idleMs: 60 } });
    const stream = await client.getRange(REQUEST);
    expect(same(await readAll(stream), RECORDS)).toBe(true);
    expect(stream.resumes).toBe(1);
  });

  const cases: [string, (body: Uint8Array) => Promise<Uint8Array>, RegExp][] = [
    [
      'other records at the same instant',
      async (rest) => {
        const other = rest.slice();
        other[16] = 0xee;
        return encodeRange(other);
      },
      /found other records of that instant/,
    ],
    ['fewer', async () => encodeRange(new Uint8Array(0)), /found \d records fewer/],
    [
      'another schema',
      async (rest) => encodeRange(rest, { metadata: { schema: 'trades' } }),
      /of another kind; found GLBX.MDP3 trades in version 3/,
    ],
  ];
  it.each(cases)('stops rather than go on with %s', async (_, make, message) => {
    const { stream, asked } = await getRange([
      cutting([0.5])[0]!,
      async (one, response) => bytes(await make(selected(RECORDS, one)))(one, response),
    ]);
    const reading = readAll(stream);
    await expect(reading).rejects.toMatchObject({ code: 'VENDOR_PROTOCOL' });
    await expect(reading).rejects.toThrow(message);
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['times that run back', mboRecords(TIMES.map((ns, i) => (i === 700 ? 5 : ns))), {}, /order/],
    ['an open end', RECORDS, { end: null }, /where it ends is not known/],
  ])('stops rather than guess with %s', async (_, records, metadata, message) => {
    const body = await encodeRange(records, { metadata });
    const { stream, asked } = await getRange([
      (_asked, response) => {
        response.writeHead(200, { 'content-length': body.length });
        response.write(body.subarray(0, body.length - 9), () => response.socket?.end());
      },
    ]);
    await expect(readAll(stream)).rejects.toThrow(message);
    expect(asked).toHaveLength(1);
  });

  it('begins again when it was cut before the first record', async () => {
    for (const part of [0, 0.001, 0.01]) {
      const { stream } = await getRange(cutting([part, part]));
      expect(same(await readAll(stream), RECORDS)).toBe(true);
      expect(stream.resumes).toBe(2);
    }
  });
});
