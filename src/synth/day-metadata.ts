import { NS_PER_DAY } from '../core/index.ts';
import { type Metadata, makeMetadata, type Schema } from '../dbn/index.ts';
import { dateInteger, parseDate } from './calendar.ts';

/** An instrument as a header names it. */
export interface NamedInstrument {
  symbol: string;
  instrumentId: number;
}

/**
 * Header of a file of some instruments on one date, or a part of it (ns of day); repeats count
 * once.
 */
export function dayMetadata(
  dataset: string,
  schema: Schema,
  dt: string,
  named: readonly NamedInstrument[],
  window: { startNs?: number | undefined; endNs?: number | undefined } = {},
): Metadata {
  const instruments = [...new Map(named.map((each) => [each.symbol, each])).values()];
  const day = parseDate(dt);
  const originNs = BigInt(day) * BigInt(NS_PER_DAY);
  const dates = { startDate: dateInteger(day), endDate: dateInteger(day + 1) };
  return makeMetadata({
    dataset,
    schema,
    start: originNs + BigInt(window.startNs ?? 0),
    end: originNs + BigInt(window.endNs ?? NS_PER_DAY),
    symbols: instruments.map(({ symbol }) => symbol),
    mappings: instruments.map(({ symbol, instrumentId }) => ({
      rawSymbol: symbol,
      intervals: [{ ...dates, symbol: String(instrumentId) }],
    })),
  });
}
