/**
 * Text in DBN: fixed-width fields padded with NUL, one byte a character. Bytes above 127 map to the
 * code point of the same number, so that whatever was read is written back the same.
 */

/** The text of a fixed-width field: up to its first NUL or `size` bytes. */
export function readText(bytes: Uint8Array, at: number, size: number): string {
  let end = at;
  while (end < at + size && bytes[end] !== 0) end++;
  // Types say number[], but any array-like of numbers does.
  return String.fromCharCode.apply(null, bytes.subarray(at, end) as unknown as number[]);
}

/** True when `text` fits a field of `size` bytes: one byte a character, a NUL left at its end. */
export function fitsText(text: string, size: number): boolean {
  if (text.length >= size) return false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0 || c > 255) return false;
  }
  return true;
}

/** Writes `text` and pads it with NUL to `size` bytes; the caller has checked `fitsText`. */
export function writeText(bytes: Uint8Array, at: number, size: number, text: string): void {
  for (let i = 0; i < size; i++) bytes[at + i] = i < text.length ? text.charCodeAt(i) : 0;
}

/**
 * What a text's bytes say when they are UTF-8, for printing; empty when they are not, as in the
 * vendor's tools.
 */
export function utf8Of(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; ) {
    const lead = text.charCodeAt(i++);
    if (lead < 0x80) {
      out += String.fromCharCode(lead);
      continue;
    }
    const more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || i + more > text.length) return '';
    let code = lead & (0x3f >> more);
    for (const end = i + more; i < end; i++) {
      const next = text.charCodeAt(i);
      if ((next & 0xc0) !== 0x80) return '';
      code = (code << 6) | (next & 0x3f);
    }
    const least = [0, 0x80, 0x800, 0x10000][more]!;
    if (code < least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return '';
    out += String.fromCodePoint(code);
  }
  return out;
}
