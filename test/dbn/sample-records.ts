import type { Prng } from '../../src/core/index.ts';
import { type DbnVersion, type Field, HEADER_BYTES, layoutOf, RTYPE } from '../../src/dbn/index.ts';

/** Every record type that is known. */
export const RTYPES: readonly number[] = Object.values(RTYPE);

const SIZES: Record<string, number> = { u8: 1, i8: 1, u16: 2, i16: 2, u32: 4, i32: 4, char: 1 };

function fill(bytes: Uint8Array, field: Field, base: number, random: Prng): void {
  const at = base + field.at;
  if (field.type === 'zero') return;
  if (field.type === 'text') {
    const length = random.int(field.size!);
    for (let i = 0; i < length; i++) bytes[at + i] = 32 + random.int(95);
    return;
  }
  if (field.type === 'char') {
    const set = field.name === 'security_update_action' || field.name === 'user_defined_instrument';
    bytes[at] = !set && random.int(4) === 0 ? 0 : 65 + random.int(26);
    return;
  }
  // All ones and zeros are the values that mean undefined: they come up often.
  const kind = random.int(4);
  const size = SIZES[field.type] ?? 8;
  for (let i = 0; i < size; i++) {
    bytes[at + i] = kind === 0 ? 0xff : kind === 1 ? 0 : random.int(256);
  }
  if (kind === 0 && field.type.match(/^i|price/)) bytes[at + size - 1] = 0x7f;
}

/** A record with a random value in every field, undefined ones among them. */
export function sampleRecord(
  rtype: number,
  version: DbnVersion,
  tsOut: boolean,
  random: Prng,
): Uint8Array {
  const layout = layoutOf(rtype, version)!;
  const size = layout.size + (tsOut ? 8 : 0);
  const bytes = new Uint8Array(size);
  for (let i = 2; i < HEADER_BYTES; i++) bytes[i] = random.int(256);
  for (const field of layout.fields) fill(bytes, field, 0, random);
  for (let n = 0; n < (layout.levels?.count ?? 0); n++) {
    for (const field of layout.levels!.fields) {
      fill(bytes, field, layout.levels!.at + n * 32, random);
    }
  }
  for (let i = layout.size; i < size; i++) bytes[i] = random.int(256);
  bytes[0] = size / 4;
  bytes[1] = rtype;
  return bytes;
}

/** Byte strings one behind the other. */
export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
