/** The live stand-in, used by the vendor's own client, unmodified. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  DataFolder,
  startVendorGateway,
  type VendorGateway,
  type VendorGatewayOptions,
} from '../../src/vendor/index.ts';
import { makeTestFolder, KEY as OTHER_KEY } from '../vendor/historical-data.ts';
import { FRONT, liveFolder, MBO_COUNT, START_NS, STEP_NS } from '../vendor/live-data.ts';
import { runPythonBeside } from './python.ts';

const fixtures = process.env['SPYMASTER_CONFORMANCE_DATA'];
const KEY = 'db-unittestapikey1234567890FFFFF';

/** A session of the client, told as JSON: what it was sent, and how it ended. */
const SESSION = `
import json, logging, pathlib, sys
import databento as db
from databento_dbn import Compression
logging.disable(logging.CRITICAL)

def client(port, key, **options):
    return db.Live(key=key, gateway="127.0.0.1", port=int(port), **options)

def gateways_own(record):
    return isinstance(record, (db.SymbolMappingMsg, db.SystemMsg, db.ErrorMsg))

def listen(live, subscriptions, until=None):
    records = []
    live.add_callback(records.append)
    for subscription in subscriptions:
        live.subscribe(**subscription)
    failure = None
    live.start()
    try:
        live.block_for_close(timeout=60)
    except Exception as e:
        failure = f"{type(e).__name__}: {e}"
    return records, failure
`;

/** Every dataset and schema of a folder: the bytes of the files against those of the gateway. */
const RECORDS = `${SESSION}
port, key, folder, compression, ts_out = sys.argv[1:]
ts_out = ts_out == "true"
filed = {}
for path in sorted(pathlib.Path(folder).rglob("*.dbn*")):
    if ".frag" in path.name or path.name.endswith(".dbz"): continue
    store = db.DBNStore.from_file(path)
    if store.schema is None: continue
    of = filed.setdefault((store.dataset, str(store.schema)), set())
    of.update(bytes(record)[1:] for record in store)
result = {}
for (dataset, schema), records in filed.items():
    options = dict(ts_out=ts_out, compression=Compression.from_str(compression))
    live = client(port, key, **options)
    sent, failure = listen(live, [dict(dataset=dataset, schema=schema)])
    market = [r for r in sent if not gateways_own(r)]
    bare = [bytes(r)[1:-8] if ts_out else bytes(r)[1:] for r in market]
    ids = {r.instrument_id for r in sent if isinstance(r, db.SymbolMappingMsg)}
    result[f"{dataset} {schema}"] = dict(
        same=set(bare) == records, records=len(bare), distinct=len(set(bare)), failure=failure,
        ordered=all(a.ts_index <= b.ts_index for a, b in zip(market, market[1:])),
        stamped=all(r.ts_out is not None for r in sent) if ts_out else True,
        acknowledged=sum(1 for r in sent if isinstance(r, db.SystemMsg) and r.code == 1))
json.dump(result, sys.stdout)
`;

/** What sessions heard, one after the other, in short. */
const HEARD = `${SESSION}
def told(record):
    if isinstance(record, db.SymbolMappingMsg):
        return f"{record.stype_in_symbol} = {record.stype_out_symbol} ({record.instrument_id})"
    if isinstance(record, db.SystemMsg): return f"{bytes(record)[319]}: {record.msg}"
    if isinstance(record, db.ErrorMsg): return f"error {bytes(record)[318]}: {record.err}"

def hear(port, key, subscriptions, options):
    live = client(port, key, **options)
    gaps = []
    if options.get("reconnect_policy"):
        live.add_reconnect_callback(lambda a, b: gaps.append([str(a.value), str(b.value)]))
    records, failure = listen(live, subscriptions)
    return dict(
        failure=failure, gaps=gaps, symbols=live.symbology_map,
        words=[told(r) for r in records if gateways_own(r)],
        sequences=[getattr(r, "sequence", None) for r in records if not gateways_own(r)],
        snapshot=[[str(r.action), r.flags] for r in records
                  if isinstance(r, db.MBOMsg) and r.flags & 32],
        ids=sorted({r.instrument_id for r in records if not gateways_own(r)}))

results = []
for asked in json.loads(sys.argv[1]):
    try:
        results.append(hear(*asked))
    except Exception as e:
        results.append(dict(refused=f"{type(e).__name__}: {e}"))
json.dump(results, sys.stdout)
`;

interface Heard {
  refused?: string;
  failure: string | null;
  gaps: [string, string][];
  symbols: Record<string, string>;
  words: string[];
  sequences: number[];
  snapshot: [string, number][];
  ids: number[];
}

