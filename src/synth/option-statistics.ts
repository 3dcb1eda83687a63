import { NS_PER_DAY } from '../core/index.ts';
import { DbnEncoder, type DbnRecord, type FrameCompressor, RTYPE } from '../dbn/index.ts';
import { parseDate } from './calendar.ts';
import { dayMetadata } from './day-metadata.ts';
import { OPRA_DATASET } from './option-listings.ts';
import type { QuotedOption } from './option-market.ts';
import { OptionValues } from './option-values.ts';
import { seededPrng } from './seeded-prng.ts';
import { NO_FLAGS, STAT } from './statistics-file.ts';

const OPRA_PUBLISHER = 30;
const GLBX_PUBLISHER = 1;
/** Open interest is known at this hour UTC. */
const HOUR_NS = 10n * 3_600_000_000_000n;
/** From the venue to the capture, ns. */
const LATENCY_NS = 130_000n;
/** Open interest: median and spread of its log, contracts. */
const OPEN_INTEREST = { logMean: 6.5, logSd: 1.2 };

/** Settlement flags: final, actual, rounded to the tick. */
const FINAL_SETTLEMENT = 0b111;

/** Settlement of the day before: of a venue that publishes it. */
export interface OptionSettlement {
  /** Price of the underlying then, 1e-9 currency. */
  forward: number;
  /** 1e-9 currency. */
  tickSize: number;
}

/**
 * The statistics file of a day of options, in pieces: the open interest of each, and its settlement
 * where the venue publishes it, as of the day before.
 */
export function synthesizeOptionStatistics(
  dataset: string,
  options: readonly QuotedOption[],
  day: { dt: string; seed: number },
  compress?: FrameCompressor,
  settlement?: OptionSettlement,
): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const metadata = dayMetadata(dataset, 'statistics', day.dt, options);
  const encoder = new DbnEncoder((p) => pieces.push(p), metadata, compress ? { compress } : {});
  const originNs = BigInt(parseDate(day.dt)) * BigInt(NS_PER_DAY);
  const values = new OptionValues(options);
  if (settlement) values.update(settlement.forward, 0);
  let sequence = 0;
  for (const [i, option] of options.entries()) {
    const prng = seededPrng(day.seed, parseDate(day.dt), option.instrumentId);
    const { logMean, logSd } = OPEN_INTEREST;
    const quantity = BigInt(Math.round(Math.exp(logMean + logSd * prng.normal())));
    const ns = originNs + HOUR_NS + BigInt(i) * 1000n;
    const common: DbnRecord = {
      rtype: RTYPE.STATISTICS,
      publisher_id: dataset === OPRA_DATASET ? OPRA_PUBLISHER : GLBX_PUBLISHER,
      instrument_id: option.instrumentId,
      ts_event: ns,
      ts_recv: ns + LATENCY_NS,
      ts_ref: originNs - BigInt(NS_PER_DAY),
      ts_in_delta: 14_000,
      channel_id: 0,
      update_action: 1,
      stat_flags: NO_FLAGS,
    };
    const interest = { ...common, stat_type: STAT.OPEN_INTEREST, quantity };
    encoder.writeRecord({ ...interest, sequence: ++sequence });
    if (!settlement) continue;
    const ticks = Math.round(values.value[i]! / settlement.tickSize);
    const price = BigInt(ticks * settlement.tickSize);
    const settled = { ...common, stat_type: STAT.SETTLEMENT_PRICE, price };
    encoder.writeRecord({ ...settled, stat_flags: FINAL_SETTLEMENT, sequence: ++sequence });
  }
  encoder.end();
  return pieces;
}
