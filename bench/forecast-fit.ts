/**
 * A full fit and its proof: 20 days of 10,800 windows, as `forecast fit` has them once it has read
 * gold. What reading takes stands in forecast-day.ts; both together are to stay under 3 minutes on
 * two cores and 1.5 GB.
 *
 * A run takes most of a minute, so that it is done once; processor time of all threads is in the
 * note, for the machine's other work is not in it.
 */
import { assert, Prng } from '../src/core/index.ts';
import {
  DISPLACEMENTS,
  type ForecastDay,
  makeForecastDay,
  splitDays,
} from '../src/forecast/index.ts';
import { fitAndProve } from '../src/pipeline/index.ts';
import { report } from './harness.ts';

const DAYS = 20;
const WINDOWS = 10_800;
const FIRST_SECOND = 52_200;
/** From the budget: what 20 days read two at a time, 5 s each, leave of three minutes. */
const WINDOWS_PER_SECOND = (DAYS * WINDOWS) / (180 - (DAYS / 2) * 5);
const MOVE_SHARE = 0.3;

/** A day whose queues lean on the next move. */
function makeDay(at: number): ForecastDay {
  const random = new Prng(at + 1);
  const dt = `2026-01-${String(at + 1).padStart(2, '0')}`;
  const name = { root: 'ES', dt, symbol: 'ESH6', productType: 'future_mbo' };
  const day = makeForecastDay(name, WINDOWS);
  let mid = 27_800;
  let queues = 0;
  for (let i = 0; i < WINDOWS; i++) {
    const up = 1 / (1 + Math.exp(-queues));
    const move = random.float() < MOVE_SHARE ? (random.float() < up ? 1 : -1) : 0;
    mid += move;
    queues = 0.9 * queues + 0.4 * random.normal();
    day.endSecond[i] = FIRST_SECOND + i;
    day.mid[i] = mid;
    day.valid[i] = 1;
    day.queueImbalance[i] = Math.tanh(queues);
    day.bidLots[i] = 50 * (1 + Math.tanh(queues));
    day.askLots[i] = 50 * (1 - Math.tanh(queues));
    day.microPriceEdge[i] = 0.4 * Math.tanh(queues) + 0.02 * random.normal();
    day.orderFlowImbalance[i] = Math.round(40 * move + 35 * random.normal());
    day.tradeImbalance[i] = Math.round(20 * move + 35 * random.normal());
    day.netEdge[i] = random.normal();
    day.forceHere[i] = random.normal();
    day.dampingHere[i] = 2;
    day.force.fill(day.forceHere[i]! / 3, i * DISPLACEMENTS, (i + 1) * DISPLACEMENTS);
  }
  return day;
}

const days = Array.from({ length: DAYS }, (_, at) => makeDay(at));
const split = splitDays(days.map(({ dt }) => dt));
const before = process.cpuUsage();
const start = performance.now();
let begun = start;
const { proof } = await fitAndProve(
  { days, split, fitted: null, walk: true },
  new AbortController().signal,
  (what) => {
    if (what === 'proof') begun = performance.now();
  },
);
const seconds = (performance.now() - start) / 1000;
const cpu = process.cpuUsage(before);
assert(proof.horizons.length > 0, 'a proof');
const perSecond = (DAYS * WINDOWS) / seconds;
const fitSeconds = (begun - start) / 1000;
const cpuSeconds = (cpu.user + cpu.system) / 1e6;
report({
  group: 'Fit and proof of a forecast, 20 days of 10,800 windows',
  name: 'one thread, days in memory',
  unit: 'windows',
  count: DAYS * WINDOWS,
  perSecond,
  slowest: perSecond,
  fastest: perSecond,
  nsEach: 1e9 / perSecond,
  megabytesPerSecond: null,
  bytesEach: null,
  residentMegabytes: process.memoryUsage().rss / 1e6,
  atLeast: WINDOWS_PER_SECOND,
  note:
    `one run of ${seconds.toFixed(0)} s, of which the fit ${fitSeconds.toFixed(0)} s; ` +
    `${cpuSeconds.toFixed(0)} s of processor`,
});
