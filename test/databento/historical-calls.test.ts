import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { DataRequest, HistoricalClient } from '../../src/databento/index.ts';
import { type Answer, clientOf, json, KEY_TEXT } from './scripted-server.ts';

const REQUEST: DataRequest = {
  dataset: 'GLBX.MDP3',
  schema: 'mbo',
  symbols: ['ESH6', 'ESM6 C5000'],
  stypeIn: 'raw_symbol',
  start: '2026-01-05',
};

const JOB = {
  id: 'GLBX-20260105-AAAA',
  user_id: 'U',
  cost_usd: 1.5,
  dataset: 'GLBX.MDP3',
  symbols: 'ESH6,ESM6',
  stype_in: 'raw_symbol',
  stype_out: 'instrument_id',
  schema: 'mbo',
  start: '2026-01-05T00:00:00.000000000Z',
  end: '2026-01-06T00:00:00.000000000Z',
  limit: null,
  compression: 'zstd',
  state: 'queued',
  ts_received: '2026-01-07 08:09:10.123456+00:00',
  ts_expiration: null,
};

const text =
  (status: number, body: string, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(status, headers);
    response.end(body);
  };

async function failure(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  return promise.then(
    (value) => {
      throw new Error(`no failure, but ${inspect(value)}`);
    },
    (error) => error,
  );
}

