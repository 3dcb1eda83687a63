/**
 * The shapes of the vendor's answers, checked field by field and turned into ours. Fields that are
 * not named here may come and go. Source: Databento docs, Historical API.
 */
import { z } from 'zod';
import { utcDateOf } from '../../dbn/index.ts';
import type {
  BatchJob,
  DatasetCondition,
  DatasetRange,
  FieldInfo,
  JobFile,
  Publisher,
  SymbolResolution,
  UnitPrices,
} from './historical-types.ts';
import { vendorTimestampNs } from './vendor-timestamp.ts';

const whole = z.int().nonnegative();
const timestamp = z.string().transform((text, context) => {
  const ns = vendorTimestampNs(text);
  if (ns !== null) return ns;
  context.addIssue(`not a time: ${JSON.stringify(text.slice(0, 40))}`);
  return z.NEVER;
});
/** A date as the number YYYYMMDD that symbol mappings use. */
const dateNumber = timestamp.transform((ns) => utcDateOf(ns));
const optional = <T extends z.ZodType>(shape: T) => shape.nullish().transform((v) => v ?? null);

/** A list of names. */
export const NAMES = z.array(z.string());

/** A count of records or bytes. */
export const COUNT: z.ZodType<number> = whole;

/** Dollars. */
export const DOLLARS: z.ZodType<number> = z.number().nonnegative();

/** Answer of `metadata.list_publishers`. */
export const PUBLISHERS: z.ZodType<Publisher[]> = z.array(
  z
    .object({
      publisher_id: whole,
      dataset: z.string(),
      venue: z.string(),
      description: z.string(),
    })
    .transform(({ publisher_id, ...rest }) => ({ publisherId: publisher_id, ...rest })),
);

/** Answer of `metadata.list_fields`. */
export const FIELDS: z.ZodType<FieldInfo[]> = z.array(
  z.object({ name: z.string(), type: z.string() }),
);

/** Answer of `metadata.list_unit_prices`. */
export const UNIT_PRICES: z.ZodType<UnitPrices[]> = z.array(
  z
    .object({ mode: z.string(), unit_prices: z.record(z.string(), z.number()) })
    .transform(({ mode, unit_prices }) => ({ mode, usdPerGb: unit_prices })),
);

/** Answer of `metadata.get_dataset_condition`. */
export const CONDITIONS: z.ZodType<DatasetCondition[]> = z.array(
  z
    .object({
      date: z.string(),
      condition: z.string(),
      last_modified_date: optional(z.string()),
    })
    .transform(({ date, condition, last_modified_date }) => ({
      date,
      condition,
      lastModifiedDate: last_modified_date,
    })),
);

const span = z
  .object({ start: timestamp, end: timestamp })
  .transform(({ start, end }) => ({ startNs: start, endNs: end }));

/** Answer of `metadata.get_dataset_range`. */
export const DATASET_RANGE: z.ZodType<DatasetRange> = z
  .object({ start: timestamp, end: timestamp, schema: z.record(z.string(), span).default({}) })
  .transform(({ start, end, schema }) => ({ startNs: start, endNs: end, schemas: schema }));

const interval = z
  .object({ d0: dateNumber, d1: dateNumber, s: z.union([z.string(), whole.transform(String)]) })
  .transform(({ d0, d1, s }) => ({ startDate: d0, endDate: d1, symbol: s }));

/** Answer of `symbology.resolve`. */
export const RESOLUTION: z.ZodType<SymbolResolution> = z
  .object({
    result: z.record(z.string(), z.array(interval)),
    partial: NAMES.default([]),
    not_found: NAMES.default([]),
    message: z.string().default(''),
  })
  .transform(({ result, partial, not_found, message }) => ({
    mappings: Object.entries(result).map(([rawSymbol, intervals]) => ({
      rawSymbol,
      intervals: intervals.filter(({ symbol }) => symbol !== ''),
    })),
    partial,
    notFound: not_found,
    message,
  }));

const symbolList = z
  .union([z.string().transform((text) => text.split(',')), z.array(z.coerce.string())])
  .transform((symbols) => symbols.map((symbol) => symbol.trim()));

const jobShape = z.object({
  id: z.string().min(1),
  state: z.enum(['queued', 'processing', 'done', 'expired']),
  dataset: z.string(),
  schema: z.string(),
  symbols: symbolList,
  stype_in: z.string(),
  start: timestamp,
  end: optional(timestamp),
  ts_received: timestamp,
  ts_expiration: optional(timestamp),
  cost_usd: optional(z.number()),
  record_count: optional(whole),
  progress: optional(z.number()),
});

/** A job, as it is submitted, listed or asked for. */
export const JOB: z.ZodType<BatchJob> = z
  .record(z.string(), z.unknown())
  .transform((raw, context) => {
    const { success, data: job, error } = jobShape.safeParse(raw);
    if (!success) {
      for (const { message, path } of error.issues)
        context.addIssue({ code: 'custom', message, path });
      return z.NEVER;
    }
    return {
      id: job.id,
      state: job.state,
      dataset: job.dataset,
      schema: job.schema,
      symbols: job.symbols,
      stypeIn: job.stype_in,
      startNs: job.start,
      endNs: job.end,
      receivedNs: job.ts_received,
      expiresNs: job.ts_expiration,
      costUsd: job.cost_usd,
      recordCount: job.record_count,
      progress: job.progress,
      raw,
    };
  });

/** Answer of `batch.list_jobs`. */
export const JOBS: z.ZodType<BatchJob[]> = z.array(JOB);

/** A name that stays in the folder it is put in. */
const filename = z.string().refine(
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  (name) => /^[^/\\:\u0000-\u001f]{1,255}$/.test(name) && name !== '.' && name !== '..',
  'not a plain file name',
);

/** Answer of `batch.list_files`. */
export const JOB_FILES: z.ZodType<JobFile[]> = z.array(
  z
    .object({
      filename,
      size: whole,
      hash: z.string().regex(/^sha256:[0-9a-fA-F]{64}$/, 'expected "sha256:" and 64 digits'),
      urls: z.object({ https: z.url({ protocol: /^https?$/ }) }),
    })
    .transform(({ filename, size, hash, urls }) => ({
      filename,
      bytes: size,
      sha256: hash.slice('sha256:'.length).toLowerCase(),
      url: urls.https,
    })),
);
