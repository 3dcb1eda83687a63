/**
 * The DBN decoder on one thread, from memory: to columns, framing alone, back to bytes, and the
 * straightforward way, an object with bigints for each record.
 */
import { readFileSync } from 'node:fs';
import {
  DbnDecoder,
  decodeMetadata,
  decompressZstd,
  initZstd,
  MboColumns,
  readMbo,
  writeMbo,
} from '../src/dbn/index.ts';
import { bench } from './harness.ts';
import { type BenchInput, benchInputs } from './inputs.ts';

/** Records that a run reads at least: a small file is read again and again. */
const RECORDS_A_RUN = 3_000_000;
/** What the specification asks for, records per second. */
const DECODE_AT_LEAST = 60e6;
/** Rows unpacked at a time: a run of records at most. */
const BATCH_ROWS = 4096;

/** Results go here, so that no work is removed. */
const sink = { value: 0 };

/** The fast way: framing and columns in one pass. */
function decodeToColumns(bytes: Uint8Array, columns: MboColumns): void {
  const decoder = new DbnDecoder();
  decoder.write(bytes);
  takeAll(decoder, columns);
}

function takeAll(decoder: DbnDecoder, columns: MboColumns): void {
  for (;;) {
    const rows = decoder.readMbo(columns);
    sink.value += columns.price[0]! + rows;
    if (rows > 0) continue;
    const run = decoder.next();
    if (!run) return;
    readMbo(run, 0, run.count, columns);
  }
}

/** Run by run. */
function decode(bytes: Uint8Array, columns: MboColumns | null): void {
  const decoder = new DbnDecoder();
  decoder.write(bytes);
  for (let run = decoder.next(); run; run = decoder.next()) {
    if (columns) {
      readMbo(run, 0, run.count, columns);
      sink.value += columns.price[0]!;
    }
    sink.value += run.count;
  }
}

interface PlainOrder {
  tsEvent: bigint;
  orderId: bigint;
  price: bigint;
  size: number;
  flags: number;
  action: string;
  side: string;
  tsRecv: bigint;
  tsInDelta: number;
  sequence: number;
}

/** What one would write first: a DataView and an object for every record. */
function decodeToObjects(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let last: PlainOrder | null = null;
  for (let at = decodeMetadata(bytes).length; at < bytes.length; at += bytes[at]! * 4) {
    last = {
      tsEvent: view.getBigUint64(at + 8, true),
      orderId: view.getBigUint64(at + 16, true),
      price: view.getBigInt64(at + 24, true),
      size: view.getUint32(at + 32, true),
      flags: view.getUint8(at + 36),
      action: String.fromCharCode(view.getUint8(at + 38)),
      side: String.fromCharCode(view.getUint8(at + 39)),
      tsRecv: view.getBigUint64(at + 40, true),
      tsInDelta: view.getInt32(at + 48, true),
      sequence: view.getUint32(at + 52, true),
    };
    sink.value += last.size;
  }
}

/** The file in memory, its records on four bytes: where a reader that knows the header puts it. */
function placed(path: string): Uint8Array {
  const file = readFileSync(path);
  const shift = -decodeMetadata(file).length & 3;
  const memory = new Uint8Array(file.length + shift).subarray(shift);
  memory.set(file);
  return memory;
}

async function measureRaw(input: BenchInput): Promise<void> {
  const bytes = placed(input.raw);
  const columns = new MboColumns(BATCH_ROWS, decodeMetadata(bytes).metadata.start);
  const records = new Uint8Array(BATCH_ROWS * 56);
  const times = Math.ceil(RECORDS_A_RUN / input.records);
  const base = {
    group: `DBN decode, ${input.name}, uncompressed`,
    unit: 'records',
    count: input.records * times,
    bytes: bytes.length * times,
  };
  const repeat = (work: () => void) => () => {
    for (let i = 0; i < times; i++) work();
  };
  await bench({
    ...base,
    name: 'to columns, all fields',
    atLeast: DECODE_AT_LEAST,
    run: repeat(() => decodeToColumns(bytes, columns)),
  });
  await bench({
    ...base,
    name: 'to runs, then to columns',
    run: repeat(() => decode(bytes, columns)),
  });
  await bench({ ...base, name: 'framing alone', run: repeat(() => decode(bytes, null)) });
  await bench({
    ...base,
    name: 'columns to records',
    run: () => {
      for (let done = 0; done < base.count; done += BATCH_ROWS) {
        sink.value += writeMbo(columns, 0, columns.length, records).length;
        done += columns.length - BATCH_ROWS;
      }
    },
  });
  await bench({
    ...base,
    name: 'an object a record, DataView and BigInt',
    run: repeat(() => decodeToObjects(bytes)),
  });
}

async function measureZstd(input: BenchInput): Promise<void> {
  const packed = new Uint8Array(readFileSync(input.zst));
  const { start } = decodeMetadata(new Uint8Array(readFileSync(input.raw))).metadata;
  const columns = new MboColumns(BATCH_ROWS, start);
  const base = {
    group: `DBN decode, ${input.name}, zstd`,
    unit: 'records',
    count: input.records,
    bytes: packed.length,
  };
  await bench({
    ...base,
    name: 'decompression alone',
    run: () => {
      for (const piece of decompressZstd([packed])) sink.value += piece.length;
    },
  });
  await bench({
    ...base,
    name: 'to columns, all fields',
    run: () => {
      const decoder = new DbnDecoder();
      for (const piece of decompressZstd([packed])) {
        decoder.write(piece);
        takeAll(decoder, columns);
      }
    },
  });
}

await initZstd();
for (const input of await benchInputs()) {
  await measureRaw(input);
  await measureZstd(input);
}
if (sink.value === 0) console.error('nothing was read');