describe('calls of the Historical API', () => {
  it('authorizes by the key as user name, and asks GET by query and POST by form', async () => {
    const { client, asked } = await clientOf([json(['mbo']), json(12.5)]);
    expect(await client.listSchemas('GLBX.MDP3')).toEqual(['mbo']);
    expect(await client.getCost({ ...REQUEST, end: 1_767_700_800_000_000_000n, limit: 9 })).toBe(
      12.5,
    );
    const basic = `Basic ${Buffer.from(`${KEY_TEXT}:`).toString('base64')}`;
    expect(asked[0]).toMatchObject({
      verb: 'GET',
      path: '/v0/metadata.list_schemas',
      fields: { dataset: 'GLBX.MDP3' },
    });
    expect(asked[0]?.headers).toMatchObject({ authorization: basic, accept: 'application/json' });
    expect(asked[0]?.headers['user-agent']).toMatch(/^spymaster /);
    expect(asked[1]).toMatchObject({
      verb: 'POST',
      path: '/v0/metadata.get_cost',
      fields: {
        dataset: 'GLBX.MDP3',
        schema: 'mbo',
        symbols: 'ESH6,ESM6 C5000',
        stype_in: 'raw_symbol',
        stype_out: 'instrument_id',
        start: '2026-01-05',
        end: '1767700800000000000',
        limit: '9',
      },
    });
    expect(asked[1]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  });

  const answers: [string, (client: HistoricalClient) => Promise<unknown>, unknown, unknown][] = [
    [
      'list_publishers',
      (c) => c.listPublishers(),
      [{ publisher_id: 1, dataset: 'GLBX.MDP3', venue: 'GLBX', description: 'CME', more: 1 }],
      [{ publisherId: 1, dataset: 'GLBX.MDP3', venue: 'GLBX', description: 'CME' }],
    ],
    ['list_datasets', (c) => c.listDatasets({ startDate: '2026-01-05' }), ['A.B'], ['A.B']],
    [
      'list_fields',
      (c) => c.listFields('trades', 'csv'),
      [{ name: 'price', type: 'int64_t' }],
      [{ name: 'price', type: 'int64_t' }],
    ],
    [
      'list_unit_prices',
      (c) => c.listUnitPrices('A.B'),
      [{ mode: 'historical', unit_prices: { mbo: 1.2 } }],
      [{ mode: 'historical', usdPerGb: { mbo: 1.2 } }],
    ],
    [
      'get_dataset_condition',
      (c) => c.getDatasetCondition('A.B', '2026-01-05', '2026-01-05'),
      [{ date: '2026-01-05', condition: 'degraded', last_modified_date: null }],
      [{ date: '2026-01-05', condition: 'degraded', lastModifiedDate: null }],
    ],
    [
      'get_dataset_range',
      (c) => c.getDatasetRange('A.B'),
      {
        start: '2026-01-05T00:00:00.000000001Z',
        end: '2026-01-06 00:00:00+00:00',
        schema: { mbo: { start: '2026-01-05', end: '2026-01-06T01:00+01:00' } },
      },
      {
        startNs: 1_767_571_200_000_000_001n,
        endNs: 1_767_657_600_000_000_000n,
        schemas: {
          mbo: { startNs: 1_767_571_200_000_000_000n, endNs: 1_767_657_600_000_000_000n },
        },
      },
    ],
    ['get_record_count', (c) => c.getRecordCount(REQUEST), 7, 7],
    ['get_billable_size', (c) => c.getBillableSize(REQUEST), 392, 392],
    [
      'resolve',
      (c) =>
        c.resolveSymbols({
          dataset: 'GLBX.MDP3',
          symbols: ['ES.c.0'],
          stypeIn: 'continuous',
          stypeOut: 'instrument_id',
          startDate: '2026-01-05',
        }),
      {
        result: {
          'ES.c.0': [
            { d0: '2026-01-05', d1: '2026-01-06', s: '42' },
            { d0: '2026-01-06', d1: '2026-01-07', s: '' },
          ],
        },
        partial: ['ES.c.0'],
        not_found: [],
        message: 'Partially resolved',
        status: 1,
      },
      {
        mappings: [
          {
            rawSymbol: 'ES.c.0',
            intervals: [{ startDate: 20260105, endDate: 20260106, symbol: '42' }],
          },
        ],
        partial: ['ES.c.0'],
        notFound: [],
        message: 'Partially resolved',
      },
    ],
    [
      'list_files',
      (c) => c.listFiles('J'),
      [
        {
          filename: 'a.json',
          size: 3,
          hash: `sha256:${'AB'.repeat(32)}`,
          urls: { https: 'https://h/a' },
        },
      ],
      [{ filename: 'a.json', bytes: 3, sha256: 'ab'.repeat(32), url: 'https://h/a' }],
    ],
  ];
  it.each(answers)('understands %s', async (_, call, sent, expected) => {
    const { client } = await clientOf([json(sent)]);
    expect(await call(client)).toEqual(expected);
  });

  it('understands jobs in every spelling, and keeps what it does not know', async () => {
    const listed = { ...JOB, symbols: ['ESH6', 'ESM6'], cost_usd: null, state: 'done', later: 1 };
    const { client, asked } = await clientOf([json(JOB), json([listed]), json(JOB)]);
    const job = await client.submitJob({ ...REQUEST, splitDuration: 'none' });
    expect(job).toEqual({
      id: 'GLBX-20260105-AAAA',
      state: 'queued',
      dataset: 'GLBX.MDP3',
      schema: 'mbo',
      symbols: ['ESH6', 'ESM6'],
      stypeIn: 'raw_symbol',
      startNs: 1_767_571_200_000_000_000n,
      endNs: 1_767_657_600_000_000_000n,
      receivedNs: 1_767_773_350_123_456_000n,
      expiresNs: null,
      costUsd: 1.5,
      recordCount: null,
      progress: null,
      raw: JOB,
    });
    const jobs = await client.listJobs({ states: ['done'], sinceNs: 5n });
    expect(jobs[0]).toMatchObject({ symbols: ['ESH6', 'ESM6'], raw: { later: 1 }, costUsd: null });
    expect((await client.getJob('J 1')).id).toBe(job.id);
    expect(asked.map(({ path, fields }) => [path, fields])).toEqual([
      [
        '/v0/batch.submit_job',
        {
          dataset: 'GLBX.MDP3',
          schema: 'mbo',
          symbols: 'ESH6,ESM6 C5000',
          stype_in: 'raw_symbol',
          stype_out: 'instrument_id',
          start: '2026-01-05',
          encoding: 'dbn',
          compression: 'zstd',
          pretty_px: 'false',
          pretty_ts: 'false',
          map_symbols: 'false',
          split_symbols: 'false',
          split_duration: 'none',
          delivery: 'download',
        },
      ],
      ['/v0/batch.list_jobs', { states: 'done', since: '5' }],
      ['/v0/batch.get_job_details', { job_id: 'J 1' }],
    ]);
  });

  it('refuses what cannot be asked before it asks', async () => {
    const { client, asked } = await clientOf([json(1)]);
    const bad: Partial<DataRequest>[] = [
      { symbols: [] },
      { symbols: Array.from({ length: 2001 }, (_, i) => `S${i}`) },
      { symbols: ['A,B'] },
      { symbols: [' '] },
      { start: 'yesterday' },
      { start: '2026' },
      { start: -1n },
      { end: '2026/01/05' },
      { limit: 0 },
      { limit: 1.5 },
    ];
    for (const fields of bad) {
      await expect(client.getCost({ ...REQUEST, ...fields })).rejects.toMatchObject({
        code: 'USAGE',
      });
    }
    await expect(client.submitJob({ ...REQUEST, symbols: [] })).rejects.toMatchObject({
      code: 'USAGE',
    });
    expect(asked).toEqual([]);
    expect(await client.getRecordCount({ ...REQUEST, symbols: 'ALL_SYMBOLS' })).toBe(1);
    const times = ['2026-01', '2026-01-05T14', '2026-01-05T14:30Z', '2026-01-05 14:30:00.5+01:00'];
    for (const start of times) expect(await client.getCost({ ...REQUEST, start })).toBe(1);
    expect(asked.slice(1).map(({ fields }) => fields['start'])).toEqual(times);
  });

  it.each([
    [{ id: 1 }, 'batch.get_job_details', 'id'],
    [{ ...JOB, state: 'lost' }, 'batch.get_job_details', 'state'],
    [{ ...JOB, start: '2026-02-30' }, 'batch.get_job_details', 'start: not a time'],
    ['<html>', 'batch.get_job_details', 'the whole answer'],
  ])('names method and field of an answer that is none: %j', async (sent, method, field) => {
    const { client, asked } = await clientOf([json(sent)]);
    const error = await failure(client.getJob('J'));
    expect(error).toMatchObject({ name: 'DataError', code: 'VENDOR_PROTOCOL' });
    expect(error.message).toContain(method);
    expect(error.message).toContain(field);
    expect(asked).toHaveLength(1);
  });

  it('does not let a list of files name a place outside its folder, or no sha256', async () => {
    const file = {
      filename: 'a',
      size: 1,
      hash: `sha256:${'0'.repeat(64)}`,
      urls: { https: 'https://h/a' },
    };
    for (const wrong of [
      { filename: '../a' },
      { filename: 'a/b' },
      { filename: 'a\\b' },
      { filename: '..' },
      { filename: '' },
      { hash: 'md5:00' },
      { size: -1 },
      { urls: { ftp: 'ftp://h/a' } },
      { urls: { https: 'file:///etc/passwd' } },
    ]) {
      const { client } = await clientOf([json([{ ...file, ...wrong }])]);
      await expect(client.listFiles('J')).rejects.toMatchObject({ code: 'VENDOR_PROTOCOL' });
    }
  });
});

describe('errors of the vendor', () => {
  it.each([
    [
      'a text',
      400,
      JSON.stringify({ detail: 'Bad   dates' }),
      'VENDOR_REFUSED',
      'metadata.get_cost: the vendor answers 400, Bad dates (request id R-1)',
    ],
    [
      'a business error',
      422,
      JSON.stringify({
        detail: {
          case: 'symbology_invalid_request',
          message: 'None of the symbols could be resolved',
          docs: 'https://databento.com/docs/x',
          payload: { symbols: ['A'] },
        },
      }),
      'VENDOR_REFUSED',
      'metadata.get_cost: the vendor answers 422, symbology_invalid_request: ' +
        'None of the symbols could be resolved (request id R-1; see https://databento.com/docs/x)',
    ],
    [
      'a list of faults',
      422,
      JSON.stringify({
        detail: [
          { loc: ['body', 'start'], msg: 'field required', type: 'x' },
          { loc: ['body', 'limit'], msg: 'not a number', type: 'y' },
        ],
      }),
      'VENDOR_REFUSED',
      'metadata.get_cost: the vendor answers 422, body.start: field required; ' +
        'body.limit: not a number (request id R-1)',
    ],
    [
      'a page',
      404,
      `<html><style>p{}</style><body><h1>Not found</h1>\u001b[31m${'x'.repeat(9999)}</body></html>`,
      'VENDOR_REFUSED',
      /^metadata\.get_cost: the vendor answers 404, Not found \[31mx{1,400}… \(request id R-1\)$/,
    ],
    ['nothing', 418, '', 'VENDOR_REFUSED', /answers 418, no explanation/],
    ['null', 400, 'null', 'VENDOR_REFUSED', /answers 400, no explanation/],
    ['a wrong key', 401, JSON.stringify({ detail: 'no' }), 'VENDOR_AUTH', /answers 401, no/],
    ['a lacking right', 403, 'no', 'VENDOR_AUTH', /answers 403, no/],
    [
      'a lacking licence',
      422,
      JSON.stringify({ detail: { case: 'license_not_found', message: 'm', docs: null } }),
      'VENDOR_AUTH',
      /license_not_found: m/,
    ],
  ])('carries the words of %s', async (_, status, body, code, message) => {
    const { client, asked } = await clientOf([text(status, body, { 'request-id': 'R-1' })]);
    const error = await failure(client.getCost(REQUEST));
    expect(error).toMatchObject({ code, status, requestId: 'R-1', retryable: false });
    expect(error.message).toMatch(message);
    expect(asked).toHaveLength(1);
  });

  it('keeps the payload for programs', async () => {
    const detail = {
      case: 'data_end_after_available_end',
      message: 'm',
      payload: { available_end: '2026-01-05T00:00:00Z' },
    };
    const { client } = await clientOf([json({ detail }, 422)]);
    expect(await failure(client.getCost(REQUEST))).toMatchObject({
      vendorCase: 'data_end_after_available_end',
      payload: { available_end: '2026-01-05T00:00:00Z' },
      requestId: null,
    });
  });

  it('does not follow a redirect of a method', async () => {
    const { client, asked } = await clientOf([text(302, '', { location: 'http://evil.test/x' })]);
    const error = await failure(client.listPublishers());
    expect(error).toMatchObject({ code: 'VENDOR_PROTOCOL' });
    expect(error.message).toContain('evil.test');
    expect(asked).toHaveLength(1);
  });

  it('tells warnings, and survives those that are none', async () => {
    const warning = { 'x-warning': '["DeprecationWarning: old", "Warning: degraded"]' };
    const { client, notices } = await clientOf([
      json([], 200, warning),
      json([], 200, { 'x-warning': 'plain [' }),
    ]);
    await client.listSchemas('A.B');
    await client.listSchemas('A.B');
    expect(notices).toEqual([
      'metadata.list_schemas: DeprecationWarning: old',
      'metadata.list_schemas: Warning: degraded',
      'metadata.list_schemas: plain [',
    ]);
  });
});
