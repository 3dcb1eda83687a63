import { Prng } from '../../src/core/index.ts';
import { DISPLACEMENTS, type ForecastDay } from '../../src/forecast/index.ts';

/** What a planted market is like. */
export interface PlantedMarket {
  /** 0 = nothing known tells the next move; 1 = the plan and the queues lean on it strongly. */
  signal: number;
  windows: number;
  seed: number;
  dt: string;
  /** Probability that the mid moves within a second. */
  moveShare: number;
  /** Share of windows whose book is not valid. */
  invalidShare: number;
  /** Share of seconds that are not there at all. */
  holeShare: number;
}

const ORDINARY: PlantedMarket = {
  signal: 1,
  windows: 1200,
  seed: 1,
  dt: '2026-01-05',
  moveShare: 0.3,
  invalidShare: 0,
  holeShare: 0,
};

/** First second of a planted session: 09:30 New York in winter. */
const FIRST_SECOND = 52200;
/** Persistence of queues and of the plan, a second. */
const MEMORY = 0.9;
/** How strongly queues and plan lean on the direction at signal 1. */
const LEAN = 1.6;
/** Same-second order flow: lots a tick of move, and its noise. */
const FLOW_PER_TICK = 40;
const FLOW_NOISE = 35;

function emptyDay(windows: number, dt: string): ForecastDay {
  const floats = () => new Float64Array(windows);
  return {
    root: 'ES',
    dt,
    symbol: 'ESH6',
    productType: 'future_mbo',
    windows,
    endSecond: new Int32Array(windows),
    mid: floats(),
    valid: new Uint8Array(windows).fill(1),
    hasOptions: new Uint8Array(windows),
    force: new Float32Array(windows * DISPLACEMENTS),
    forceHere: floats(),
    dampingHere: floats().fill(1),
    wallUp: new Int16Array(windows).fill(10),
    wallDown: new Int16Array(windows).fill(10),
    vacuumUp: floats(),
    vacuumDown: floats(),
    reinforceUp: floats(),
    reinforceDown: floats(),
    bidLots: floats(),
    askLots: floats(),
    spreadTicks: floats().fill(1),
    queueImbalance: floats(),
    microPriceEdge: floats(),
    orderFlowImbalance: floats(),
    tradeImbalance: floats(),
    netEdge: floats(),
  };
}

/** Probability that the next move is up, as the market draws it. */
function chanceUp(signal: number, queues: number, plan: number): number {
  return 1 / (1 + Math.exp(-signal * LEAN * (queues + plan)));
}

function fillWindow(day: ForecastDay, i: number, queues: number, plan: number, random: Prng): void {
  const imbalance = Math.tanh(queues);
  day.queueImbalance[i] = imbalance;
  day.bidLots[i] = 50 * (1 + imbalance);
  day.askLots[i] = 50 * (1 - imbalance);
  day.microPriceEdge[i] = 0.4 * imbalance + 0.02 * random.normal();
  day.netEdge[i] = plan + 0.3 * random.normal();
  day.forceHere[i] = plan;
  day.dampingHere[i] = 1;
  for (let d = 0; d < DISPLACEMENTS; d++) day.force[i * DISPLACEMENTS + d] = plan / 2;
}

/**
 * A session of a market whose truth is known: how the queues at the touch and a plan that only
 * force and net edge show stand at a window's end decides, with `signal`, where the next second
 * moves. Order flow is that of its own second and knows nothing of the next.
 */
export function plantedDay(wanted: Partial<PlantedMarket> = {}): {
  day: ForecastDay;
  /** Probability that a move in the second after each window is up. [windows] */
  truth: Float64Array;
} {
  const market = { ...ORDINARY, ...wanted };
  const random = new Prng(market.seed);
  const day = emptyDay(market.windows, market.dt);
  const truth = new Float64Array(market.windows);
  let queues = 0;
  let plan = 0;
  let mid = 20000;
  let second = FIRST_SECOND;
  let i = 0;
  while (i < market.windows) {
    const up = chanceUp(market.signal, queues, plan);
    const moves = random.float() < market.moveShare;
    const size = random.float() < 0.2 ? 0.5 : 1;
    const move = moves ? (random.float() < up ? size : -size) : 0;
    mid += move;
    const shock = Math.sqrt(1 - MEMORY * MEMORY);
    queues = MEMORY * queues + shock * random.normal();
    plan = MEMORY * plan + shock * random.normal();
    second += 1;
    const flow = Math.round(FLOW_PER_TICK * move + FLOW_NOISE * random.normal());
    const hole = random.float() < market.holeShare;
    if (hole) continue;
    day.endSecond[i] = second;
    day.mid[i] = mid;
    day.orderFlowImbalance[i] = flow;
    day.tradeImbalance[i] = flow;
    if (random.float() < market.invalidShare) day.valid[i] = 0;
    fillWindow(day, i, queues, plan, random);
    truth[i] = chanceUp(market.signal, queues, plan);
    i++;
  }
  return { day, truth };
}

/** Consecutive days of one market, each with a seed of its own. */
export function plantedDays(count: number, wanted: Partial<PlantedMarket> = {}): ForecastDay[] {
  const seed = wanted.seed ?? ORDINARY.seed;
  return Array.from({ length: count }, (_, i) => {
    const dt = `2026-01-${String(5 + i).padStart(2, '0')}`;
    return plantedDay({ ...wanted, seed: seed * 1000 + i, dt }).day;
  });
}
