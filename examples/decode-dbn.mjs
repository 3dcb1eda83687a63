/**
 * Reads a DBN file of any schema with `spymaster/dbn` and prints what is in it.
 *
 *   node examples/decode-dbn.mjs FILE
 */
import { closeSync, openSync, readSync } from 'node:fs';
import {
  DbnDecoder,
  decodeRecord,
  decompressZstd,
  initZstd,
  isZstd,
  MboColumns,
  RTYPE,
  readMbo,
  ZstdTruncated,
} from 'spymaster/dbn';

const CHUNK_BYTES = 256 * 1024;

/** The file in chunks: memory stays flat however long it is. */
function* chunksOf(path) {
  const file = openSync(path, 'r');
  try {
    while (true) {
      const chunk = new Uint8Array(CHUNK_BYTES);
      const length = readSync(file, chunk);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}

function* decompressed(path) {
  let first = true;
  for (const chunk of chunksOf(path)) {
    if (first && isZstd(chunk)) {
      try {
        yield* decompressZstd(chunksOf(path));
      } catch (error) {
        if (!(error instanceof ZstdTruncated)) throw error;
        console.log('the file is cut short; every whole record before the cut follows');
      }
      return;
    }
    first = false;
    yield chunk;
  }
}

await initZstd();
const decoder = new DbnDecoder();
// One record at a time is friendly; columns are fast. Columns are refilled, never made again.
const columns = new MboColumns(4096);
const counts = new Map();
let lots = 0;
let shown = false;

for (const chunk of decompressed(process.argv[2])) {
  decoder.write(chunk);
  for (let run = decoder.next(); run; run = decoder.next()) {
    counts.set(run.rtype, (counts.get(run.rtype) ?? 0) + run.count);
    if (!shown) console.log('first record:', decodeRecord(run, 0));
    shown = true;
    if (run.rtype !== RTYPE.MBO) continue;
    for (let from = 0; from < run.count; from += columns.capacity) {
      readMbo(run, from, Math.min(from + columns.capacity, run.count), columns);
      for (let i = 0; i < columns.length; i++) lots += columns.size[i];
    }
  }
}
const { truncated, offset } = decoder.end();
const { dataset, schema, version, symbols } = decoder.metadata;
console.log({ dataset, schema, version, symbols: symbols.slice(0, 5), truncated, bytes: offset });
for (const [rtype, count] of counts) {
  console.log(`rtype 0x${rtype.toString(16)}: ${count} records`);
}
if (counts.has(RTYPE.MBO)) console.log(`${lots} lots in all MBO records`);
