/** Our historical client and the vendor's own, asking the same server: they hear the same. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiKey, type DataRequest, HistoricalClient } from '../../src/databento/index.ts';
import { initZstd, isoOf, type Schema } from '../../src/dbn/index.ts';
import { startVendorHistorical, type VendorHistorical } from '../../src/vendor/index.ts';
import { quickClock } from '../databento/scripted-server.ts';
import { KEY, makeTestFolder } from '../vendor/historical-data.ts';
import { runPythonBeside } from './python.ts';

const fixtures = process.env['SPYMASTER_CONFORMANCE_DATA'];

/** What the vendor's client is told by every method of metadata, and of every schema's records. */
const ASK = `
import hashlib, json, sys, warnings
import databento as db
warnings.simplefilter("ignore")
url, key = sys.argv[1:]
client = db.Historical(key, gateway=url)
m = client.metadata
result = dict(publishers=m.list_publishers(), datasets={})
for dataset in m.list_datasets():
    bounds = m.get_dataset_range(dataset)
    schemas = {}
    for schema in m.list_schemas(dataset):
        query = dict(dataset=dataset, schema=schema, start=bounds["start"], end=bounds["end"])
        store = client.timeseries.get_range(**query)
        records = b"".join(bytes(record) for record in store)
        limited = b"".join(bytes(r) for r in client.timeseries.get_range(limit=3, **query))
        schemas[schema] = dict(
            sha256=hashlib.sha256(records).hexdigest(), bytes=len(records),
            limited=hashlib.sha256(limited).hexdigest(),
            metadata=[store.metadata.version, store.metadata.dataset, str(store.schema),
                      str(store.metadata.start), str(store.metadata.end)],
            count=m.get_record_count(**query), size=m.get_billable_size(**query),
            cost=m.get_cost(**query), fields=m.list_fields(schema, "dbn"))
    result["datasets"][dataset] = dict(
        range=bounds, schemas=schemas, prices=m.list_unit_prices(dataset),
        condition=m.get_dataset_condition(dataset, bounds["start"][:10], bounds["end"][:10]))
json.dump(result, sys.stdout)
`;

/** Symbols in every direction, and a job's files. */
const ASK_MORE = `
import hashlib, json, pathlib, sys
import databento as db
url, key, out, job = sys.argv[1:]
client = db.Historical(key, gateway=url)
def resolve(symbols, stype_in, stype_out):
    return client.symbology.resolve(
        "GLBX.MDP3", symbols, stype_in, stype_out, "2026-01-05", "2026-01-07")
files = [client.batch.download(job, output_dir=out, filename_to_download=f["filename"])[0]
         for f in client.batch.list_files(job)]
json.dump(dict(
    resolved=[resolve(["ESH6", "NQH6"], "raw_symbol", "instrument_id"),
              resolve([101], "instrument_id", "raw_symbol"),
              resolve(["ES.FUT"], "parent", "instrument_id"),
              resolve(["ES.c.0"], "continuous", "instrument_id")],
    jobs=client.batch.list_jobs(), job=client.batch.get_job_details(job),
    listed=client.batch.list_files(job),
    files={p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files},
), sys.stdout)
`;

interface AskedSchema {
  sha256: string;
  limited: string;
  bytes: number;
  metadata: [number, string, string, string, string];
  count: number;
  size: number;
  cost: number;
  fields: unknown;
}

interface Asked {
  publishers: { publisher_id: number; dataset: string; venue: string; description: string }[];
  datasets: Record<
    string,
    {
      range: { start: string; end: string };
      schemas: Record<string, AskedSchema>;
      prices: { mode: string; unit_prices: unknown }[];
      condition: { date: string; condition: string; last_modified_date: string | null }[];
    }
  >;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function recordsOf(client: HistoricalClient, request: DataRequest) {
  const stream = await client.getRange(request);
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const { bytes: piece } of stream) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { sha256: hash.digest('hex'), bytes, metadata: stream.metadata };
}

async function expectSameSchema(
  client: HistoricalClient,
  request: DataRequest,
  theirs: AskedSchema,
): Promise<void> {
  const name = `${request.dataset} ${request.schema}`;
  const { metadata, ...records } = await recordsOf(client, request);
  const limited = await recordsOf(client, { ...request, limit: 3 });
  expect(
    {
      ...records,
      limited: limited.sha256,
      metadata: [
        metadata.version,
        metadata.dataset,
        metadata.schema,
        String(metadata.start),
        String(metadata.end),
      ],
      count: await client.getRecordCount(request),
      size: await client.getBillableSize(request),
      cost: await client.getCost(request),
      fields: await client.listFields(request.schema, 'dbn'),
    },
    name,
  ).toEqual(theirs);
}

