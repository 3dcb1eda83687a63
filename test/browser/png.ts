import { inflateSync } from 'node:zlib';

/** A picture: 8 bits a channel, rows from the top. */
export interface Picture {
  width: number;
  height: number;
  /** [height x width x channels] */
  bytes: Uint8Array;
  channels: number;
}

function paeth(a: number, b: number, c: number): number {
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}

function unfilter(raw: Uint8Array, stride: number, height: number, channels: number): Uint8Array {
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const kind = raw[y * (stride + 1)]!;
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x >= channels ? out[at - channels]! : 0;
      const up = y > 0 ? out[at - stride]! : 0;
      const corner = x >= channels && y > 0 ? out[at - stride - channels]! : 0;
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][kind]!;
      out[at] = raw[y * (stride + 1) + 1 + x]! + predicted;
    }
  }
  return out;
}

/** Decodes the PNG files that browsers write for screenshots: 8-bit RGB or RGBA, not interlaced. */
export function decodePng(file: Buffer): Picture {
  const width = file.readUInt32BE(16);
  const height = file.readUInt32BE(20);
  const channels = file[25] === 6 ? 4 : 3;
  const parts: Buffer[] = [];
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    if (file.toString('latin1', at + 4, at + 8) === 'IDAT') {
      parts.push(file.subarray(at + 8, at + 8 + length));
    }
    at += length + 12;
  }
  const raw = inflateSync(Buffer.concat(parts));
  return { width, height, channels, bytes: unfilter(raw, width * channels, height, channels) };
}

/** Red, green and blue of a pixel. */
export function pixel(p: Picture, x: number, y: number): [number, number, number] {
  const at = (y * p.width + x) * p.channels;
  return [p.bytes[at]!, p.bytes[at + 1]!, p.bytes[at + 2]!];
}

/** Share of pixels that differ by more than `tolerance` in a channel. */
export function difference(a: Picture, b: Picture, tolerance: number): number {
  let differing = 0;
  for (let y = 0; y < a.height; y++) {
    for (let x = 0; x < a.width; x++) {
      const p = pixel(a, x, y);
      const q = pixel(b, x, y);
      if (p.some((v, i) => Math.abs(v - q[i]!) > tolerance)) differing++;
    }
  }
  return differing / (a.width * a.height);
}
