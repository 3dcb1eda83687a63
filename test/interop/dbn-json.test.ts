/** Our JSON and CSV, byte for byte against the vendor's own encoder. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Prng } from '../../src/core/index.ts';
import {
  csvHeader,
  DbnDecoder,
  type DbnVersion,
  decompressZstd,
  encodeMetadata,
  type FragmentFormat,
  initZstd,
  isZstd,
  layoutOf,
  makeMetadata,
  RTYPE,
  recordToCsv,
  recordToJson,
  rtypeOf,
  type Schema,
  SymbolMap,
} from '../../src/dbn/index.ts';
import { concat, RTYPES, sampleRecord } from '../dbn/sample-records.ts';
import { runPython } from './python.ts';

/** Takes jobs as JSON on stdin, gives texts as JSON on stdout. */
const TRANSCODE = `
import base64, io, json, sys
import databento_dbn as d
texts = []
for job in json.load(sys.stdin):
    out = io.BytesIO()
    t = d.Transcoder(
        out, d.Encoding.JSON if job["encoding"] == "json" else d.Encoding.CSV, d.Compression.NONE,
        pretty_px=job["pretty"], pretty_ts=job["pretty"], map_symbols=job["symbols"],
        has_metadata=job["fragment"] is None,
        ts_out=bool(job["fragment"] and job["fragment"].get("tsOut")),
        input_version=job["fragment"]["version"] if job["fragment"] else None,
        schema=job["schema"] and d.Schema.from_str(job["schema"]),
        upgrade_policy=d.VersionUpgradePolicy.AS_IS)
    t.write(base64.b64decode(job["data"]))
    t.flush()
    texts.append(out.getvalue().decode())
json.dump(texts, sys.stdout)
`;

interface Job {
  name: string;
  bytes: Uint8Array;
  encoding: 'json' | 'csv';
  pretty: boolean;
  symbols: boolean;
  fragment: FragmentFormat | null;
  schema: Schema | null;
}

function vendorTexts(jobs: readonly Job[]): string[] {
  const input = jobs.map(({ bytes, ...job }) => ({
    ...job,
    data: Buffer.from(bytes).toString('base64'),
  }));
  const out = runPython(TRANSCODE, { input: Buffer.from(JSON.stringify(input)) });
  return JSON.parse(out.toString()) as string[];
}

