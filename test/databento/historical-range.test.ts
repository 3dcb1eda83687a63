import { describe, expect, it } from 'vitest';
import { MBO_BYTES, MboColumns } from '../../src/dbn/index.ts';
import { fillAll, getRange, RECORDS, REQUEST, readAll, same, TIMES } from './range-session.ts';
import { DAY_NS, encodeRange, mboRecords } from './range-vendor.ts';
import { type Answer, bytes, clientOf, json } from './scripted-server.ts';

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
