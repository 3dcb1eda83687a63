/** Requests for data and what is said about it, as bytes and JSON. */
import { request as httpsRequest } from 'node:https';
import { describe, expect, it } from 'vitest';
import {
  convertRecord,
  decompressZstd,
  layoutOf,
  metadataLength,
  rtypeOf,
  runOf,
} from '../../src/dbn/index.ts';
import { zstdFrameLength } from '../../src/vendor/historical/first-frame.ts';
import { startVendorHistorical } from '../../src/vendor/index.ts';
import { decode, get, historicalSuite, jsonOf, post, withKey } from './historical-client.ts';
import { DATASET, DAYS, END_DAY, FOLDER_SCHEMAS, INSTRUMENTS, KEY } from './historical-data.ts';

/** A refusal's body. */
interface Refusal {
  detail: { case: string };
}

const suite = historicalSuite();
const BOTH = { start: DAYS[0], end: END_DAY };
const ZSTD = { encoding: 'dbn', compression: 'zstd' };

const bytesOf = async (answer: Promise<Response>) =>
  new Uint8Array(await (await answer).arrayBuffer());
const range = (fields: object) =>
  bytesOf(post(suite.server, 'timeseries.get_range', { ...BOTH, ...ZSTD, ...fields }));

/** The zstd frames of a body. */
function framesOf(body: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < body.length; ) {
    const length = zstdFrameLength(body.subarray(at))!;
    frames.push(Buffer.concat([...decompressZstd([body.subarray(at, at + length)])]));
    at += length;
  }
  return frames;
}

const idOf = (record: Uint8Array) => new DataView(record.buffer).getUint32(4, true);

describe('timeseries.get_range', () => {
  it.each(FOLDER_SCHEMAS)(
    'sends the records of %s in order, all or of one symbol',
    async (schema) => {
      const expected = suite.folder.records.get(schema)!;
      expect(decode(await range({ schema })).records).toEqual(expected);
      const one = decode(await range({ schema, symbols: 'ESM6' })).records;
      expect(one).toEqual(expected.filter((r) => idOf(r) === 102));
    },
  );

  it('sends the header in a frame of its own, then a frame a day', async () => {
    for (const symbols of ['ALL_SYMBOLS', 'ESH6']) {
      const frames = framesOf(await range({ schema: 'mbo', symbols }));
      expect(metadataLength(frames[0]!)).toBe(frames[0]!.length);
      const records = symbols === 'ESH6' ? 10 : 20;
      expect(frames.slice(1).map((f) => f.length)).toEqual([records * 56, records * 56]);
    }
  });

  it('sends what passes whole as it lies on disk, with a header of its own', async () => {
    const before = decode(await range({ schema: 'mbo', symbols: 'ESH6,ESM6' }));
    expect(before.metadata).toMatchObject({
      dataset: DATASET,
      schema: 'mbo',
      stypeIn: 'raw_symbol',
      stypeOut: 'instrument_id',
      symbols: ['ESH6', 'ESM6'],
      notFound: [],
      partial: [],
      limit: null,
    });
    expect(before.metadata.mappings).toEqual(
      INSTRUMENTS.map(({ symbol, id }) => ({
        rawSymbol: symbol,
        intervals: [{ startDate: 20260105, endDate: 20260107, symbol: String(id) }],
      })),
    );
  });

  it('filters by index time, start inclusive, end exclusive, and by number', async () => {
    const expected = suite.folder.records.get('mbo')!;
    const window = { schema: 'mbo', start: `${DAYS[0]}T03:00`, end: `${DAYS[0]}T07` };
    expect(decode(await range(window)).records).toEqual(expected.slice(3, 7));
    expect(decode(await range({ schema: 'mbo', limit: 25 })).records).toEqual(
      expected.slice(0, 25),
    );
    const none = decode(await range({ schema: 'mbo', start: `${DAYS[0]}T23`, end: DAYS[1] }));
    expect(none.records).toEqual([]);
  });

  it.each([
    ['2026-01-05', 20],
    ['2026-01', 40],
    ['2026-01-05T03', 1],
    ['2026-01-05T03:00:00', 1],
    ['2026-01-05T03:00:00.000000000+00:00', 1],
    ['1767582000000000000', 1],
    ['2026-01-05T02:59:59.9', 0],
  ])('takes the end from the resolution of the start %s', async (start, records) => {
    const fields = { schema: 'mbo', start };
    // A month reaches behind the data, as a day does not: that is refused as the vendor does.
    const answer = await post(suite.server, 'metadata.get_record_count', fields);
    if (start === '2026-01') expect(await answer.text()).toContain('data_start_before_available');
    else expect(await answer.json()).toBe(records);
  });

  it('sends CSV and JSON with symbols and decimals when asked', async () => {
    const text = { compression: 'none', map_symbols: 'true', pretty_px: 'true', limit: 2 };
    const csv = Buffer.from(await range({ schema: 'trades', encoding: 'csv', ...text })).toString();
    expect(csv.split('\n')).toHaveLength(4);
    expect(csv.split('\n')[0]).toMatch(/^ts_recv,ts_event,.*,symbol$/);
    expect(csv.split('\n')[1]).toMatch(/,ESH6$/);
    const json = Buffer.from(await range({ schema: 'trades', encoding: 'json', ...text }));
    const lines = json
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.symbol)).toEqual(['ESH6', 'ESM6']);
    expect(lines[0].price === null || /\.\d{9}$/.test(lines[0].price)).toBe(true);
  });

  it('warns of symbols that are not found, and refuses when none is', async () => {
    const fields = { schema: 'mbo', ...BOTH };
    const some = await post(suite.server, 'timeseries.get_range', { ...fields, symbols: 'ESH6,X' });
    expect(JSON.parse(some.headers.get('x-warning')!)).toEqual([
      'BentoWarning: The symbols were not resolved: X',
    ]);
    const odd = await post(suite.server, 'timeseries.get_range', {
      ...fields,
      symbols: 'ESH6,é\n',
    });
    expect(JSON.parse(odd.headers.get('x-warning')!)[0]).toMatch(/: é$/);
    const none = await post(suite.server, 'timeseries.get_range', { ...fields, symbols: 'X,Y' });
    expect(none.status).toBe(422);
    const { detail } = (await none.json()) as Refusal;
    expect(detail.case).toBe('symbology_invalid_request');
  });

  it('follows parents, continuous symbols and ids', async () => {
    const ids = async (symbols: string, stypeIn: string) => {
      const { records } = decode(await range({ schema: 'mbo', symbols, stype_in: stypeIn }));
      return [...new Set(records.map(idOf))].sort();
    };
    expect(await ids('ES.FUT', 'parent')).toEqual([101, 102]);
    expect(await ids('ES.c.1', 'continuous')).toEqual([102]);
    expect(await ids('102', 'instrument_id')).toEqual([102]);
    const { metadata } = decode(
      await range({ schema: 'mbo', symbols: 'ES.FUT', stype_in: 'parent' }),
    );
    expect(metadata.symbols).toEqual(['ES.FUT']);
    expect(metadata.mappings.map((m) => m.rawSymbol)).toEqual(['ESH6', 'ESM6']);
  });
});

