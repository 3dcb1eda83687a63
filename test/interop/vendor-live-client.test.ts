/** Our live client and the vendor's own, at the same gateway: they hear the same. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiKey, type LiveOptions, openLive } from '../../src/databento/index.ts';
import { initZstd, type Schema } from '../../src/dbn/index.ts';
import { DataFolder, startVendorGateway, type VendorGateway } from '../../src/vendor/index.ts';
import { KEY, makeTestFolder } from '../vendor/historical-data.ts';
import { runPythonBeside } from './python.ts';

const fixtures = process.env['SPYMASTER_CONFORMANCE_DATA'];

/** Every schema of every dataset, plain and compressed, with and without the time of sending. */
const LISTEN = `
import hashlib, json, sys
import databento as db
from databento_dbn import Compression
port, key, asked = int(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
heard = []
for dataset, schema, compression, ts_out in asked:
    hashes, counts = {}, {}
    def take(record):
        kind = "data"
        raw = bytes(record)
        if isinstance(record, db.SymbolMappingMsg): kind = "mapping"
        elif isinstance(record, (db.SystemMsg, db.ErrorMsg)):
            acknowledged = raw[1] == 0x17 and raw[319] == 1
            kind, raw = ("ack", b"") if acknowledged else ("gateway", raw[16:319])
        hashes.setdefault(kind, hashlib.sha256()).update(raw)
        counts[kind] = counts.get(kind, 0) + 1
    client = db.Live(key=key, gateway="127.0.0.1", port=port, ts_out=ts_out,
                     compression=Compression.ZSTD if compression == "zstd" else Compression.NONE)
    client.subscribe(dataset=dataset, schema=schema, symbols="ALL_SYMBOLS")
    client.add_callback(take)
    client.start()
    client.block_for_close(timeout=60)
    heard.append(dict(hashes={k: h.hexdigest() for k, h in hashes.items()}, counts=counts))
json.dump(heard, sys.stdout)
`;

type Asked = [string, Schema, 'none' | 'zstd', boolean];

interface Heard {
  hashes: Record<string, string>;
  counts: Record<string, number>;
}

/** Kind of a record, and the bytes of it that are compared. */
function part(record: Uint8Array): [string, Uint8Array] {
  if (record[1] === 0x16) return ['mapping', record];
  // Acknowledgements name the request, and each client counts its own.
  if (record[1] === 0x17 && record[319] === 1) return ['ack', new Uint8Array()];
  return record[1] === 0x15 || record[1] === 0x17
    ? ['gateway', record.subarray(16, 319)]
    : ['data', record];
}

async function listen(port: number, [dataset, schema, compression, tsOut]: Asked): Promise<Heard> {
  const hashes = new Map<string, ReturnType<typeof createHash>>();
  const counts: Record<string, number> = {};
  const options: LiveOptions = {
    key: new ApiKey(KEY),
    dataset,
    gateway: { host: '127.0.0.1', port },
    subscriptions: [{ schema, stypeIn: 'raw_symbol', symbols: 'ALL_SYMBOLS' }],
    compression,
    tsOut,
  };
  const session = openLive(options);
  for await (const item of session) {
    if (item.type === 'notice' && item.text.includes('next attempt')) break;
    if (item.type !== 'records') continue;
    for (let at = 0, size = 0; at < item.bytes.length; at += size) {
      size = item.bytes[at]! * 4;
      const [kind, bytes] = part(item.bytes.subarray(at, at + size));
      if (!hashes.has(kind)) hashes.set(kind, createHash('sha256'));
      hashes.get(kind)!.update(bytes);
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
  }
  const digests = [...hashes].map(([kind, hash]) => [kind, hash.digest('hex')]);
  return { hashes: Object.fromEntries(digests), counts };
}

async function compare(gateway: VendorGateway, asked: Asked[]): Promise<Heard[]> {
  const args = [String(gateway.port), KEY, JSON.stringify(asked)];
  const theirs: Heard[] = JSON.parse((await runPythonBeside(LISTEN, { args })).toString());
  for (const [i, which] of asked.entries()) {
    const ours = await listen(gateway.port, which);
    // The time of sending is another for each client.
    if (which[3]) delete ours.hashes['data'];
    if (which[3]) delete theirs[i]!.hashes['data'];
    expect(ours, which.join(' ')).toEqual(theirs[i]);
  }
  return theirs;
}

beforeAll(initZstd);

describe('our live client hears what the vendor’s hears', () => {
  let folder: Awaited<ReturnType<typeof makeTestFolder>>;
  let gateway: VendorGateway;

  beforeAll(async () => {
    folder = await makeTestFolder();
    gateway = await startVendorGateway({ data: folder.path, keys: [KEY], atEnd: 'close' });
  });
  afterAll(async () => {
    await gateway.close();
    folder.remove();
  });

  it('of every schema, plain, compressed and with the time of sending', async () => {
    const data = await DataFolder.open(folder.path);
    const every = data.datasets.flatMap((dataset) =>
      data.schemas(dataset).flatMap((schema): Asked[] => [
        [dataset, schema, 'none', false],
        [dataset, schema, 'zstd', false],
        [dataset, schema, 'none', true],
      ]),
    );
    const heard = await compare(gateway, every);
    expect(heard.length).toBeGreaterThan(40);
    expect(heard.every(({ counts }) => counts['data']! > 0)).toBe(true);
  });
});

describe.runIf(fixtures)('the same of the vendor’s own files', () => {
  it('of every dataset and schema', async () => {
    const path = join(fixtures!, 'vendor-fixtures');
    const data = await DataFolder.open(path);
    const gateway = await startVendorGateway({ data, keys: [KEY], atEnd: 'close' });
    const every = data.datasets.flatMap((dataset) =>
      data.schemas(dataset).map((schema): Asked => [dataset, schema, 'none', false]),
    );
    const heard = await compare(gateway, every);
    expect(heard.length).toBeGreaterThan(40);
    await gateway.close();
  });
});
