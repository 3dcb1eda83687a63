import type { Schema, SType } from './schema.ts';
import type { DbnVersion } from './version.ts';

/**
 * The symbol that a requested one stood for, from `startDate` (inclusive) to `endDate` (exclusive).
 */
export interface MappingInterval {
  /** UTC date as the number YYYYMMDD, inclusive. */
  startDate: number;
  /** UTC date as the number YYYYMMDD, exclusive. */
  endDate: number;
  /** In `stypeOut`: an instrument id in decimals, or text. Empty where nothing resolved. */
  symbol: string;
}

/** One requested symbol and what it resolved to over time. */
export interface SymbolMapping {
  /** In `stypeIn`. */
  rawSymbol: string;
  intervals: MappingInterval[];
}

/**
 * What a stream's header says about the records that follow. Source: databento/dbn
 * `rust/dbn/src/metadata.rs`.
 */
export interface Metadata {
  version: DbnVersion;
  /** Dataset code, such as `GLBX.MDP3`; at most 15 characters. */
  dataset: string;
  /** Schema of the records; null when they are mixed (live) or the code is unknown. */
  schema: Schema | null;
  /** First moment asked for, Unix ns, inclusive. */
  start: bigint;
  /** End of what was asked for, Unix ns, exclusive; null when open. */
  end: bigint | null;
  /** Most records asked for; null when unlimited. */
  limit: bigint | null;
  /** Symbology of the request; null when mixed or unknown. */
  stypeIn: SType | null;
  /** Symbology that the mappings lead to; null when unknown. */
  stypeOut: SType | null;
  /** Every record ends in eight bytes more: the gateway's sending time. */
  tsOut: boolean;
  /** Width of the symbol fields, bytes: 22 in version 1. */
  symbolCstrLen: number;
  /** Symbols as asked for. */
  symbols: string[];
  /** Symbols that resolved for a part of the range only. */
  partial: string[];
  /** Symbols that never resolved. */
  notFound: string[];
  mappings: SymbolMapping[];
  /**
   * How the fields above lay in the bytes they were read from, where several ways mean the same:
   * kept so that the same version encodes to the same bytes. Absent in metadata that was made
   * rather than read.
   */
  wire?: MetadataWire;
}

/** The ambiguous parts of a header as they were read; see `Metadata.wire`. */
export interface MetadataWire {
  version: DbnVersion;
  schema: number;
  stypeIn: number;
  stypeOut: number;
  end: bigint;
  /** Version 1 only: a count that nothing relies on. */
  recordCount: bigint;
  /** Reserved bytes of the fixed part, in full. */
  reserved: Uint8Array;
  /** Bytes behind the last mapping, padding included. */
  trailer: Uint8Array;
}

/**
 * Metadata for a stream of your own: `fields` over the defaults of version 3, no symbols, no limit.
 */
export function makeMetadata(fields: Partial<Metadata> & { dataset: string }): Metadata {
  const version = fields.version ?? 3;
  return {
    version,
    schema: null,
    start: 0n,
    end: null,
    limit: null,
    stypeIn: 'raw_symbol',
    stypeOut: 'instrument_id',
    tsOut: false,
    symbolCstrLen: version === 1 ? 22 : 71,
    symbols: [],
    partial: [],
    notFound: [],
    mappings: [],
    ...fields,
  };
}