describe('versions of DBN', () => {
  it.each([1, 2] as const)('sends version %d when told to', async (version) => {
    const old = await startVendorHistorical({ data: suite.server.folder, key: KEY, version });
    try {
      for (const schema of ['mbo', 'statistics', 'status'] as const) {
        const fields = { ...BOTH, ...ZSTD, schema };
        const body = await bytesOf(post(old, 'timeseries.get_range', fields));
        const { metadata, records } = decode(body);
        const kept = suite.folder.records.get(schema)!;
        expect(metadata.version).toBe(version);
        if (schema === 'statistics') {
          expect(records[0]!.length).toBe(layoutOf(rtypeOf(schema), version)!.size);
          expect(records.map((r) => convertRecord(runOf(r, { version }), 0, 3))).toHaveLength(40);
        } else expect(records).toEqual(kept);
      }
    } finally {
      await old.close();
    }
  });
});

describe('requests that are refused', () => {
  const many = Array.from({ length: 2001 }, (_, i) => `S${i}`).join(',');
  it.each([
    ['an unknown schema', { schema: 'mbo2' }, /Input should be 'mbo'/],
    ['a schema without data', { schema: 'ohlcv-eod' }, /has no ohlcv-eod/],
    ['no start', { schema: 'mbo', start: '' }, /Field required/],
    ['a start that is none', { schema: 'mbo', start: 'yesterday' }, /Invalid datetime/],
    ['a day that is none', { schema: 'mbo', start: '2026-02-30' }, /Invalid datetime/],
    ['an end before the start', { schema: 'mbo', end: '2026-01-05' }, /start_on_or_after_end/],
    ['an end behind the data', { schema: 'mbo', end: '2026-01-08' }, /data_end_after_available/],
    ['a start before the data', { schema: 'mbo', start: '2026-01-04' }, /start_before_available/],
    ['too many symbols', { schema: 'mbo', symbols: many }, /maximum number of symbols is 2000/],
    ['all symbols and one', { schema: 'mbo', symbols: 'ALL_SYMBOLS,ESH6' }, /stands alone/],
    [
      'all symbols by id',
      { schema: 'mbo', stype_in: 'instrument_id', symbols: 'ALL_SYMBOLS' },
      /stands alone/,
    ],
    ['a way that leads nowhere', { schema: 'mbo', stype_out: 'figi' }, /Cannot resolve stype_in/],
    ['no number', { schema: 'mbo', limit: 'x' }, /greater than or equal to 1/],
  ])('%s', async (_, fields, text) => {
    const answer = await post(suite.server, 'timeseries.get_range', { ...BOTH, ...fields });
    expect(answer.status).toBe(422);
    expect(answer.headers.get('request-id')).toMatch(/^[0-9a-f]{32}$/);
    expect(await answer.text()).toMatch(text);
  });

  it('another key, no key, another method', async () => {
    const url = `${suite.server.url}/v0/metadata.list_datasets`;
    for (const headers of [{}, withKey(`db-${'x'.repeat(29)}`), { authorization: 'Bearer x' }]) {
      const answer = await fetch(url, { headers });
      expect(answer.status).toBe(401);
      const { detail } = (await answer.json()) as Refusal;
      expect(detail.case).toBe('auth_authentication_failed');
    }
    expect((await get(suite.server, 'metadata.nothing')).status).toBe(404);
    expect((await get(suite.server, 'timeseries.get_range')).status).toBe(404);
  });
});

