/**
 * Publishes rows of the every-type table with the built program and kills itself after a step:
 * LAKE CONTRACTS ROWS SEED STEP.
 */
import { loadContract, publishPartition } from '../../dist/src/lake/index.js';

const [lake, contracts, rows, seed, last] = process.argv.slice(2);
const ref = { layer: 'silver', productType: 'future_mbo', table: 'one_column' };
const count = Number(rows);

function* batches() {
  // Steps that no encoding makes small, so that the file is as long as its rows are many.
  let state = Number(seed);
  const values = Float64Array.from({ length: count }, (_, i) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return i * 1000 + ((state >>> 0) % 997);
  });
  yield { rows: count, columns: [values] };
}

try {
  await publishPartition({
    lake,
    ref: { ...ref, symbol: 'ESH6', dt: '2026-01-05' },
    contract: loadContract(ref, contracts),
    batches: batches(),
    lineage: { stage: 'one', stageVersion: 1, configSha256: '00', inputs: [] },
    counters: () => ({}),
    onStep: (step) => {
      if (step === last) process.kill(process.pid, 'SIGKILL');
    },
  });
} catch (error) {
  console.log(error.code);
  process.exit(1);
}
