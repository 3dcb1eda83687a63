import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DataRequest, RangeOptions, RangeStream } from '../../src/databento/index.ts';
import { MBO_BYTES, MboColumns, writeMbo } from '../../src/dbn/index.ts';
import { DAY_NS, encodeRange, mboRecords, selected } from './range-vendor.ts';
import { type Answer, type Asked, bytes, clientOf, json } from './scripted-server.ts';

const REQUEST: DataRequest = {
  dataset: 'GLBX.MDP3',
  schema: 'mbo',
  symbols: ['ESH6'],
  stypeIn: 'raw_symbol',
  start: '2026-01-05',
};

/** Index times with ties: one to five records an instant. */
const TIMES = Array.from({ length: 6000 }, (_, i) => Math.floor(i / (1 + (i % 5))) * 1000).sort(
  (a, b) => a - b,
);
const RECORDS = mboRecords(TIMES);

async function readAll(stream: RangeStream): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const { bytes: piece, count } of stream) {
    expect(piece.length).toBe(count * MBO_BYTES);
    pieces.push(piece.slice());
  }
  return Buffer.concat(pieces);
}

async function fillAll(stream: RangeStream, capacity: number): Promise<Uint8Array> {
  const columns = new MboColumns(capacity, DAY_NS);
  const pieces: Uint8Array[] = [];
  while ((await stream.fill(columns)) > 0)
    pieces.push(writeMbo(columns, 0, columns.length).slice());
  return Buffer.concat(pieces);
}

/** Serves what is asked for, cut after a part of its bytes; the last answers are whole. */
function cutting(parts: readonly number[], how: 'length' | 'chunked' = 'length'): Answer[] {
  const whole: Answer = async (asked, response) => {
    const records = selected(RECORDS, asked);
    if (asked.path.endsWith('count')) return json(records.length / MBO_BYTES)(asked, response);
    return bytes(await encodeRange(records))(asked, response);
  };
  const cuts = parts.map(
    (part): Answer =>
      async (asked, response) => {
        const body = await encodeRange(selected(RECORDS, asked));
        response.writeHead(200, how === 'length' ? { 'content-length': body.length } : {});
        const end = Math.min(body.length - 1, Math.floor(body.length * part));
        response.write(body.subarray(0, end), () => response.socket?.end());
      },
  );
  return [...cuts, whole];
}

async function getRange(
  answers: Answer[],
  options: RangeOptions = {},
  request: Partial<DataRequest> = {},
): Promise<{ stream: RangeStream; asked: Asked[]; notices: string[] }> {
  const { client, asked, notices } = await clientOf(answers);
  const stream = await client.getRange({ ...REQUEST, ...request }, options);
  return { stream, asked, notices };
}

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

