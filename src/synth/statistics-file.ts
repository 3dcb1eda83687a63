import { NS_PER_DAY, Prng } from '../core/index.ts';
import { DbnEncoder, type DbnRecord, type FrameCompressor, RTYPE } from '../dbn/index.ts';
import { parseDate } from './calendar.ts';
import { dayMetadata } from './day-metadata.ts';
import { futuresInstruments } from './definition-file.ts';
import type { FuturesMarket } from './futures-market.ts';
import { FUTURES_DATASET } from './futures-products.ts';

/** Codes of databento/dbn `StatType`. */
export const STAT = {
  OPENING_PRICE: 1,
  SETTLEMENT_PRICE: 3,
  SESSION_LOW: 4,
  SESSION_HIGH: 5,
  CLEARED_VOLUME: 6,
  OPEN_INTEREST: 9,
} as const;
/** Settlement flags: final, actual, rounded to the tick. */
const FINAL_SETTLEMENT = 0b111;
/** `stat_flags` that say nothing. */
export const NO_FLAGS = 255;
/**
 * Open interest and cleared volume of the day before, by rank of the instrument: front, next,
 * spread.
 */
const STANDING = [
  { openInterest: 2_050_000, volume: 1_350_000 },
  { openInterest: 96_000, volume: 21_000 },
  { openInterest: 0, volume: 9_000 },
] as const;
/** From the engine to the capture, ns. */
const LATENCY_NS = 103_000n;

/**
 * The statistics file that belongs to a generated day, in pieces: settlement, open interest and
 * volume of the day before at the start, then opening price, session high and low of the trades.
 * Call it when the markets have run to their end.
 */
export function synthesizeStatistics(
  markets: readonly FuturesMarket[],
  options: { root: string; dt: string; seed: number },
  compress?: FrameCompressor,
): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const { root, dt } = options;
  const instruments = futuresInstruments(root, dt);
  const metadata = dayMetadata(FUTURES_DATASET, 'statistics', dt, instruments);
  const encoder = new DbnEncoder((p) => pieces.push(p), metadata, compress ? { compress } : {});
  const originNs = BigInt(parseDate(options.dt)) * BigInt(NS_PER_DAY);
  const prng = new Prng(options.seed);
  const records = markets.flatMap((market, rank) => [
    ...standing(market, rank, originNs, prng),
    ...session(market, originNs),
  ]);
  records.sort((a, b) => Number((a['ts_recv'] as bigint) - (b['ts_recv'] as bigint)));
  for (const [i, record] of records.entries()) {
    encoder.writeRecord({ ...record, sequence: i + 1 });
  }
  encoder.end();
  return pieces;
}

function statistic(market: FuturesMarket, ns: bigint, fields: Partial<DbnRecord>): DbnRecord {
  return {
    rtype: RTYPE.STATISTICS,
    publisher_id: market.spec.publisherId,
    instrument_id: market.spec.instrumentId,
    ts_event: ns,
    ts_recv: ns + LATENCY_NS,
    ts_in_delta: 14_000,
    channel_id: market.spec.channelId,
    update_action: 1,
    stat_flags: NO_FLAGS,
    ...fields,
  };
}

function standing(market: FuturesMarket, rank: number, originNs: bigint, prng: Prng): DbnRecord[] {
  const known = STANDING[rank]!;
  const before = { ts_ref: originNs - BigInt(NS_PER_DAY) };
  const quantity = (mean: number) => BigInt(Math.round(mean * (0.9 + 0.2 * prng.float())));
  return [
    statistic(market, originNs, {
      ...before,
      stat_type: STAT.SETTLEMENT_PRICE,
      stat_flags: FINAL_SETTLEMENT,
      price: BigInt(market.spec.startPrice),
    }),
    statistic(market, originNs, {
      ...before,
      stat_type: STAT.OPEN_INTEREST,
      quantity: quantity(known.openInterest),
    }),
    statistic(market, originNs, {
      ...before,
      stat_type: STAT.CLEARED_VOLUME,
      quantity: quantity(known.volume),
    }),
  ];
}

function session(market: FuturesMarket, originNs: bigint): DbnRecord[] {
  const { trades } = market;
  if (trades.count === 0) return [];
  const at = (ns: number) => originNs + BigInt(ns);
  return [
    statistic(market, at(trades.firstNs), {
      stat_type: STAT.OPENING_PRICE,
      price: BigInt(trades.open),
    }),
    statistic(market, at(trades.highNs), {
      stat_type: STAT.SESSION_HIGH,
      price: BigInt(trades.high),
    }),
    statistic(market, at(trades.lowNs), {
      stat_type: STAT.SESSION_LOW,
      price: BigInt(trades.low),
    }),
  ];
}
