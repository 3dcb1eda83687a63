/** The historical stand-in, used by the vendor's own client, unmodified, over TLS. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startVendorHistorical, type VendorHistorical } from '../../src/vendor/index.ts';
import { KEY, makeTestFolder } from '../vendor/historical-data.ts';
import { runPythonBeside } from './python.ts';

const fixtures = process.env['SPYMASTER_CONFORMANCE_DATA'];

/** Every record of every dataset and schema, from the server and from the files. */
const RECORDS = `
import json, pathlib, sys, warnings
import databento as db
warnings.simplefilter("ignore")
url, key, folder = sys.argv[1:]
client = db.Historical(key, gateway=url)
filed = {}
for path in sorted(pathlib.Path(folder).rglob("*.dbn*")):
    if ".frag" in path.name or path.name.endswith(".dbz"): continue
    store = db.DBNStore.from_file(path)
    if store.schema is None: continue
    of = filed.setdefault((store.dataset, str(store.schema)), set())
    of.update(bytes(record) for record in store)
result = {}
for dataset in client.metadata.list_datasets():
    bounds = client.metadata.get_dataset_range(dataset)
    for schema in client.metadata.list_schemas(dataset):
        query = dict(dataset=dataset, schema=schema, start=bounds["start"], end=bounds["end"])
        store = client.timeseries.get_range(**query)
        records = [bytes(record) for record in store]
        result[f"{dataset} {schema}"] = dict(
            records=len(records),
            same=set(records) == filed.pop((dataset, schema)),
            distinct=len(set(records)),
            counted=client.metadata.get_record_count(**query),
            size=client.metadata.get_billable_size(**query),
            bytes=sum(len(r) for r in records),
            cost=client.metadata.get_cost(**query),
            schema=str(store.schema), version=store.metadata.version)
json.dump(dict(result=result, missing=[str(k) for k in filed]), sys.stdout)
`;

/** Every other method once. */
const METHODS = `
import asyncio, datetime, json, sys, warnings
import databento as db
url, key, path = sys.argv[1:]
client = db.Historical(key, gateway=url)
m = client.metadata
day = dict(dataset="GLBX.MDP3", start="2026-01-05")
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    partly = client.timeseries.get_range(symbols=["ESH6", "NQH6"], schema="mbo", **day)
def failure(work):
    try: work()
    except Exception as e: return [type(e).__name__, getattr(e, "http_status", None), str(e)]
saved = client.timeseries.get_range(symbols="ESH6", schema="trades", path=path, **day)
later = asyncio.run(client.timeseries.get_range_async(symbols="ESH6", schema="trades", **day))
frame = client.timeseries.get_range(
    symbols="ES.FUT", stype_in="parent", schema="mbp-1", end="2026-01-07", **day).to_df()
front = client.timeseries.get_range(symbols="ES.c.0", stype_in="continuous", schema="mbo", **day)
json.dump(dict(
    publishers=m.list_publishers()[0], datasets=m.list_datasets(),
    schemas=m.list_schemas("GLBX.MDP3"),
    none=m.list_datasets(start_date="2030-01-01"),
    fields=m.list_fields(schema="mbo", encoding="dbn"), csv=m.list_fields("mbp-1", "csv")[:3],
    prices=[p["mode"] for p in m.list_unit_prices("GLBX.MDP3")],
    condition=m.get_dataset_condition("GLBX.MDP3", "2026-01-04", "2026-01-05"),
    bounds=m.get_dataset_range("GLBX.MDP3")["schema"]["mbo"],
    limited=m.get_record_count(symbols="ESH6", schema="mbo", limit=3, **day),
    hour=m.get_record_count("GLBX.MDP3", start="2026-01-05T01", schema="mbo"),
    by_id=m.get_record_count(symbols=[101], stype_in="instrument_id", schema="mbo", **day),
    resolve=client.symbology.resolve(
        "GLBX.MDP3", ["ESH6", "NQH6"], "raw_symbol", "instrument_id", "2026-01-05", "2026-01-07"),
    inverse=client.symbology.resolve(
        "GLBX.MDP3", "101", "instrument_id", "raw_symbol", "2026-01-05")["result"],
    parent=client.symbology.resolve(
        "GLBX.MDP3", "ES.FUT", "parent", "instrument_id", "2026-01-05")["result"],
    partly=[len(list(partly)), partly.metadata.not_found, [str(w.message) for w in caught]],
    mappings={
        k: [[str(i["start_date"]), i["symbol"]] for i in v] for k, v in partly.mappings.items()},
    saved=[len(list(saved)), saved.nbytes > 0], later=len(list(later)),
    frame=sorted(frame.symbol.unique().tolist()), rows=len(frame),
    front=sorted({r.instrument_id for r in front}),
    wrong_key=failure(
        lambda: db.Historical("db-" + "x" * 29, gateway=url).metadata.list_datasets()),
    unknown=failure(lambda: client.timeseries.get_range(symbols="NQH6", schema="mbo", **day)),
    outside=failure(lambda: client.timeseries.get_range("GLBX.MDP3", start="2031-01-01")),
    dataset=failure(lambda: m.list_schemas("XXXX.YYYY")),
), sys.stdout)
`;

