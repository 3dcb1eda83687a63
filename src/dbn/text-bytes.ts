/**
 * Text in DBN: fixed-width fields padded with NUL, one byte a character. Bytes above 127 map to the code point of the
 * same number, so that whatever was read is written back the same.
 */

/** The text of a fixed-width field: up to its first NUL or `size` bytes. */
export function readText(bytes: Uint8Array, at: number, size: number): string {
  let text = '';
  for (let i = at; i < at + size; i++) {
    const c = bytes[i]!;
    if (c === 0) break;
    text += String.fromCharCode(c);
  }
  return text;
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
