/**
 * Records of the options on one underlying, seeded: makers quote every strike around a spot that
 * walks, at the rate of a busy 0DTE day. Made in memory, for the transforms alone.
 */
import { Prng } from '../src/core/index.ts';
import { ACTION, Cmbp1Columns, FLAG, MboColumns, SIDE } from '../src/dbn/index.ts';
import type { OptionTerms } from '../src/pipeline/index.ts';

const CENT = 10_000_000;

/** A stream to measure with. */
export interface OptionStream<C> {
  batches: C[];
  terms: Map<number, OptionTerms>;
  /** Spot by second of the stream, 1e-9 currency. */
  spots: Float64Array;
  seconds: number;
}

/** What a stream is like. */
export interface OptionStreamFacts {
  records: number;
  perSecond: number;
  strikes: number;
  /** Distance of strikes, 1e-9 currency. */
  step: number;
  spot: number;
  /** Tick of the underlying, 1e-9 currency. */
  tickSize: number;
  batchRows: number;
}

function termsOf({ strikes, step, spot }: OptionStreamFacts): Map<number, OptionTerms> {
  const terms = new Map<number, OptionTerms>();
  for (let k = 0; k < strikes * 2; k++) {
    const strike = BigInt(spot + ((k >> 1) - (strikes >> 1)) * step);
    const right = k & 1;
    terms.set(1000 + k, { symbol: `${k}`, underlying: 'X', right, strike, expiration: 0n });
  }
  return terms;
}

function spotsOf(facts: OptionStreamFacts, rng: Prng): Float64Array {
  const seconds = Math.ceil(facts.records / facts.perSecond);
  let ticks = 0;
  return Float64Array.from({ length: seconds + 1 }, () => {
    ticks += rng.int(5) - 2;
    return facts.spot + ticks * facts.tickSize;
  });
}

/** Instruments near the money are quoted more often. */
function pick(rng: Prng, instruments: number): number {
  const away = Math.floor((rng.float() + rng.float() + rng.float()) * (instruments / 3));
  return Math.min(instruments - 1, away);
}

/** Consolidated quotes: nine of ten records change a size, some a price, some are trades. */
export function quoteStream(facts: OptionStreamFacts): OptionStream<Cmbp1Columns> {
  const rng = new Prng(11);
  const { records, perSecond, batchRows, strikes } = facts;
  const n = strikes * 2;
  const bid = new Float64Array(n).fill(200);
  const ask = new Float64Array(n).fill(203);
  const bidQty = new Uint32Array(n).fill(50);
  const askQty = new Uint32Array(n).fill(50);
  const batches: Cmbp1Columns[] = [];
  let last = -1;
  for (let r = 0; r < records; r++) {
    const i = r % batchRows;
    if (i === 0) batches.push(new Cmbp1Columns(Math.min(batchRows, records - r)));
    const c = batches.at(-1)!;
    const k = last >= 0 ? last : pick(rng, n);
    const u = rng.float();
    const trades = last < 0 && u < 0.01;
    if (!trades) {
      if (u < 0.05) {
        const by = rng.float() < 0.5 ? 1 : -1;
        bid[k] = Math.max(1, bid[k]! + by);
        ask[k] = Math.max(bid[k]! + 1, ask[k]! + by);
      }
      if (rng.float() < 0.5) bidQty[k] = 1 + rng.int(200);
      else askQty[k] = 1 + rng.int(200);
    }
    last = trades ? k : -1;
    c.tsRecv[i] = Math.floor((r / perSecond) * 1e9);
    c.instrumentId[i] = 1000 + k;
    c.action[i] = trades ? ACTION.TRADE : ACTION.ADD;
    c.side[i] = SIDE.NONE;
    c.flags[i] = FLAG.LAST;
    c.price[i] = ask[k]! * CENT;
    c.size[i] = trades ? 1 + rng.int(5) : 0;
    c.bidPrice[i] = bid[k]! * CENT;
    c.askPrice[i] = ask[k]! * CENT;
    c.bidSize[i] = bidQty[k]!;
    c.askSize[i] = askQty[k]!;
    c.length = i + 1;
  }
  const spots = spotsOf(facts, rng);
  return { batches, terms: termsOf(facts), spots, seconds: spots.length - 1 };
}

/** Orders: makers' quotes, six a side and instrument, moved by modifies in place. */
export function orderStream(facts: OptionStreamFacts): OptionStream<MboColumns> {
  const rng = new Prng(12);
  const { records, perSecond, batchRows, strikes } = facts;
  const n = strikes * 2;
  const perSide = 6;
  const price = new Float64Array(n * 2 * perSide);
  const batches: MboColumns[] = [];
  for (let r = 0; r < records; r++) {
    const i = r % batchRows;
    if (i === 0) batches.push(new MboColumns(Math.min(batchRows, records - r)));
    const c = batches.at(-1)!;
    const k = r < price.length ? Math.floor(r / (2 * perSide)) : pick(rng, n);
    const order = r < price.length ? r : k * 2 * perSide + rng.int(2 * perSide);
    const isAsk = order % 2 === 1;
    const first = price[order] === 0;
    const away = 1 + rng.int(8);
    const moved = first || rng.float() < 0.6;
    if (moved) price[order] = (200 + (isAsk ? away : -away)) * 5 * CENT;
    c.tsRecv[i] = Math.floor((r / perSecond) * 1e9);
    c.tsEvent[i] = c.tsRecv[i]!;
    c.instrumentId[i] = 1000 + k;
    c.publisherId[i] = 1;
    c.orderIdLo[i] = order + 1;
    c.action[i] = first ? ACTION.ADD : ACTION.MODIFY;
    c.side[i] = isAsk ? SIDE.ASK : SIDE.BID;
    c.flags[i] = FLAG.LAST;
    c.price[i] = price[order]!;
    c.size[i] = 1 + rng.int(50);
    c.length = i + 1;
  }
  const spots = spotsOf(facts, rng);
  return { batches, terms: termsOf(facts), spots, seconds: spots.length - 1 };
}
