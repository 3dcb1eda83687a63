/**
 * A query's records as DBN: the header as a zstd frame of its own, then a frame for each UTC day,
 * larger days in several. What of a file passes whole goes out as it lies on disk.
 */
import { createReadStream } from 'node:fs';
import {
  DbnEncoder,
  type DbnVersion,
  type FrameCompressor,
  layoutOf,
  metadataLength,
  rtypeOf,
  runBytes,
  zstdCompressor,
} from '../../dbn/index.ts';
import type { DataFile } from '../data-folder-index.ts';
import { dayOf, indexTimeOf, indexWordOf } from '../data-folder-time.ts';
import { type DataQuery, headerOf } from './data-query.ts';
import { recordFramesOffset } from './first-frame.ts';
import { InstrumentFilter, selectRecords } from './select-records.ts';

/** Bytes read at a time of a file that goes out as it lies. */
const READ_BYTES = 1024 * 1024;
/** Most bytes of records in a frame. */
const FRAME_BYTES = 4 * 1024 * 1024;
/** Runs between which other work is let in. */
const RUNS_PER_BREATH = 64;
/** Level of zstd: a stream waits for it. */
const ZSTD_LEVEL = 1;
/** Bytes of a header that tell its length. */
const PRELUDE_BYTES = 8;

/** How DBN is written. */
export interface DbnForm {
  version: DbnVersion;
  compressed: boolean;
}

/** A part of a file that goes out as it lies. */
interface Verbatim {
  path: string;
  offset: number;
}

/**
 * The body, in pieces.
 * @throws DataError DBN_ENCODE when the version cannot hold a record.
 */
export async function* dbnBody(query: DataQuery, form: DbnForm): AsyncGenerator<Uint8Array> {
  const compress = form.compressed ? await zstdCompressor(ZSTD_LEVEL) : undefined;
  const verbatim = await verbatimParts(query, form);
  if (!verbatim) {
    yield* encoded(query, form, compress);
    return;
  }
  yield* headerPieces(query, form, compress);
  for (const { path, offset } of verbatim) {
    yield* createReadStream(path, { start: offset, highWaterMark: READ_BYTES });
  }
}

function headerPieces(
  query: DataQuery,
  form: DbnForm,
  compress: FrameCompressor | undefined,
): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  encoderTo(pieces, query, form, compress).end();
  return pieces;
}

function encoderTo(
  pieces: Uint8Array[],
  query: DataQuery,
  form: DbnForm,
  compress: FrameCompressor | undefined,
): DbnEncoder {
  const { version } = form;
  return new DbnEncoder((piece) => pieces.push(piece), headerOf(query, version), {
    version,
    frameBytes: FRAME_BYTES,
    ...(compress ? { compress } : {}),
  });
}

async function* encoded(
  query: DataQuery,
  form: DbnForm,
  compress: FrameCompressor | undefined,
): AsyncGenerator<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const encoder = encoderTo(pieces, query, form, compress);
  let day = -1;
  let runs = 0;
  for (const run of selectRecords(query, form.version)) {
    const word = indexWordOf(run.rtype, run.version);
    const dayAt = (i: number) => dayOf(indexTimeOf(run, i, word));
    for (let from = 0; from < run.count; ) {
      const today = dayAt(from);
      let to = dayAt(run.count - 1) === today ? run.count : from + 1;
      while (to < run.count && dayAt(to) === today) to++;
      if (today !== day) encoder.endFrame();
      day = today;
      encoder.writeBytes(runBytes(run, from, to));
      from = to;
    }
    while (pieces.length > 0) yield pieces.shift()!;
    if (++runs % RUNS_PER_BREATH === 0) await new Promise((done) => setImmediate(done));
  }
  encoder.end();
  yield* pieces;
}

/** The files as they lie, when nothing of them is left out, changed or interleaved; else null. */
async function verbatimParts(query: DataQuery, form: DbnForm): Promise<Verbatim[] | null> {
  const { span, schema } = query;
  const touched = query.files
    .filter((f) => f.records > 0 && f.firstNs < span.to && f.lastNs >= span.from)
    .sort((a, b) => (a.firstNs < b.firstNs ? -1 : 1));
  if (query.limit !== null || touched.length === 0) return null;
  const filter = new InstrumentFilter(query);
  const rtype = rtypeOf(schema);
  const parts: Verbatim[] = [];
  for (const [i, file] of touched.entries()) {
    const inside = file.firstNs >= span.from && file.lastNs < span.to;
    const before = touched[i - 1];
    const alone = !before || before.lastNs < file.firstNs;
    const { metadata } = file;
    const alike = layoutOf(rtype, metadata.version) === layoutOf(rtype, form.version);
    if (!inside || !alone || !alike || metadata.tsOut || file.truncated) return null;
    if (!filter.wantsAllOf(file)) return null;
    const offset = await recordsOffset(file, form.compressed);
    if (offset === null) return null;
    parts.push({ path: file.path, offset });
  }
  return parts;
}

async function recordsOffset(file: DataFile, compressed: boolean): Promise<number | null> {
  const isCompressed = file.path.endsWith('.zst');
  if (isCompressed !== compressed) return null;
  if (isCompressed) return recordFramesOffset(file.path);
  for await (const head of createReadStream(file.path, { end: PRELUDE_BYTES - 1 })) {
    return metadataLength(head);
  }
  return null;
}
