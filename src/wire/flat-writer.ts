/**
 * Writes FlatBuffers front to back, for metadata that never changes: tables first, what they refer
 * to later.
 *
 * Format: flatbuffers.dev "internals". Offsets from tables are forward and unsigned, so a string,
 * vector or table that several tables share is written once, after all of them.
 */
export class FlatWriter {
  /** Bytes written so far; the next write goes here. */
  pos = 0;
  private readonly view: DataView;

  /** @param capacity bytes; writing past it throws RangeError. */
  constructor(capacity: number) {
    this.view = new DataView(new ArrayBuffer(capacity));
  }

  /** Skips zero bytes until `pos % unit === rest`. */
  align(unit: number, rest = 0): void {
    while (this.pos % unit !== rest) this.pos++;
  }

  /** Writes an unsigned byte at `at`. */
  u8(at: number, value: number): void {
    this.view.setUint8(at, value);
  }

  /** Writes a 16-bit integer at `at`. */
  i16(at: number, value: number): void {
    this.view.setInt16(at, value, true);
  }

  /** Writes a 32-bit integer at `at`. */
  i32(at: number, value: number): void {
    this.view.setInt32(at, value, true);
  }

  /** Writes a non-negative integer below 2^53 as 64 bits at `at`. */
  i64(at: number, value: number): void {
    this.view.setUint32(at, value % 4294967296, true);
    this.view.setUint32(at + 4, Math.floor(value / 4294967296), true);
  }

  /** Makes the offset at `at` point to `target`. */
  refer(at: number, target: number): void {
    this.view.setUint32(at, target - at, true);
  }

  /** Writes a vtable (offset of each slot in its table, 0 = absent) and returns where it is. */
  vtable(tableBytes: number, slots: readonly number[]): number {
    this.align(2);
    const at = this.pos;
    this.i16(at, 4 + 2 * slots.length);
    this.i16(at + 2, tableBytes);
    for (let s = 0; s < slots.length; s++) this.i16(at + 4 + 2 * s, slots[s]);
    this.pos += 4 + 2 * slots.length;
    return at;
  }

  /**
   * Starts a table of `tableBytes` on an 8-byte boundary and returns where it is; the caller fills
   * its fields.
   */
  table(vtable: number, tableBytes: number): number {
    this.align(8);
    const at = this.pos;
    this.i32(at, at - vtable);
    this.pos += tableBytes;
    return at;
  }

  /** Starts a vector whose elements lie on `unit` bytes and returns where its first element is. */
  vector(length: number, elementBytes: number, unit: number): number {
    this.align(Math.max(unit, 4), unit > 4 ? unit - 4 : 0);
    this.i32(this.pos, length);
    const first = this.pos + 4;
    this.pos = first + length * elementBytes;
    return first;
  }

  /** Writes an ASCII string and returns where it is. */
  string(text: string): number {
    const first = this.vector(text.length, 1, 4);
    for (let i = 0; i < text.length; i++) this.u8(first + i, text.charCodeAt(i));
    this.pos++;
    return first - 4;
  }

  /** The bytes written, padded to a multiple of 8. */
  finish(): Uint8Array {
    this.align(8);
    return new Uint8Array(this.view.buffer, 0, this.pos);
  }
}
