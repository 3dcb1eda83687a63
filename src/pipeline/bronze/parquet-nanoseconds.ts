/**
 * DuckDB reads a timestamp of nanoseconds whole when it is local, and cut to microseconds when it
 * is UTC, as the vendor's client writes them. The difference is one bit of the file's footer.
 */
import { closeSync, copyFileSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { OperatingError } from '../../core/index.ts';

/** Bytes behind the footer: its length and the magic. */
const TAIL_BYTES = 8;
/** A footer above this is no file of records. */
const MAX_FOOTER_BYTES = 64 * 1024 * 1024;
/**
 * Thrift's compact form of `TimestampType { isAdjustedToUTC: true, unit: NANOS {} }`; these control
 * bytes occur in no text. Source: apache/parquet-format `parquet.thrift`.
 */
const UTC_NANOS = Uint8Array.of(0x11, 0x1c, 0x3c, 0x00, 0x00, 0x00);
const LOCAL = 0x12;

function readFooter(fd: number, size: number): { footer: Buffer; at: number } | null {
  if (size < TAIL_BYTES) return null;
  const tail = Buffer.alloc(TAIL_BYTES);
  readSync(fd, tail, 0, TAIL_BYTES, size - TAIL_BYTES);
  const length = tail.readUInt32LE(0);
  const at = size - TAIL_BYTES - length;
  if (tail.toString('latin1', 4) !== 'PAR1' || at < 0 || length > MAX_FOOTER_BYTES) return null;
  const footer = Buffer.alloc(length);
  readSync(fd, footer, 0, length, at);
  return { footer, at };
}

/** Offsets in a file of its timestamps of nanoseconds in UTC. */
function offsetsOf(path: string): number[] {
  const fd = openSync(path, 'r');
  try {
    const found = readFooter(fd, statSync(path).size);
    const offsets: number[] = [];
    if (!found) return offsets;
    const { footer, at } = found;
    for (let i = footer.indexOf(UTC_NANOS); i >= 0; i = footer.indexOf(UTC_NANOS, i + 1)) {
      offsets.push(at + i);
    }
    return offsets;
  } finally {
    closeSync(fd);
  }
}

/**
 * A path under which DuckDB reads the nanoseconds of a file whole: the file itself, or a copy at
 * `copy` whose footer says so. The file is not changed.
 * @throws OperatingError FILE_READ
 */
export function nanosecondCopy(path: string, copy: string): string {
  try {
    const offsets = offsetsOf(path);
    if (offsets.length === 0) return path;
    copyFileSync(path, copy);
    const fd = openSync(copy, 'r+');
    try {
      for (const at of offsets) writeSync(fd, Uint8Array.of(LOCAL), 0, 1, at);
    } finally {
      closeSync(fd);
    }
    return copy;
  } catch (cause) {
    throw new OperatingError('FILE_READ', `${path}: ${(cause as Error).message}`, { cause });
  }
}