/** Every method of metadata and every record, compared. @returns schemas compared. */
async function expectSame(server: VendorHistorical, bundle: string): Promise<number> {
  writeFileSync(bundle, server.certificate);
  const env = { REQUESTS_CA_BUNDLE: bundle, SSL_CERT_FILE: bundle };
  const told = await runPythonBeside(ASK, { args: [server.secureUrl, KEY], env });
  const theirs: Asked = JSON.parse(told.toString());
  const client = new HistoricalClient({
    key: new ApiKey(KEY),
    url: server.url,
    clock: quickClock(),
  });
  const publishers = theirs.publishers.map(({ publisher_id, ...rest }) => ({
    publisherId: publisher_id,
    ...rest,
  }));
  expect(await client.listPublishers()).toEqual(publishers);
  expect(await client.listDatasets()).toEqual(Object.keys(theirs.datasets));
  let compared = 0;
  for (const [dataset, asked] of Object.entries(theirs.datasets)) {
    const { start, end } = asked.range;
    const range = await client.getDatasetRange(dataset);
    expect([isoOf(range.startNs), isoOf(range.endNs)]).toEqual([start, end]);
    expect(await client.listSchemas(dataset)).toEqual(Object.keys(asked.schemas));
    const prices = await client.listUnitPrices(dataset);
    expect(prices).toEqual(asked.prices.map((p) => ({ mode: p.mode, usdPerGb: p.unit_prices })));
    expect(await client.getDatasetCondition(dataset, start.slice(0, 10), end.slice(0, 10))).toEqual(
      asked.condition.map(({ last_modified_date, ...rest }) => ({
        ...rest,
        lastModifiedDate: last_modified_date,
      })),
    );
    for (const [schema, of] of Object.entries(asked.schemas)) {
      const symbols = 'ALL_SYMBOLS' as const;
      const { startNs, endNs } = range;
      const stypeIn = 'raw_symbol' as const;
      const request = { dataset, schema: schema as Schema, symbols, stypeIn };
      await expectSameSchema(client, { ...request, start: startNs, end: endNs }, of);
      compared++;
    }
  }
  client.close();
  return compared;
}

describe('our historical client and the client of the vendor', () => {
  let folder: Awaited<ReturnType<typeof makeTestFolder>>;
  let server: VendorHistorical;
  let out: string;

  beforeAll(async () => {
    await initZstd();
    folder = await makeTestFolder();
    out = mkdtempSync(join(tmpdir(), 'spymaster-historical-'));
    const jobs = { queued: 1, processing: 1 };
    server = await startVendorHistorical({ data: folder.path, key: KEY, jobs });
  });
  afterAll(async () => {
    await server.close();
    folder.remove();
    rmSync(out, { recursive: true, force: true });
  });

  it('hear the same of metadata and of every schema', async () => {
    expect(await expectSame(server, join(out, 'made.pem'))).toBeGreaterThan(15);
  });

  it.runIf(fixtures)('hear the same of the fixtures of the vendor', async () => {
    const real = await startVendorHistorical({
      data: join(fixtures!, 'vendor-fixtures'),
      key: KEY,
    });
    try {
      expect(await expectSame(real, join(out, 'real.pem'))).toBeGreaterThan(50);
    } finally {
      await real.close();
    }
  });

  it('resolve the same symbols, and fetch the same files of a job', async () => {
    const client = new HistoricalClient({ key: new ApiKey(KEY), url: server.url });
    const job = await client.submitJob({
      dataset: 'GLBX.MDP3',
      schema: 'mbo',
      symbols: ['ESH6', 'ESM6'],
      stypeIn: 'raw_symbol',
      start: '2026-01-05',
      end: '2026-01-07',
    });
    while ((await client.getJob(job.id)).state !== 'done') {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const bundle = join(out, 'more.pem');
    writeFileSync(bundle, server.certificate);
    const env = { REQUESTS_CA_BUNDLE: bundle, SSL_CERT_FILE: bundle };
    const args = [server.secureUrl, KEY, join(out, 'theirs'), job.id];
    const theirs = JSON.parse((await runPythonBeside(ASK_MORE, { args, env })).toString());
    const ours = join(out, 'ours');
    for (const file of await client.listFiles(job.id)) {
      await client.downloadFile({ file, path: join(ours, file.filename) });
    }
    const files = readdirSync(ours).map((name) => [name, sha256(readFileSync(join(ours, name)))]);
    expect(Object.fromEntries(files)).toEqual(theirs.files);
    expect((await client.listJobs()).map(({ raw }) => raw)).toEqual(theirs.jobs);
    expect((await client.getJob(job.id)).raw).toEqual(theirs.job);
    const directions = [
      { symbols: ['ESH6', 'NQH6'], stypeIn: 'raw_symbol', stypeOut: 'instrument_id' },
      { symbols: ['101'], stypeIn: 'instrument_id', stypeOut: 'raw_symbol' },
      { symbols: ['ES.FUT'], stypeIn: 'parent', stypeOut: 'instrument_id' },
      { symbols: ['ES.c.0'], stypeIn: 'continuous', stypeOut: 'instrument_id' },
    ] as const;
    const dates = { dataset: 'GLBX.MDP3', startDate: '2026-01-05', endDate: '2026-01-07' };
    for (const [i, direction] of directions.entries()) {
      const { mappings, notFound, partial } = await client.resolveSymbols({
        ...direction,
        ...dates,
      });
      const date = (text: string) => Number(text.replaceAll('-', ''));
      const expected = Object.entries<{ d0: string; d1: string; s: string }[]>(
        theirs.resolved[i].result,
      ).map(([rawSymbol, intervals]) => ({
        rawSymbol,
        intervals: intervals.map(({ d0, d1, s }) => ({
          startDate: date(d0),
          endDate: date(d1),
          symbol: s,
        })),
      }));
      expect({ mappings, notFound, partial }).toEqual({
        mappings: expected,
        notFound: theirs.resolved[i].not_found,
        partial: theirs.resolved[i].partial,
      });
    }
    client.close();
  });
});
