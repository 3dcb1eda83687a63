/**
 * Publishes a partition anew, without rows but of the same lineage, with the built program, and
 * kills itself after a step: LAKE REF STEP.
 */
import { loadContract, publishPartition, readManifest } from '../../dist/src/lake/index.js';

const [lake, json, last] = process.argv.slice(2);
const ref = JSON.parse(json);
await publishPartition({
  lake,
  ref,
  contract: loadContract(ref),
  batches: [],
  lineage: readManifest(lake, ref),
  counters: () => ({}),
  onStep: (step) => {
    if (step === last) process.kill(process.pid, 'SIGKILL');
  },
});
