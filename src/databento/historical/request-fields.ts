/**
 * Requests as the form fields and query parameters that the vendor takes, checked before they are
 * sent. Source: Databento docs, Historical API.
 */
import { DataError } from '../../core/index.ts';
import type { DataRequest, JobRequest } from './historical-types.ts';
import { requestTime } from './vendor-timestamp.ts';

/** Symbols in one request at most. */
export const MAX_SYMBOLS = 2000;

/** Fields of a request by the vendor's names; undefined ones are left out. */
export type RequestFields = Readonly<Record<string, string | undefined>>;

/**
 * Symbols as one field.
 * @throws DataError USAGE: none, more than 2,000, or one that cannot stand in a list.
 */
export function symbolsField(symbols: readonly string[] | 'ALL_SYMBOLS'): string {
  if (symbols === 'ALL_SYMBOLS') return symbols;
  if (symbols.length === 0 || symbols.length > MAX_SYMBOLS) {
    throw new DataError('USAGE', 'a request for market data', {
      found: `${symbols.length} symbols`,
      expected: `1 to ${MAX_SYMBOLS}; ask in several requests`,
    });
  }
  for (const symbol of symbols) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no symbol has one
    if (symbol.trim() !== '' && !/[,\u0000-\u001f]/.test(symbol)) continue;
    throw new DataError('USAGE', 'a symbol cannot be asked for', {
      found: JSON.stringify(symbol.slice(0, 40)),
      expected: 'a text without commas',
    });
  }
  return symbols.join(',');
}

/** Fields of what to count, to price or to stream. @throws DataError USAGE */
export function dataFields(request: DataRequest): RequestFields {
  const { limit } = request;
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0)) {
    throw new DataError('USAGE', 'limit of a request', {
      found: String(limit),
      expected: 'a whole number of records, at least 1',
    });
  }
  return {
    dataset: request.dataset,
    schema: request.schema,
    symbols: symbolsField(request.symbols),
    stype_in: request.stypeIn,
    stype_out: 'instrument_id',
    start: requestTime('start', request.start),
    end: request.end === undefined ? undefined : requestTime('end', request.end),
    limit: limit === undefined ? undefined : String(limit),
  };
}

/**
 * Fields of a job: by default zstd-compressed DBN, a file for each UTC day.
 * @throws DataError USAGE
 */
export function jobFields(request: JobRequest): RequestFields {
  const encoding = request.encoding ?? 'dbn';
  return {
    ...dataFields(request),
    encoding,
    compression: request.compression ?? 'zstd',
    pretty_px: 'false',
    pretty_ts: 'false',
    map_symbols: String(encoding !== 'dbn'),
    split_symbols: String(request.splitSymbols ?? false),
    split_duration: request.splitDuration ?? 'day',
    delivery: 'download',
  };
}

/** The fields as a query or a form body: percent-encoded, without those that are undefined. */
export function encodeFields(fields: RequestFields): string {
  const encoded = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) encoded.append(name, value);
  }
  return encoded.toString();
}
