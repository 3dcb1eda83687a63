/**
 * What `spymaster doctor` finds about the vendor: the key's shape, what it may read, and whether
 * both clocks agree. Only free calls, and none without a key.
 */
import { isKnownError } from '../core/index.ts';
import { ApiKey, HistoricalClient } from '../databento/index.ts';
import { type Finding, ok } from './doctor-finding.ts';

/** Datasets that downloads read. */
const DATASETS = ['GLBX.MDP3', 'XNAS.ITCH', 'OPRA.PILLAR'] as const;
/** Longest wait for an answer, ms. */
const TIMEOUT_MS = 5000;
/** Clocks further apart than this are worth a word, ms: answers tell whole seconds. */
const MOST_SKEW_MS = 5000;

const UNREACHABLE = 'check the network, a proxy or firewall, and --historical-url';

function dateOf(ns: bigint): string {
  return new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 10);
}

async function checkDataset(client: HistoricalClient, dataset: string): Promise<Finding> {
  const what = `vendor ${dataset}`;
  try {
    const { startNs, endNs } = await client.getDatasetRange(
      dataset,
      AbortSignal.timeout(TIMEOUT_MS),
    );
    return ok(what, `${dateOf(startNs)} to ${dateOf(endNs)}`);
  } catch (error) {
    const { message, name } = error as Error;
    const found = name === 'TimeoutError' ? `no answer within ${TIMEOUT_MS / 1000} s` : message;
    const isRefused = isKnownError(error) && error.code !== 'VENDOR_UNAVAILABLE';
    const fix = isRefused
      ? 'see the rights of the key in the portal of the vendor; other datasets may work'
      : UNREACHABLE;
    return { what, status: 'warning', found, fix };
  }
}

/** Compares clocks by the Date header of an answer that needs no key. */
async function checkSkew(url: string): Promise<Finding> {
  const what = 'clock skew';
  try {
    const began = Date.now();
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(url, { method: 'HEAD', redirect: 'manual', signal });
    const ours = (began + Date.now()) / 2;
    const theirs = Date.parse(answer.headers.get('date') ?? '');
    if (Number.isNaN(theirs)) return ok(what, 'not known: the vendor does not tell its time');
    const skewMs = ours - theirs;
    const seconds = Math.abs(skewMs / 1000).toFixed(1);
    const found = `this machine is ${seconds} s ${skewMs < 0 ? 'behind' : 'ahead of'} the vendor`;
    if (Math.abs(skewMs) <= MOST_SKEW_MS) return ok(what, found);
    const fix = 'synchronise the clock (NTP): latencies are measured with it';
    return { what, status: 'warning', found, fix };
  } catch {
    const found = `not known: ${new URL(url).host} does not answer`;
    return { what, status: 'warning', found, fix: UNREACHABLE };
  }
}

function keyOf(text: string): ApiKey | Finding {
  const what = 'vendor key';
  try {
    return new ApiKey(text);
  } catch (error) {
    const fix = 'copy the key from the portal of the vendor into DATABENTO_API_KEY';
    return { what, status: 'problem', found: (error as Error).message, fix };
  }
}

/**
 * Looks at the key and, when there is one, at the vendor behind it.
 * @param key as configured; empty: none. It is not shown.
 */
export async function vendorFindings(key: string, url: string): Promise<Finding[]> {
  if (key === '') {
    const fix = 'only needed for downloads and live data: set DATABENTO_API_KEY';
    return [{ what: 'vendor key', status: 'ok', found: 'not set', fix }];
  }
  const checked = keyOf(key);
  if (!(checked instanceof ApiKey)) return [checked];
  const client = new HistoricalClient({ key: checked, url, maxAttempts: 1 });
  try {
    const asked = DATASETS.map((dataset) => checkDataset(client, dataset));
    const [skew, ...datasets] = await Promise.all([checkSkew(url), ...asked]);
    return [ok('vendor key', `${checked}, of the right shape`), ...datasets, skew];
  } finally {
    client.close();
  }
}
