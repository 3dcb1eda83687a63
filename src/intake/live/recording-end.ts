/**
 * Where the whole records of a recording end, whatever a crash left behind them.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { DataError } from '../../core/index.ts';
import { DbnDecoder, type DbnVersion, HEADER_BYTES, type Metadata } from '../../dbn/index.ts';
import { FileChunks } from '../../feed/index.ts';
import { isControl, RecordWalk, timeOf } from './record-walk.ts';
import { readNotes } from './recording-notes.ts';

/** Bytes read at once. */
const SCAN_BYTES = 1024 * 1024;

/** The end of a recording. */
export interface RecordingEnd {
  /** Offset behind the last whole record, bytes. */
  end: number;
  /** Index time of the newest record of a schema, Unix ns; null when there is none. */
  lastNs: bigint | null;
}

/** The end of a file's recording; null for a file that is none, or of another form. */
export function wholeEnd(path: string, metadata: Metadata): RecordingEnd | null {
  const notes = readNotes(path);
  if (notes.length === 0) return null;
  const { version, tsOut, dataset } = headerOf(path);
  const alike = dataset === metadata.dataset && tsOut === metadata.tsOut;
  if (!alike || version !== metadata.version) return null;
  const { size } = statSync(path);
  // Records follow a connection: from the last one on, the newest record is met.
  const from = notes.filter((n) => n.type === 'connected' && n.offset <= size).at(-1) ?? notes[0];
  return walkToEnd(path, from?.offset ?? 0, version);
}

function headerOf(path: string): Metadata {
  const file = new FileChunks(path);
  const decoder = new DbnDecoder();
  try {
    for (const chunk of file) {
      decoder.write(chunk);
      if (decoder.metadata) return decoder.metadata;
    }
    throw new DataError('DBN_METADATA', 'a recording without its header', { file: path });
  } finally {
    file.close();
  }
}

/** Follows record by record from a record's start to the end of the last whole one. */
function walkToEnd(path: string, from: number, version: DbnVersion): RecordingEnd {
  const fd = openSync(path, 'r');
  const chunk = new Uint8Array(SCAN_BYTES);
  let end = from;
  let lastNs: bigint | null = null;
  try {
    for (;;) {
      const n = readSync(fd, chunk, 0, SCAN_BYTES, end);
      const whole = wholeBytes(chunk, n);
      if (whole === 0) return { end, lastNs };
      lastNs = newestOf(chunk.subarray(0, whole), version) ?? lastNs;
      end += whole;
    }
  } finally {
    closeSync(fd);
  }
}

function wholeBytes(chunk: Uint8Array, n: number): number {
  let at = 0;
  while (at < n) {
    const size = (chunk[at] as number) * 4;
    if (size < HEADER_BYTES || at + size > n) break;
    at += size;
  }
  return at;
}

function newestOf(records: Uint8Array, version: DbnVersion): bigint | null {
  const walk = new RecordWalk(records, version);
  const newest = { high: -1, low: 0 };
  while (walk.next()) {
    const { rtype, high, low } = walk.head;
    if (isControl(rtype)) continue;
    if (high > newest.high || (high === newest.high && low > newest.low)) {
      Object.assign(newest, { high, low });
    }
  }
  return newest.high < 0 ? null : timeOf(newest);
}
