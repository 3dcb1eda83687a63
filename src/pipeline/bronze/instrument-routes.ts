/**
 * Which partition the records of an instrument belong to, or why they are left out.
 */
import type { RowInstrument } from './batch-rows.ts';
import type { OptionTerms } from './option-terms.ts';

/** Why records are left out: names of counters. */
export const LEFT_OUT = [
  'spread_records',
  'user_defined_records',
  'other_product_records',
  'unmapped_records',
  'not_0dte_records',
] as const;
/** One of `LEFT_OUT`. */
export type LeftOut = (typeof LEFT_OUT)[number];

/** What becomes of an instrument's records. */
export type Placement =
  | { leftOut: LeftOut }
  /** `partition`: a contract or ticker; `symbol`: what the rows say. */
  | { partition: string; symbol: string; terms: OptionTerms | null };

/** An instrument of the file. */
export interface Route {
  /** Number of the partition; -1 when left out. */
  partition: number;
  leftOut: LeftOut | null;
  instrument: RowInstrument;
  /** Records seen. */
  records: number;
}

/** A partition that was found. */
export interface FoundPartition {
  symbol: string;
  instruments: number;
  records: number;
}

/** Places instruments as they are met; each is looked up once. */
export class InstrumentRoutes {
  readonly partitions: FoundPartition[] = [];
  private readonly place: (instrumentId: number) => Placement;
  private readonly byId = new Map<number, Route>();
  private readonly bySymbol = new Map<string, number>();
  private readonly leftOut: Record<LeftOut, number>;

  constructor(place: (instrumentId: number) => Placement) {
    this.place = place;
    this.leftOut = Object.fromEntries(LEFT_OUT.map((r) => [r, 0])) as Record<LeftOut, number>;
  }

  /** The route of an instrument. */
  find(instrumentId: number): Route {
    const known = this.byId.get(instrumentId);
    if (known) return known;
    const route = this.make(this.place(instrumentId));
    this.byId.set(instrumentId, route);
    return route;
  }

  /** Counts `n` records more of a route. */
  count(route: Route, n: number): void {
    route.records += n;
    if (route.leftOut) this.leftOut[route.leftOut] += n;
    else this.partitions[route.partition]!.records += n;
  }

  /** Looks instruments without a name up again: a mapping may have come since. */
  forgetUnmapped(): void {
    for (const [id, route] of this.byId) {
      if (route.leftOut === 'unmapped_records') this.byId.delete(id);
    }
  }

  /** Records left out, by reason. */
  get leftOutRecords(): Readonly<Record<LeftOut, number>> {
    return this.leftOut;
  }

  private make(placed: Placement): Route {
    if ('leftOut' in placed) {
      const instrument = { code: -1, symbol: '', terms: null };
      return { partition: -1, leftOut: placed.leftOut, instrument, records: 0 };
    }
    const partition = this.partitionOf(placed.partition);
    const code = this.partitions[partition]!.instruments++;
    const instrument = { code, symbol: placed.symbol, terms: placed.terms };
    return { partition, leftOut: null, instrument, records: 0 };
  }

  private partitionOf(symbol: string): number {
    let k = this.bySymbol.get(symbol);
    if (k === undefined) {
      k = this.partitions.push({ symbol, instruments: 0, records: 0 }) - 1;
      this.bySymbol.set(symbol, k);
    }
    return k;
  }
}
