/**
 * A job's files as one ZIP, not compressed, written as it is read. Source: PKWARE APPNOTE 6.3,
 * sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16, 4.5.3.
 */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { StoredFile } from './job-files.ts';

const READ_BYTES = 1024 * 1024;
const LOCAL_MAGIC = 0x04034b50;
const CENTRAL_MAGIC = 0x02014b50;
const END64_MAGIC = 0x06064b50;
const LOCATOR64_MAGIC = 0x07064b50;
const END_MAGIC = 0x06054b50;
const ZIP64_VERSION = 45;
const ZIP64_ID = 1;
const U16_MAX = 0xffff;
const U32_MAX = 0xffffffff;
/** 1980-01-01: the archive of the same files is the same. */
const DOS_DATE = 0x21;
const LOCAL_BYTES = 30 + 20;
const CENTRAL_BYTES = 46 + 28;
const END_BYTES = 56 + 20 + 22;

/** Bytes of the archive. */
export function zipSize(files: readonly StoredFile[]): number {
  const each = files.map((f) => f.bytes + LOCAL_BYTES + CENTRAL_BYTES + 2 * nameOf(f).length);
  return each.reduce((sum, n) => sum + n, END_BYTES);
}

/** The archive, in pieces. */
export async function* zipArchive(
  folder: string,
  files: readonly StoredFile[],
): AsyncGenerator<Uint8Array> {
  const central: Uint8Array[] = [];
  let offset = 0;
  for (const file of files) {
    const local = localHeader(file);
    central.push(centralHeader(file, offset));
    yield local;
    yield* createReadStream(join(folder, file.filename), { highWaterMark: READ_BYTES });
    offset += local.length + file.bytes;
  }
  yield* central;
  yield endRecords(files.length, offset, Buffer.concat(central).length);
}

function nameOf(file: StoredFile): Buffer {
  return Buffer.from(file.filename);
}

function localHeader(file: StoredFile): Buffer {
  const name = nameOf(file);
  const head = Buffer.alloc(LOCAL_BYTES - 20);
  head.writeUInt32LE(LOCAL_MAGIC, 0);
  head.writeUInt16LE(ZIP64_VERSION, 4);
  head.writeUInt16LE(DOS_DATE, 12);
  head.writeUInt32LE(file.crc32, 14);
  head.writeUInt32LE(U32_MAX, 18);
  head.writeUInt32LE(U32_MAX, 22);
  head.writeUInt16LE(name.length, 26);
  head.writeUInt16LE(20, 28);
  return Buffer.concat([head, name, zip64Extra([file.bytes, file.bytes])]);
}

function centralHeader(file: StoredFile, offset: number): Buffer {
  const name = nameOf(file);
  const head = Buffer.alloc(CENTRAL_BYTES - 28);
  head.writeUInt32LE(CENTRAL_MAGIC, 0);
  head.writeUInt16LE(ZIP64_VERSION, 4);
  head.writeUInt16LE(ZIP64_VERSION, 6);
  head.writeUInt16LE(DOS_DATE, 14);
  head.writeUInt32LE(file.crc32, 16);
  head.writeUInt32LE(U32_MAX, 20);
  head.writeUInt32LE(U32_MAX, 24);
  head.writeUInt16LE(name.length, 28);
  head.writeUInt16LE(28, 30);
  head.writeUInt32LE(U32_MAX, 42);
  return Buffer.concat([head, name, zip64Extra([file.bytes, file.bytes, offset])]);
}

function zip64Extra(numbers: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * numbers.length);
  extra.writeUInt16LE(ZIP64_ID, 0);
  extra.writeUInt16LE(8 * numbers.length, 2);
  for (const [i, n] of numbers.entries()) extra.writeBigUInt64LE(BigInt(n), 4 + 8 * i);
  return extra;
}

function endRecords(count: number, at: number, size: number): Buffer {
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(END64_MAGIC, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE(ZIP64_VERSION, 12);
  end.writeUInt16LE(ZIP64_VERSION, 14);
  end.writeBigUInt64LE(BigInt(count), 24);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(size), 40);
  end.writeBigUInt64LE(BigInt(at), 48);
  end.writeUInt32LE(LOCATOR64_MAGIC, 56);
  end.writeBigUInt64LE(BigInt(at + size), 64);
  end.writeUInt32LE(1, 72);
  end.writeUInt32LE(END_MAGIC, 76);
  end.writeUInt16LE(U16_MAX, 84);
  end.writeUInt16LE(U16_MAX, 86);
  end.writeUInt32LE(U32_MAX, 88);
  end.writeUInt32LE(U32_MAX, 92);
  return end;
}
