/**
 * What a batch job is asked for. Source: Databento docs, Historical API, batch.submit_job.
 */
import type { DataFolder } from '../data-folder.ts';
import { badField } from './api-refusal.ts';
import { type DataQuery, dataQueryOf } from './data-query.ts';
import { RequestFields } from './request-fields.ts';

const MIN_SPLIT_BYTES = 1e9;
const MAX_SPLIT_BYTES = 1e10;

/** How the files of a job are cut and written. */
export interface JobForm {
  encoding: 'dbn' | 'csv' | 'json';
  compression: 'zstd' | 'none';
  prettyPrices: boolean;
  prettyTimes: boolean;
  mapSymbols: boolean;
  splitSymbols: boolean;
  splitDuration: 'day' | 'week' | 'month' | 'year' | 'none';
  splitSize: number | null;
}

/** A job's request, checked. */
export interface JobRequest {
  query: DataQuery;
  form: JobForm;
}

/** Reads a request as it was posted. @throws ApiRefusal 422. */
export function jobRequestOf(folder: DataFolder, posted: string): JobRequest {
  const fields = new RequestFields('body', new URLSearchParams(posted));
  const query = dataQueryOf(folder, fields);
  const encoding = fields.choice('encoding', ['dbn', 'csv', 'json'] as const, 'dbn');
  const splitSize = fields.count('split_size');
  fields.choice('delivery', ['download'] as const, 'download');
  if (splitSize !== null && (splitSize < MIN_SPLIT_BYTES || splitSize > MAX_SPLIT_BYTES)) {
    throw badField('body', 'split_size', 'Must be an integer between 1e9 and 10e9 inclusive');
  }
  const splitSymbols = fields.flag('split_symbols', false);
  if (splitSymbols && query.resolution.symbols === null) {
    throw badField('body', 'split_symbols', 'Cannot be requested with ALL_SYMBOLS');
  }
  const form: JobForm = {
    encoding,
    compression: fields.choice('compression', ['zstd', 'none'] as const, 'zstd'),
    prettyPrices: fields.flag('pretty_px', false),
    prettyTimes: fields.flag('pretty_ts', false),
    mapSymbols: fields.flag('map_symbols', encoding !== 'dbn'),
    splitSymbols,
    splitDuration: fields.choice(
      'split_duration',
      ['day', 'week', 'month', 'year', 'none'] as const,
      'day',
    ),
    splitSize,
  };
  return { query, form };
}