function ourText(job: Job): string {
  const decoder = new DbnDecoder(job.fragment ?? undefined);
  decoder.write(job.bytes);
  const map = job.symbols ? SymbolMap.fromMetadata(decoder.metadata!) : null;
  const lines: string[] = [];
  const options = { prettyPrices: job.pretty, prettyTimes: job.pretty };
  if (job.encoding === 'csv') {
    const { schema, version, tsOut } = decoder.metadata!;
    lines.push(csvHeader(rtypeOf(schema!), version, tsOut ? ['ts_out'] : []));
  }
  for (let run = decoder.next(); run; run = decoder.next()) {
    for (let i = 0; i < run.count; i++) {
      const symbol = map && indexSymbol(map, JSON.parse(recordToJson(run, i)));
      const all = map ? { ...options, symbol } : options;
      if (job.encoding === 'csv' && lines.length === 0) {
        const extra = [run.tsOut ? 'ts_out' : null, map ? 'symbol' : null] as const;
        lines.push(
          csvHeader(
            run.rtype,
            run.version,
            extra.filter((x) => x !== null),
          ),
        );
      }
      lines.push(job.encoding === 'json' ? recordToJson(run, i, all) : recordToCsv(run, i, all));
    }
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** The symbol on the date of the record's index timestamp. */
function indexSymbol(map: SymbolMap, record: Record<string, never>): string | null {
  const { ts_recv, hd } = record as unknown as {
    ts_recv?: string;
    hd: { ts_event: string; instrument_id: number };
  };
  return map.symbolAt(hd.instrument_id, BigInt(ts_recv ?? hd.ts_event));
}

function expectEqual(jobs: readonly Job[]): void {
  const vendor = vendorTexts(jobs);
  jobs.forEach((job, k) => {
    const ours = ourText(job);
    const theirs = vendor[k]!;
    if (ours === theirs) return;
    let at = 0;
    while (ours[at] === theirs[at]) at++;
    const window = (text: string) => text.slice(Math.max(0, at - 60), at + 40);
    expect(window(ours), `${job.name}, character ${at}`).toBe(window(theirs));
  });
}

const SCHEMA_OF = new Map<number, Schema>([
  [RTYPE.TRADES, 'trades'],
  [RTYPE.MBP_1, 'mbp-1'],
  [RTYPE.MBP_10, 'mbp-10'],
  [RTYPE.STATUS, 'status'],
  [RTYPE.DEFINITION, 'definition'],
  [RTYPE.IMBALANCE, 'imbalance'],
  [RTYPE.STATISTICS, 'statistics'],
  [RTYPE.OHLCV_1S, 'ohlcv-1s'],
  [RTYPE.OHLCV_1M, 'ohlcv-1m'],
  [RTYPE.OHLCV_1H, 'ohlcv-1h'],
  [RTYPE.OHLCV_1D, 'ohlcv-1d'],
  [RTYPE.MBO, 'mbo'],
  [RTYPE.CMBP_1, 'cmbp-1'],
  [RTYPE.CBBO_1S, 'cbbo-1s'],
  [RTYPE.CBBO_1M, 'cbbo-1m'],
  [RTYPE.TCBBO, 'tcbbo'],
  [RTYPE.BBO_1S, 'bbo-1s'],
  [RTYPE.BBO_1M, 'bbo-1m'],
]);

function sampleJobs(encoding: 'json' | 'csv', pretty: boolean): Job[] {
  const random = new Prng(7);
  const jobs: Job[] = [];
  for (const version of [1, 2, 3] as DbnVersion[]) {
    for (const tsOut of [false, true]) {
      for (const rtype of RTYPES) {
        const schema = SCHEMA_OF.get(rtype) ?? null;
        if (encoding === 'csv' && !schema) continue;
        const records = Array.from({ length: 20 }, () =>
          sampleRecord(rtype, version, tsOut, random),
        );
        const metadata = makeMetadata({ dataset: 'GLBX.MDP3', version, schema, tsOut });
        const name = `${layoutOf(rtype, version)!.name} v${version} ts_out ${tsOut}`;
        const bytes = concat([encodeMetadata(metadata), ...records]);
        jobs.push({ name, bytes, encoding, pretty, symbols: false, fragment: null, schema: null });
      }
    }
  }
  return jobs;
}

beforeAll(initZstd);

describe('records of every type, version and trailer', () => {
  for (const encoding of ['json', 'csv'] as const) {
    for (const pretty of [false, true]) {
      it(`are printed as the vendor prints them: ${encoding}${pretty ? ', pretty' : ''}`, () => {
        expectEqual(sampleJobs(encoding, pretty));
      });
    }
  }
});

const folder = process.env['SPYMASTER_CONFORMANCE_DATA'];

function fixtures(): { name: string; bytes: Uint8Array; fragment: FragmentFormat | null }[] {
  return ['vendor-fixtures', 'dbn'].flatMap((sub) =>
    readdirSync(join(folder!, sub))
      .filter((name) => name.includes('.dbn'))
      .map((name) => {
        const file = readFileSync(join(folder!, sub, name));
        const version = Number(/\.v(\d)\./.exec(name)?.[1] ?? 2) as DbnVersion;
        return {
          name,
          bytes: isZstd(file) ? inflated(file) : file,
          fragment: name.includes('.frag') ? { version } : null,
        };
      }),
  );
}

/** All that can be had of a file that is cut short on purpose. */
function inflated(file: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  try {
    for (const piece of decompressZstd([file])) pieces.push(piece);
  } catch (error) {
    if ((error as Error).name !== 'ZstdTruncated') throw error;
  }
  return concat(pieces);
}

if (!folder) {
  console.warn('VENDOR FIXTURES WERE NOT PRINTED: SPYMASTER_CONFORMANCE_DATA is not set');
}

describe.runIf(folder)('every fixture', () => {
  for (const encoding of ['json', 'csv'] as const) {
    for (const pretty of [false, true]) {
      it(`is printed as the vendor prints it: ${encoding}${pretty ? ', pretty' : ''}`, () => {
        // CSV has one schema a file; the largest file is left to JSON.
        const jobs = fixtures()
          .filter(({ name }) => encoding === 'json' || !/live|frag|mbo\.v1\.dbn/.test(name))
          .map((f): Job => ({ ...f, encoding, pretty, symbols: false, schema: null }));
        expect(jobs.length).toBeGreaterThan(80);
        expectEqual(jobs);
      });
    }
  }

  it('has the symbols that the vendor gives its records', () => {
    const jobs = fixtures()
      .filter(({ name, fragment }) => !fragment && /esm4|esu4|mbp-1|definition/.test(name))
      .map((f): Job => ({ ...f, encoding: 'json', pretty: false, symbols: true, schema: null }));
    expectEqual(jobs);
  });
});