describe('what is said about the data', () => {
  it('counts, sizes and prices are those of the records', async () => {
    for (const schema of FOLDER_SCHEMAS) {
      const fields = { ...BOTH, schema, symbols: 'ESH6' };
      const { records } = decode(await range(fields));
      const bytes = records.reduce((sum, r) => sum + r.length, 0);
      const ask = (method: string) => jsonOf(post(suite.server, `metadata.${method}`, fields));
      expect(await ask('get_record_count')).toBe(records.length);
      expect(await ask('get_billable_size')).toBe(bytes);
      const prices = await jsonOf(
        get(suite.server, 'metadata.list_unit_prices', { dataset: DATASET }),
      );
      expect(await ask('get_cost')).toBeCloseTo((bytes / 1e9) * prices[0].unit_prices[schema], 12);
    }
  });

  it('symbols are resolved day by day', async () => {
    const resolve = (fields: object) =>
      jsonOf(post(suite.server, 'symbology.resolve', { start_date: DAYS[0], ...fields }));
    const whole = await resolve({ symbols: 'ESH6', end_date: END_DAY });
    expect(whole).toMatchObject({ message: 'OK', status: 0, end_date: END_DAY });
    const part = await resolve({ symbols: 'ESH6', start_date: '2026-01-04', end_date: END_DAY });
    expect(part).toMatchObject({ message: 'Partially resolved', status: 1, partial: ['ESH6'] });
    const all = await resolve({ symbols: 'ALL_SYMBOLS' });
    expect(Object.keys(all.result)).toEqual(['ESH6', 'ESM6']);
    expect(all.symbols).toEqual(['ALL_SYMBOLS']);
    const back = await resolve({
      symbols: '7,101',
      stype_in: 'instrument_id',
      stype_out: 'raw_symbol',
    });
    expect(back.result['101']).toEqual([{ d0: DAYS[0], d1: DAYS[1], s: 'ESH6' }]);
    expect(back.not_found).toEqual(['7']);
  });

  it('is the same over TLS, on the same port', async () => {
    const text = await new Promise<string>((done, fail) => {
      const url = `${suite.server.secureUrl}/v0/metadata.list_datasets`;
      const options = { headers: withKey(), ca: suite.server.certificate };
      httpsRequest(url, options, async (answer) => {
        let got = '';
        for await (const piece of answer) got += piece;
        done(got);
      })
        .on('error', fail)
        .end();
    });
    expect(JSON.parse(text)).toEqual([DATASET]);
  });

  it('is logged without the key', async () => {
    await get(suite.server, 'metadata.list_schemas', { dataset: DATASET });
    const entry = suite.server.log.entries.at(-1)!;
    expect(entry).toMatchObject({
      method: 'metadata.list_schemas',
      params: { dataset: DATASET },
      keyEnding: KEY.slice(-5),
      status: 200,
    });
    expect(JSON.stringify(suite.server.log.entries)).not.toContain(KEY);
  });
});