/** A batch job from its submission to its files, whole and in parts. */
const BATCH = `
import json, pathlib, sys, time
import databento as db
url, key, out = sys.argv[1:]
client = db.Historical(key, gateway=url)
job = client.batch.submit_job(
    dataset="GLBX.MDP3", symbols=["ESH6", "ESM6"], schema="mbo",
    start="2026-01-05", end="2026-01-07")
while True:
    listed = client.batch.list_jobs(since="2020-01-01")
    if listed[0]["state"] == "done": break
    time.sleep(0.02)
files = client.batch.list_files(job["id"])
name = next(f["filename"] for f in files if "20260106" in f["filename"])
whole = client.batch.download(job["id"], output_dir=f"{out}/zip")
folder = pathlib.Path(out, "file", job["id"])
folder.mkdir(parents=True)
(folder / name).write_bytes((pathlib.Path(out, "zip", job["id"]) / name).read_bytes()[:40])
one = client.batch.download(job["id"], output_dir=f"{out}/file", filename_to_download=name)
json.dump(dict(
    job=job, listed=listed[0], details=client.batch.get_job_details(job["id"]),
    short=client.batch.list_jobs(short=True), expired=client.batch.list_jobs(states="expired"),
    files=files, whole=sorted(p.name for p in whole),
    same=one[0].read_bytes() == (pathlib.Path(out, "zip", job["id"]) / name).read_bytes(),
    records={p.name: len(list(db.DBNStore.from_file(p))) for p in whole if ".dbn" in p.name},
), sys.stdout)
`;

interface Served {
  server: VendorHistorical;
  env: Record<string, string>;
  out: string;
}

async function serve(data: string, out: string): Promise<Served> {
  const server = await startVendorHistorical({ data, key: KEY });
  const bundle = join(out, `${server.port}.pem`);
  writeFileSync(bundle, server.certificate);
  return { server, out, env: { REQUESTS_CA_BUNDLE: bundle, SSL_CERT_FILE: bundle } };
}

async function python(served: Served, program: string, last: string) {
  const args = [served.server.secureUrl, KEY, last];
  return JSON.parse((await runPythonBeside(program, { args, env: served.env })).toString());
}

async function expectSameRecords(served: Served, folder: string) {
  const { result, missing } = await python(served, RECORDS, folder);
  expect(missing).toEqual([]);
  expect(Object.keys(result).length).toBeGreaterThan(10);
  for (const [name, row] of Object.entries<Record<string, unknown>>(result)) {
    expect(row['same'], `${name}: the records of the files`).toBe(true);
    expect(row['records'], name).toBe(row['distinct']);
    expect(row['counted'], name).toBe(row['records']);
    expect(row['size'], name).toBe(row['bytes']);
    expect(Number(row['cost']) > 0, name).toBe(Number(row['records']) > 0);
    expect(name.endsWith(` ${row['schema']}`), name).toBe(true);
  }
}

