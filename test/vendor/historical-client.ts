/** Plain requests to the stand-in, as bytes go: no client of ours between. */
import { afterAll, beforeAll } from 'vitest';
import {
  DbnDecoder,
  decompressZstd,
  initZstd,
  type Metadata,
  runBytes,
} from '../../src/dbn/index.ts';
import {
  startVendorHistorical,
  type VendorHistorical,
  type VendorHistoricalOptions,
} from '../../src/vendor/index.ts';
import { DATASET, KEY, makeTestFolder, type TestFolder } from './historical-data.ts';

/** Headers of a request with a key. */
export function withKey(key = KEY): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` };
}

/** Fields of a request. */
export type Fields = Record<string, string | number>;

function encoded(fields: Fields): string {
  const pairs = Object.entries(fields).map(([k, v]): [string, string] => [k, String(v)]);
  return new URLSearchParams(pairs).toString();
}

/** A GET of a method. */
export function get(server: VendorHistorical, method: string, fields: Fields = {}) {
  return fetch(`${server.url}/v0/${method}?${encoded(fields)}`, { headers: withKey() });
}

/** A POST of a method, of the folder's dataset. */
export function post(server: VendorHistorical, method: string, fields: Fields = {}) {
  const headers = { ...withKey(), 'content-type': 'application/x-www-form-urlencoded' };
  const body = encoded({ dataset: DATASET, ...fields });
  return fetch(`${server.url}/v0/${method}`, { method: 'POST', headers, body });
}

/** The JSON of a GET or POST that is answered with 200. */
export async function jsonOf(answer: Promise<Response>): Promise<ReturnType<typeof JSON.parse>> {
  const response = await answer;
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return response.json();
}

/** Header and records of DBN, compressed or not. */
export function decode(bytes: Uint8Array): { metadata: Metadata; records: Uint8Array[] } {
  const decoder = new DbnDecoder();
  const records: Uint8Array[] = [];
  const isRaw = bytes[0] === 'D'.charCodeAt(0);
  for (const piece of isRaw ? [bytes] : decompressZstd([bytes])) {
    decoder.write(piece);
    for (let run = decoder.next(); run; run = decoder.next()) {
      for (let i = 0; i < run.count; i++) records.push(runBytes(run, i, i + 1).slice());
    }
  }
  if (decoder.end().truncated) throw new Error('the DBN is cut short');
  return { metadata: decoder.metadata!, records };
}

/** A stand-in over the test folder, for a whole file of tests. */
export function historicalSuite(options: Partial<VendorHistoricalOptions> = {}): {
  server: VendorHistorical;
  folder: TestFolder;
} {
  const suite = {} as { server: VendorHistorical; folder: TestFolder };
  beforeAll(async () => {
    await initZstd();
    suite.folder = await makeTestFolder();
    const pace = { by: 'polls', queued: 1, processing: 1, kept: 100 } as const;
    const data = suite.folder.path;
    suite.server = await startVendorHistorical({ data, key: KEY, jobs: pace, ...options });
  });
  afterAll(async () => {
    await suite.server.close();
    suite.folder.remove();
  });
  return suite;
}