describe('get_range', () => {
  it('asks for zstd DBN and yields metadata and every record, in whole records', async () => {
    const { stream, asked } = await getRange(
      [bytes(await encodeRange(RECORDS))],
      {},
      { limit: 9999 },
    );
    expect(stream.metadata).toMatchObject({ dataset: 'GLBX.MDP3', schema: 'mbo', start: DAY_NS });
    expect(same(await readAll(stream), RECORDS)).toBe(true);
    expect(stream.records).toBe(TIMES.length);
    expect(asked[0]).toMatchObject({
      verb: 'POST',
      path: '/v0/timeseries.get_range',
      fields: { encoding: 'dbn', compression: 'zstd', stype_out: 'instrument_id', limit: '9999' },
    });
    expect(asked[0]?.fields).not.toHaveProperty('end');
  });

  it.each([1, 7, 256, 6000, 10_000])('fills columns of %i rows with the same', async (capacity) => {
    const records = capacity < 10 ? RECORDS.subarray(0, 300 * MBO_BYTES) : RECORDS;
    const { stream } = await getRange([bytes(await encodeRange(records))]);
    expect(same(await fillAll(stream, capacity), records)).toBe(true);
  });

  it('takes no records, raw DBN, and bytes one by one', async () => {
    const none = await getRange([bytes(await encodeRange(new Uint8Array(0)))]);
    expect((await readAll(none.stream)).length).toBe(0);
    const raw = await getRange([bytes(await encodeRange(RECORDS, { raw: true }))]);
    expect(same(await readAll(raw.stream), RECORDS)).toBe(true);
    const few = RECORDS.subarray(0, 5 * MBO_BYTES);
    const body = await encodeRange(few, { frameRecords: 2 });
    const { stream } = await getRange([
      async (_, response) => {
        response.writeHead(200, { 'content-type': 'application/octet-stream' });
        for (let i = 0; i < body.length; i++) {
          if (i < 12 || i % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
          response.write(body.subarray(i, i + 1));
        }
        response.end();
      },
    ]);
    expect(same(await readAll(stream), few)).toBe(true);
  });

  it('reads no faster than it is read', async () => {
    const header = await encodeRange(RECORDS.subarray(0, 100 * MBO_BYTES), { raw: true });
    const more = RECORDS.subarray(0, 1000 * MBO_BYTES);
    const most = 1000;
    let sent = 0;
    const endless: Answer = async (_, response) => {
      response.writeHead(200);
      response.write(header);
      for (; sent < most && !response.destroyed; sent++) {
        if (response.write(more)) continue;
        await new Promise<void>((resolve) => {
          const done = () => {
            response.off('drain', done).off('close', done);
            resolve();
          };
          response.on('drain', done).on('close', done);
        });
      }
    };
    const { stream } = await getRange([endless]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    stream.close();
    expect(sent).toBeGreaterThan(10);
    expect(sent).toBeLessThan(most / 2);
  });

  it('gives all of an answer though it is read slowly and its connection is closed', async () => {
    const times = Array.from({ length: 60_000 }, (_, i) => i * 1000);
    const records = mboRecords(times);
    const body = await encodeRange(records, { raw: true, frameRecords: 60_000 });
    for (const known of [true, false]) {
      const { stream } = await getRange([
        (asked, response) => {
          if (asked.path.endsWith('count')) return json(times.length)(asked, response);
          const length = known ? { 'content-length': body.length } : {};
          response.shouldKeepAlive = false;
          response.useChunkedEncodingByDefault = false;
          response.writeHead(200, { connection: 'close', ...length });
          return response.end(body);
        },
      ]);
      const pieces: Uint8Array[] = [];
      for await (const { bytes: piece } of stream) {
        pieces.push(piece.slice());
        if (pieces.length % 8 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      }
      expect(same(Buffer.concat(pieces), records)).toBe(true);
      expect(stream.resumes).toBe(0);
    }
  });

  it('refuses to fill columns with another schema', async () => {
    const body = await encodeRange(RECORDS, { metadata: { schema: 'trades' } });
    const { stream } = await getRange([bytes(body)]);
    await expect(stream.fill(new MboColumns(8))).rejects.toMatchObject({ code: 'DBN_SCHEMA' });
    stream.close();
  });

  it('is refused in the vendor’s words', async () => {
    const { client } = await clientOf([json({ detail: { case: 'c', message: 'm' } }, 422)]);
    await expect(client.getRange(REQUEST)).rejects.toMatchObject({ vendorCase: 'c' });
  });

  it.each([
    ['bytes that are no DBN', Buffer.from('{"detail":"no"}'), 'DBN_MAGIC'],
    ['a frame that is damaged', null, 'DBN_ZSTD'],
  ])('does not ask again for %s', async (_, body, code) => {
    const damaged = await encodeRange(RECORDS);
    damaged.fill(0x55, damaged.length - 3000, damaged.length - 2000);
    const { client, asked } = await clientOf([bytes(body ?? damaged)]);
    const reading = client.getRange(REQUEST).then(readAll);
    await expect(reading).rejects.toMatchObject({ code });
    expect(asked).toHaveLength(1);
  });

  it('is cancelled between its records, with the reason it was given', async () => {
    const abort = new AbortController();
    const { stream } = await getRange(
      [
        async (_, response) => {
          const body = await encodeRange(RECORDS);
          response.writeHead(200, { 'content-length': body.length });
          response.write(body.subarray(0, body.length - 10));
        },
      ],
      { signal: abort.signal },
    );
    const reading = readAll(stream);
    setTimeout(() => abort.abort(new Error('enough')), 30);
    await expect(reading).rejects.toThrow('enough');
  });

  it('ends when it is closed, also while it waits', async () => {
    const { stream, asked } = await getRange([
      async (_, response) => {
        const body = await encodeRange(RECORDS);
        response.writeHead(200, { 'content-length': body.length });
        response.write(body.subarray(0, body.length / 2));
      },
    ]);
    setTimeout(() => stream.close(), 30);
    const read = await readAll(stream);
    expect(same(read, RECORDS.subarray(0, read.length))).toBe(true);
    expect(read.length).toBeGreaterThan(0);
    expect(asked).toHaveLength(1);
    for await (const _ of (await getRange([bytes(await encodeRange(RECORDS))])).stream) break;
  });
});

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
