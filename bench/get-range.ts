/**
 * `get_range` into columns over a socket, beside decoding the same bytes from disk: what the
 * vendor's network, checks for a resume and the client itself cost.
 */
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { ApiKey, HistoricalClient } from '../src/databento/index.ts';
import { MboColumns } from '../src/dbn/index.ts';
import { openDbn } from '../src/feed/index.ts';
import { type BenchResult, bench } from './harness.ts';
import { type BenchInput, benchInputs } from './inputs.ts';

/** Rows unpacked at a time. */
const BATCH_ROWS = 16_384;
/** Records that a run reads at least: a small file is read again and again. */
const RECORDS_A_RUN = 1_000_000;
/** What the specification asks for: time of the socket over time of the disk. */
const MAX_RATIO = 1.3;

/** Results go here, so that no work is removed. */
const sink = { value: 0 };

async function fromDisk(input: BenchInput, columns: MboColumns): Promise<void> {
  const file = await openDbn(input.zst);
  while (file.fill(columns) > 0) sink.value += columns.price[0]!;
  file.close();
}

async function fromSocket(client: HistoricalClient, columns: MboColumns): Promise<void> {
  const stream = await client.getRange({
    dataset: 'GLBX.MDP3',
    schema: 'mbo',
    symbols: 'ALL_SYMBOLS',
    stypeIn: 'raw_symbol',
    start: '2026-01-05',
  });
  while ((await stream.fill(columns)) > 0) sink.value += columns.price[0]!;
}

async function measure(input: BenchInput): Promise<void> {
  const server = new Worker(new URL('./range-server.js', import.meta.url), {
    workerData: input.zst,
  });
  const [port] = await once(server, 'message');
  const key = new ApiKey(`db-${'0'.repeat(29)}`);
  const client = new HistoricalClient({ key, url: `http://127.0.0.1:${port}` });
  const times = Math.ceil(RECORDS_A_RUN / input.records);
  const columns = new MboColumns(BATCH_ROWS);
  const base = {
    group: `get_range, ${input.name}, zstd`,
    unit: 'records',
    count: input.records * times,
    bytes: statSync(input.zst).size * times,
  };
  const repeat = (work: () => Promise<void>) => async () => {
    for (let i = 0; i < times; i++) await work();
  };
  const name = 'from disk to columns, one thread';
  const disk: BenchResult = await bench({
    ...base,
    name,
    run: repeat(() => fromDisk(input, columns)),
  });
  await bench(
    {
      ...base,
      name: 'from a local server to columns, one thread',
      atLeast: disk.perSecond / MAX_RATIO,
      run: repeat(() => fromSocket(client, columns)),
    },
    `at least 1/${MAX_RATIO} of the case above`,
  );
  client.close();
  await server.terminate();
}

for (const input of await benchInputs()) await measure(input);
if (sink.value === 0) console.error('nothing was read');
