/**
 * Copies a partition of one column in many threads at once, each reading while it writes: LAKE
 * CONTRACTS THREADS.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { loadContract, openPartition, publishPartition } from '../../dist/src/lake/index.js';

const table = { layer: 'silver', productType: 'future_mbo', table: 'one_column' };
const from = { ...table, symbol: 'ESH6', dt: '2026-01-05' };

function* copy(reader) {
  for (let batch = reader.next(); batch; batch = reader.next()) {
    yield { rows: batch.rows, columns: [{ low: batch.columns[0], high: batch.high[0] }] };
  }
}

if (isMainThread) {
  const [lake, contracts, threads] = process.argv.slice(2);
  for (let k = 0; k < Number(threads); k++) {
    const worker = new Worker(new URL(import.meta.url), { workerData: { lake, contracts, k } });
    worker.on('message', (hashes) => console.log(hashes));
  }
} else {
  const { lake, contracts, k } = workerData;
  const contract = loadContract(table, contracts);
  const reader = await openPartition(lake, from, contract, [{ name: 'at', as: 'lanes' }]);
  const { sha256, contentHash } = await publishPartition({
    lake,
    ref: { ...from, symbol: `COPY${k}` },
    contract,
    batches: copy(reader),
    lineage: { stage: 'copy', stageVersion: 1, configSha256: '00', inputs: [] },
    counters: () => ({}),
  });
  parentPort.postMessage(`${sha256} ${contentHash}`);
}
