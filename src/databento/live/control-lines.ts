import { DataError } from '../../core/index.ts';

/** Longest control line, bytes; the published ones have less than 200. */
const MAX_LINE_BYTES = 8192;
const NEWLINE = 0x0a;

/** Bytes of a gateway as lines, until the binary stream starts; what follows a line is kept. */
export class ControlLines {
  private held: Uint8Array = new Uint8Array(0);

  /** Adds what has arrived; copied. */
  push(chunk: Uint8Array): void {
    const joined = new Uint8Array(this.held.length + chunk.length);
    joined.set(this.held);
    joined.set(chunk, this.held.length);
    this.held = joined;
  }

  /**
   * The next whole line without its end, or null.
   * @throws DataError VENDOR_PROTOCOL when a line does not end within 8 KiB.
   */
  next(): string | null {
    const end = this.held.indexOf(NEWLINE);
    const length = end < 0 ? this.held.length : end;
    if (length > MAX_LINE_BYTES) {
      throw new DataError('VENDOR_PROTOCOL', 'What answers is not a live gateway', {
        found: `${length} bytes without an end of line`,
        expected: `control lines of at most ${MAX_LINE_BYTES} bytes`,
      });
    }
    if (end < 0) return null;
    const line = new TextDecoder().decode(this.held.subarray(0, end));
    this.held = this.held.subarray(end + 1);
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }

  /** Takes the bytes behind the last line. */
  rest(): Uint8Array {
    const rest = this.held;
    this.held = new Uint8Array(0);
    return rest;
  }
}

/** `key=value|key=value` as a map; empty parts, as a trailing bar leaves one, are skipped. */
export function controlFields(line: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const part of line.split('|')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    fields.set(at < 0 ? part : part.slice(0, at), at < 0 ? '' : part.slice(at + 1));
  }
  return fields;
}