const SUBSCRIPTION = { dataset: 'GLBX.MDP3', schema: 'mbo', symbols: ['ESH6', 'ESM6'] };

/** A session to be had. */
interface Asked {
  gateway: VendorGateway;
  subscriptions?: readonly object[];
  options?: object;
  key?: string;
}

/** What each session heard; one program has them all, for it takes its time to begin. */
async function heard(...asked: Asked[]): Promise<Heard[]> {
  const sessions = asked.map(({ gateway, subscriptions = [SUBSCRIPTION], options = {}, key }) => [
    gateway.port,
    key ?? KEY,
    subscriptions,
    options,
  ]);
  const out = await runPythonBeside(HEARD, { args: [JSON.stringify(sessions)] });
  return JSON.parse(out.toString()) as Heard[];
}

const folders: { path: string; remove?: () => void }[] = [];
let path: string;
let data: DataFolder;
beforeAll(async () => {
  const folder = liveFolder();
  folders.push(folder);
  path = folder.path;
  data = await DataFolder.open(path);
});
afterAll(() => {
  for (const folder of folders) folder.remove?.();
});

async function gatewayFor(options: Partial<VendorGatewayOptions> = {}): Promise<VendorGateway> {
  const usual = { data, keys: [KEY, OTHER_KEY], atEnd: 'close' } as const;
  const gateway = await startVendorGateway({ ...usual, ...options });
  onTestFinished(() => gateway.close());
  return gateway;
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => from + i + 1);

