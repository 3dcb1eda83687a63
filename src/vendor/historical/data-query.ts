/**
 * A request for records, resolved against the folder: which files, which time, which instruments.
 */
import type { Metadata, Schema, SType, SymbolMapping } from '../../dbn/index.ts';
import { type DbnVersion, makeMetadata } from '../../dbn/index.ts';
import type { DataFolder } from '../data-folder.ts';
import type { DataFile } from '../data-folder-index.ts';
import type { TimeSpan } from '../data-folder-merge.ts';
import type { SymbolDirectory, SymbolSpan } from '../data-folder-symbols.ts';
import { dateNumberOf, isoDayOf, startOfDay } from '../data-folder-time.ts';
import { badField, refusal } from './api-refusal.ts';
import { datasetDays } from './dataset-days.ts';
import { daysOf } from './query-time.ts';
import { ALL_SYMBOLS, type RequestFields } from './request-fields.ts';

/** Ways of symbols that lead to each other. Source: Databento docs, Symbology. */
const LEADS_TO: Partial<Record<SType, readonly SType[]>> = {
  raw_symbol: ['instrument_id'],
  instrument_id: ['instrument_id', 'raw_symbol'],
  parent: ['instrument_id'],
  continuous: ['instrument_id'],
  nasdaq_symbol: ['instrument_id'],
  cms_symbol: ['instrument_id'],
};

/** What the symbols of a request stand for. */
export interface Resolution {
  /** As asked for; null: all. */
  symbols: readonly string[] | null;
  /** By symbol asked for; those without a span are not found. */
  spans: ReadonlyMap<string, readonly SymbolSpan[]>;
  partial: readonly string[];
  notFound: readonly string[];
}

/** A request that can be answered. */
export interface DataQuery {
  dataset: string;
  schema: Schema;
  stypeIn: SType;
  stypeOut: SType;
  span: TimeSpan;
  limit: number | null;
  resolution: Resolution;
  directory: SymbolDirectory;
  /** Files that may hold records of it. */
  files: readonly DataFile[];
}

/** @throws ApiRefusal 422 for a dataset that the folder does not have. */
export function requireDataset(folder: DataFolder, fields: RequestFields): string {
  return fields.choice('dataset', folder.datasets);
}

/** @throws ApiRefusal 422 when one way of symbols does not lead to the other. */
export function requirePair(stypeIn: SType, stypeOut: SType): void {
  if (LEADS_TO[stypeIn]?.includes(stypeOut)) return;
  const message = `Cannot resolve stype_in '${stypeIn}' to stype_out '${stypeOut}'.`;
  throw refusal(422, 'symbology_invalid_stype_combination', message);
}

/** What symbols stand for on days `[first, end)`. */
export function resolveSymbols(
  directory: SymbolDirectory,
  symbols: readonly string[] | null,
  stypeIn: SType,
  days: { first: number; end: number },
): Resolution {
  const spans = new Map<string, readonly SymbolSpan[]>();
  const partial: string[] = [];
  const notFound: string[] = [];
  for (const symbol of symbols ?? []) {
    const found = directory.resolve(symbol, stypeIn, days.first, days.end);
    if (found.length === 0) notFound.push(symbol);
    else if (!covers(found, days)) partial.push(symbol);
    spans.set(symbol, found);
  }
  return { symbols, spans, partial, notFound };
}

function covers(spans: readonly SymbolSpan[], days: { first: number; end: number }): boolean {
  let at = days.first;
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    if (span.from > at) return false;
    at = Math.max(at, span.to);
  }
  return at >= days.end;
}

function checkRange(folder: DataFolder, dataset: string, span: TimeSpan): void {
  const days = datasetDays(folder.files(dataset));
  const [from, to] = [startOfDay(days.first), startOfDay(days.end)];
  const payload = {
    dataset,
    available_start: isoDayOf(days.first),
    available_end: isoDayOf(days.end),
  };
  const refuse = (name: string, what: string) => {
    const there = `from ${payload.available_start} to ${payload.available_end}`;
    return refusal(422, name, `The dataset ${dataset} has data ${there}. ${what}`, payload);
  };
  if (span.from >= to) {
    throw refuse('data_start_after_available_end', 'The `start` is after it.');
  }
  if (span.from < from) {
    throw refuse('data_start_before_available_start', 'The `start` is before it.');
  }
  if (span.to > to) throw refuse('data_end_after_available_end', 'The `end` is after it.');
}

/**
 * Reads and resolves the fields that every request for records has.
 * @throws ApiRefusal 422, `symbology_invalid_request` when no symbol resolves.
 */
export function dataQueryOf(folder: DataFolder, fields: RequestFields): DataQuery {
  const dataset = requireDataset(folder, fields);
  const schema = fields.schema('trades');
  if (!folder.schemas(dataset).includes(schema)) {
    const there = folder.schemas(dataset).join(', ');
    throw badField('body', 'schema', `${dataset} has no ${schema}; it has ${there}`, 'enum');
  }
  const stypeIn = fields.stype('stype_in', 'raw_symbol');
  const stypeOut = fields.stype('stype_out', 'instrument_id');
  requirePair(stypeIn, stypeOut);
  const symbols = fields.symbols(stypeIn);
  const span = fields.span();
  const limit = fields.count('limit');
  checkRange(folder, dataset, span);
  const directory = folder.symbols(dataset);
  const days = daysOf(span.from, span.to);
  const resolution = resolveSymbols(directory, symbols, stypeIn, days);
  if (symbols && resolution.notFound.length === symbols.length) {
    const message = 'None of the symbols could be resolved.';
    throw refusal(422, 'symbology_invalid_request', message, { symbols: symbols.slice(0, 10) });
  }
  const files = folder.files(dataset, schema);
  return { dataset, schema, stypeIn, stypeOut, span, limit, resolution, directory, files };
}

/** The header of the records of a query. */
export function headerOf(query: DataQuery, version: DbnVersion): Metadata {
  const { symbols, partial, notFound } = query.resolution;
  return makeMetadata({
    version,
    dataset: query.dataset,
    schema: query.schema,
    start: query.span.from,
    end: query.span.to,
    limit: query.limit === null ? null : BigInt(query.limit),
    stypeIn: query.stypeIn,
    stypeOut: query.stypeOut,
    symbols: symbols ? [...symbols] : [ALL_SYMBOLS],
    partial: [...partial],
    notFound: [...notFound],
    mappings: mappingsOf(query),
  });
}

/** A parent's mappings are those of its children, as the API has it. */
function mappingsOf(query: DataQuery): SymbolMapping[] {
  const mappings = new Map<string, SymbolMapping>();
  for (const [asked, spans] of query.resolution.spans) {
    for (const span of spans) {
      const rawSymbol = query.stypeIn === 'parent' ? (span.symbol ?? asked) : asked;
      const mapping = mappings.get(rawSymbol) ?? { rawSymbol, intervals: [] };
      mappings.set(rawSymbol, mapping);
      mapping.intervals.push({
        startDate: dateNumberOf(span.from),
        endDate: dateNumberOf(span.to),
        symbol: outSymbol(span, query.stypeOut),
      });
    }
  }
  return [...mappings.values()];
}

/** What a span leads to, as text. */
export function outSymbol(span: SymbolSpan, stypeOut: SType): string {
  return stypeOut === 'raw_symbol' ? (span.symbol ?? '') : String(span.instrumentId);
}