describe('the historical stand-in and the client of the vendor', () => {
  let served: Served;
  let folder: Awaited<ReturnType<typeof makeTestFolder>>;
  let out: string;

  beforeAll(async () => {
    folder = await makeTestFolder();
    out = mkdtempSync(join(tmpdir(), 'spymaster-vendor-out-'));
    served = await serve(folder.path, out);
  });
  afterAll(async () => {
    await served.server.close();
    folder.remove();
    rmSync(out, { recursive: true, force: true });
  });

  it('sends every record of every schema, and counts them', async () => {
    await expectSameRecords(served, folder.path);
  });

  it.each(fixtures ? [join(fixtures, 'vendor-fixtures')] : [])(
    'sends the records of the fixtures of the vendor',
    async (data) => {
      const real = await serve(data, out);
      try {
        await expectSameRecords(real, data);
      } finally {
        await real.server.close();
      }
    },
  );

  it('answers every other method, and refuses as the vendor does', async () => {
    const answers = await python(served, METHODS, join(out, 'saved.dbn.zst'));
    expect(answers).toMatchObject({
      publishers: { publisher_id: 1, dataset: 'GLBX.MDP3', venue: 'GLBX' },
      datasets: ['GLBX.MDP3'],
      none: [],
      prices: ['historical', 'historical-streaming', 'live'],
      condition: [
        { date: '2026-01-04', condition: 'missing', last_modified_date: null },
        { date: '2026-01-05', condition: 'available' },
      ],
      bounds: { start: '2026-01-05T00:00:00.000000000Z', end: '2026-01-07T00:00:00.000000000Z' },
      limited: 3,
      hour: 1,
      by_id: 10,
      resolve: {
        result: { ESH6: [{ d0: '2026-01-05', d1: '2026-01-07', s: '101' }], NQH6: [] },
        not_found: ['NQH6'],
        partial: [],
        status: 2,
      },
      inverse: { '101': [{ d0: '2026-01-05', d1: '2026-01-06', s: 'ESH6' }] },
      parent: { 'ES.FUT': [{ s: '101' }, { s: '102' }] },
      mappings: { ESH6: [['2026-01-05', '101']] },
      saved: [10, true],
      later: 10,
      frame: ['ESH6', 'ESM6'],
      rows: 40,
      front: [101],
    });
    expect(answers.schemas).toContain('cmbp-1');
    expect(answers.fields[5]).toEqual({ name: 'order_id', type: 'uint64_t' });
    expect(answers.csv.map((f: { name: string }) => f.name)).toEqual([
      'ts_recv',
      'ts_event',
      'rtype',
    ]);
    expect(answers.partly).toEqual([10, ['NQH6'], ['The symbols were not resolved: NQH6']]);
    expect(answers.wrong_key.slice(0, 2)).toEqual(['BentoClientError', 401]);
    expect(answers.wrong_key[2]).toMatch(/Request [0-9a-f]{32}: 401 auth_authentication_failed/);
    expect(answers.unknown[2]).toContain('422 symbology_invalid_request');
    expect(answers.outside[2]).toContain('data_start_after_available_end');
    expect(answers.dataset.slice(0, 2)).toEqual(['BentoClientError', 422]);
  });

  it('takes a batch job to its files, and goes on where a download was cut', async () => {
    const before = served.server.log.entries.length;
    const { faults } = served.server;
    faults.add({ name: 'rate-limit', method: 'batch/download' });
    faults.add({ name: 'cut', method: 'batch/download', afterBytes: 100 });
    const batch = await python(served, BATCH, out);
    const asked = served.server.log.entries.slice(before);
    const names = ['20260105', '20260106'].map((day) => `glbx-mdp3-${day}.mbo.dbn.zst`);
    expect(batch.job).toMatchObject({
      state: 'queued',
      symbols: 'ESH6,ESM6',
      cost_usd: expect.closeTo(40 * 56e-9 * 1.8, 15),
    });
    expect(batch.listed).toMatchObject({ id: batch.job.id, state: 'done', record_count: 40 });
    expect(batch.details).toMatchObject({ id: batch.job.id, progress: 100, billed_size: 40 * 56 });
    expect(Object.keys(batch.short[0]).sort()).toEqual(['id', 'state', 'ts_received']);
    expect(batch.expired).toEqual([]);
    expect(batch.whole).toEqual(
      ['condition.json', 'manifest.json', 'metadata.json', 'symbology.json', ...names].sort(),
    );
    expect(batch.records).toEqual({ [names[0]!]: 20, [names[1]!]: 20 });
    expect(batch.same).toBe(true);
    const resumed = asked.filter((e) => e.method === 'batch/download');
    const size = batch.files.find((f: { filename: string }) => f.filename === names[1])!.size;
    expect(resumed.map((e) => [e.range, e.status])).toEqual([
      [`bytes=40-${size - 1}`, 429],
      [`bytes=40-${size - 1}`, 206],
      // The client writes whole pieces of its own size: of this one it kept nothing.
      [`bytes=40-${size - 1}`, 206],
    ]);
    const folderOfJob = join(out, 'zip', batch.job.id);
    const manifest = JSON.parse(readFileSync(join(folderOfJob, 'manifest.json'), 'utf8'));
    expect(manifest.files.map((f: { filename: string }) => f.filename)).toContain(names[0]);
  });
});