describe("the vendor's live client at our gateway", () => {
  const forms: [compression: string, tsOut: boolean][] = [
    ['none', false],
    ['zstd', false],
    ['none', true],
    ['zstd', true],
  ];
  it.each(forms)('hears every schema as it is filed: %s, ts_out %s', async (compression, tsOut) => {
    const made = fixtures ? null : await makeTestFolder();
    if (made) folders.push(made);
    const folder = fixtures ? join(fixtures, 'vendor-fixtures') : made!.path;
    const gateway = await gatewayFor({ data: folder });
    const args = [String(gateway.port), KEY, folder, compression, String(tsOut)];
    const out = await runPythonBeside(RECORDS, { args });
    const result = JSON.parse(out.toString()) as Record<string, { records: number }>;
    expect(Object.keys(result).length).toBeGreaterThan(fixtures ? 50 : 10);
    for (const [name, { records, ...found }] of Object.entries(result)) {
      expect({ name, ...found }).toEqual({
        name,
        same: true,
        distinct: records,
        failure: null,
        ordered: true,
        stamped: true,
        acknowledged: 1,
      });
    }
  });

  it('reads streams of versions 1, 2 and 3', async () => {
    const gateways = await Promise.all(
      ([1, 2, 3] as const).map((version) => gatewayFor({ version })),
    );
    for (const { words, sequences } of await heard(...gateways.map((gateway) => ({ gateway })))) {
      expect(sequences).toEqual(numbers(0, MBO_COUNT));
      expect(words).toEqual([
        '1: Subscription request 0 for mbo data succeeded',
        'ESH6 = ESH6 (101)',
        'ESM6 = ESM6 (102)',
      ]);
    }
  });

  it('is told in the words of its own error when it is not let in', async () => {
    const gateway = await gatewayFor();
    const [wrong, nobody, elsewhere] = await heard(
      { gateway, key: `${KEY.slice(0, -6)}X${KEY.slice(-5)}` },
      { gateway, key: `${KEY.slice(0, -5)}ZZZZZ` },
      { gateway, subscriptions: [{ ...SUBSCRIPTION, dataset: 'XNAS.ITCH' }] },
    );
    expect(wrong!.refused).toMatch(/BentoError: .*Authentication failed/);
    expect(nobody!.refused).toMatch(/BentoError: .*Unknown API key bucket/);
    expect(elsewhere!.refused).toMatch(/BentoError: .*Unknown dataset/);
  });

  it('subscribes by every symbology, and maps instruments', async () => {
    const gateway = await gatewayFor();
    const by = (stype_in: string, symbols: (string | number)[]) => ({
      gateway,
      subscriptions: [{ ...SUBSCRIPTION, stype_in, symbols }],
    });
    const [parent, front, id, unknown] = await heard(
      by('parent', ['ES.FUT']),
      by('continuous', ['ES.c.0']),
      by('instrument_id', [102]),
      by('raw_symbol', ['ESM6', 'NOPE']),
    );
    const both = { '101': 'ESH6', '102': 'ESM6' };
    expect(parent).toMatchObject({ symbols: both, ids: [101, 102] });
    expect(front).toMatchObject({ symbols: { '101': 'ESH6' }, ids: [101] });
    expect(id).toMatchObject({ symbols: { '102': 'ESM6' }, ids: [102] });
    expect(unknown!.words).toContain('error 4: Failed to resolve symbol NOPE');
    expect(unknown!.ids).toEqual([102]);
  });

  it('sends more than 500 symbols in several lines', async () => {
    const gateway = await gatewayFor();
    const symbols = [...Array.from({ length: 700 }, (_, i) => `X${i}`), FRONT.symbol];
    const [told] = await heard({ gateway, subscriptions: [{ ...SUBSCRIPTION, symbols }] });
    expect(told!.words.filter((w) => w.startsWith('error 4'))).toHaveLength(700);
    expect(told!.words.filter((w) => w.startsWith('1: '))).toHaveLength(1);
    expect(told!.ids).toEqual([FRONT.id]);
    expect(gateway.connections[0]!.subscriptions).toHaveLength(2);
  });

  it('replays the day, takes a snapshot, and goes on', async () => {
    const gateway = await gatewayFor({ fromNs: START_NS + 1500n * STEP_NS });
    const start = Number((START_NS + 700n * STEP_NS - 10_000n) / 1000n) * 1000;
    const [replayed, taken, refused] = await heard(
      { gateway, subscriptions: [{ ...SUBSCRIPTION, start }] },
      { gateway, subscriptions: [{ ...SUBSCRIPTION, snapshot: true }] },
      { gateway, subscriptions: [{ ...SUBSCRIPTION, snapshot: true, schema: 'trades' }] },
    );
    expect(replayed!.sequences).toEqual(numbers(700, MBO_COUNT));
    expect(replayed!.words.at(-1)).toBe('3: Finished mbo replay');
    const { snapshot, sequences } = taken!;
    expect(snapshot[0]).toEqual(['R', 40]);
    expect(snapshot.filter(([action]) => action === 'R')).toHaveLength(2);
    expect(snapshot.length).toBeGreaterThan(20);
    expect(sequences.slice(snapshot.length)).toEqual(numbers(1500, MBO_COUNT));
    expect(refused!.words).toEqual(['error 5: snapshot is for schema mbo only']);
    expect(refused!.failure).toMatch(/BentoError: snapshot is for schema mbo only/);
  });

  it('comes back after an error, and is told of the gap', async () => {
    const options = { reconnect_policy: 'reconnect' };
    const gateway = await gatewayFor({ sharedClock: true, faults: ['error-6:1000@1'] });
    const [told] = await heard({ gateway, options });
    expect(told!.failure).toBeNull();
    expect(told!.sequences).toEqual(numbers(0, MBO_COUNT));
    expect(told!.gaps).toHaveLength(1);
    expect(BigInt(told!.gaps[0]![1])).toBe(START_NS + 999n * STEP_NS + 1n);
    expect(gateway.connections.map((c) => c.subscriptions)).toMatchObject([
      [expect.stringContaining('symbols=ESH6,ESM6')],
      [expect.stringContaining('symbols=ESH6,ESM6')],
    ]);
  });

  const faults: [fault: string, failure: RegExp | null, records: number][] = [
    ['split-lines', null, MBO_COUNT],
    ['merged-greeting', null, MBO_COUNT],
    ['split-stream:1500', null, MBO_COUNT],
    ['merged-stream', null, MBO_COUNT],
    ['fin:1000', null, 1000],
    ['fin-mid-record:1000', null, 1000],
    ['error-1:1000', /BentoError: Authentication failed/, 1000],
    ['error-3:1000', /BentoError: User has reached their open connection limit/, 1000],
    ['error-7:500', /BentoError: Slow client detected for mbo, 500 records were/, MBO_COUNT - 500],
    ['rst:1000', /reset/i, 1000],
  ];
  it('meets our faults', async () => {
    const gateways = await Promise.all(faults.map(([fault]) => gatewayFor({ faults: [fault] })));
    const all = await heard(...gateways.map((gateway) => ({ gateway })));
    for (const [i, [fault, failure, records]] of faults.entries()) {
      const told = all[i]!;
      expect({ fault, records: told.sequences.length }).toEqual({ fault, records });
      if (failure) expect(told.failure).toMatch(failure);
      else expect({ fault, failure: told.failure }).toEqual({ fault, failure: null });
    }
  });
});
