/**
 * The files of a finished job. Source: Databento docs, Historical API, batch downloads.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { DbnVersion } from '../../dbn/index.ts';
import type { DataFile } from '../data-folder-index.ts';
import type { DataQuery } from './data-query.ts';
import { conditionsOf } from './dataset-condition.ts';
import { dbnBody } from './dbn-body.ts';
import { jobParts } from './job-parts.ts';
import type { JobForm, JobRequest } from './job-request.ts';
import { daysOf } from './query-time.ts';
import { ALL_SYMBOLS } from './request-fields.ts';
import { symbologyAnswer } from './symbology-answer.ts';
import { textBody } from './text-body.ts';

/** Version of metadata.json. */
const METADATA_VERSION = 1;
const INDENT = 4;

/** A file of a job. */
export interface StoredFile {
  filename: string;
  bytes: number;
  /** Lower-case hex. */
  sha256: string;
  crc32: number;
}

/** Where a job's files are fetched. */
export type UrlOf = (filename: string) => { https: string; ftp: string };

/** A row of `batch.list_files` and of manifest.json. */
export function listedFile(file: StoredFile, urls: UrlOf) {
  const { filename, bytes, sha256 } = file;
  return { filename, size: bytes, hash: `sha256:${sha256}`, urls: urls(filename) };
}

/** The body of a part of a job, or of a stream, in pieces. */
export function bodyOf(
  query: DataQuery,
  form: Pick<JobForm, 'encoding' | 'compression' | 'prettyPrices' | 'prettyTimes' | 'mapSymbols'>,
  version: DbnVersion,
): AsyncGenerator<Uint8Array> {
  const { encoding, prettyPrices, prettyTimes, mapSymbols } = form;
  const compressed = form.compression === 'zstd';
  if (encoding === 'dbn') return dbnBody(query, { version, compressed });
  const text = { prettyPrices, prettyTimes, mapSymbols };
  return textBody(query, { encoding, version, compressed, ...text });
}

/**
 * Makes the files of a job in `folder`, which appears when they are all there.
 * @throws DataError, OperatingError when the data cannot be read or written.
 */
export async function makeJobFiles(
  folder: string,
  jobId: string,
  request: JobRequest,
  options: { version: DbnVersion; conditionFiles: readonly DataFile[]; urls: UrlOf },
): Promise<StoredFile[]> {
  const making = `${folder}.making`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { recursive: true });
  const { query, form } = request;
  const days = daysOf(query.span.from, query.span.to);
  const json = (name: string, value: unknown) =>
    store(join(making, name), name, [Buffer.from(jsonText(value))]);
  const symbology = symbologyAnswer(query.resolution, query.stypeIn, query.stypeOut, days);
  const files = [
    await json('condition.json', conditionsOf(options.conditionFiles, days)),
    await json('metadata.json', metadataJson(jobId, request)),
    await json('symbology.json', symbology),
  ];
  for (const part of jobParts(query, form)) {
    const body = bodyOf(part.query, form, options.version);
    files.push(await store(join(making, part.filename), part.filename, body));
  }
  const manifest = { job_id: jobId, files: files.map((f) => listedFile(f, options.urls)) };
  files.push(await json('manifest.json', manifest));
  await rm(folder, { recursive: true, force: true });
  await rename(making, folder);
  return files;
}

/** A number of more digits than a double holds, for `jsonText`. */
function bareNumber(n: bigint): string {
  return `#${n}#`;
}

function jsonText(value: unknown): string {
  return JSON.stringify(value, null, INDENT).replaceAll(/"#(\d+)#"/g, '$1');
}

async function store(
  path: string,
  filename: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<StoredFile> {
  const out = createWriteStream(path);
  const hash = createHash('sha256');
  let [bytes, crc] = [0, 0];
  for await (const piece of pieces) {
    hash.update(piece);
    crc = crc32(piece, crc);
    bytes += piece.length;
    if (!out.write(piece)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
  return { filename, bytes, sha256: hash.digest('hex'), crc32: crc };
}

function metadataJson(jobId: string, { query, form }: JobRequest) {
  return {
    version: METADATA_VERSION,
    job_id: jobId,
    query: {
      dataset: query.dataset,
      schema: query.schema,
      symbols: query.resolution.symbols ?? [ALL_SYMBOLS],
      stype_in: query.stypeIn,
      stype_out: query.stypeOut,
      start: bareNumber(query.span.from),
      end: bareNumber(query.span.to),
      limit: query.limit,
      encoding: form.encoding,
      compression: form.compression,
    },
    customizations: {
      pretty_px: form.prettyPrices,
      pretty_ts: form.prettyTimes,
      map_symbols: form.mapSymbols,
      split_symbols: form.splitSymbols,
      split_duration: form.splitDuration,
      split_size: form.splitSize,
      packaging: null,
      delivery: 'download',
    },
  };
}
