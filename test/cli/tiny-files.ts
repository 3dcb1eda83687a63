import { writeFileSync } from 'node:fs';
import {
  ACTION,
  DbnEncoder,
  type DbnVersion,
  FLAG,
  MboColumns,
  makeMetadata,
  SIDE,
  zstdCompressor,
} from '../../src/dbn/index.ts';

/** One record of a made file; what is left out has a sensible value. */
export interface TinyRecord {
  action: keyof typeof ACTION;
  side?: keyof typeof SIDE;
  id?: number;
  /** Currency. */
  price?: number;
  size?: number;
  /** Milliseconds after 14:30:00 UTC. */
  ms?: number;
  flags?: number;
  instrumentId?: number;
  publisherId?: number;
}

/** 2026-01-05T00:00:00Z. */
export const ORIGIN_NS = 1_767_571_200_000_000_000n;
const OPEN_NS = 52_200e9;

/**
 * A small market: a snapshot of two bids and two asks, an add, a trade that fills an ask, a cancel.
 */
export const TINY_MARKET: readonly TinyRecord[] = [
  { action: 'CLEAR', side: 'NONE', flags: FLAG.SNAPSHOT },
  { action: 'ADD', side: 'BID', id: 1, price: 6950, size: 5, flags: FLAG.SNAPSHOT },
  { action: 'ADD', side: 'BID', id: 2, price: 6949.75, size: 7, flags: FLAG.SNAPSHOT },
  { action: 'ADD', side: 'ASK', id: 3, price: 6950.25, size: 4, flags: FLAG.SNAPSHOT },
  {
    action: 'ADD',
    side: 'ASK',
    id: 4,
    price: 6950.5,
    size: 6,
    flags: FLAG.SNAPSHOT | FLAG.LAST,
  },
  { action: 'ADD', side: 'BID', id: 5, price: 6950, size: 2, ms: 100 },
  { action: 'TRADE', side: 'BID', price: 6950.25, size: 4, ms: 200, flags: 0 },
  { action: 'FILL', side: 'ASK', id: 3, price: 6950.25, size: 4, ms: 200, flags: 0 },
  { action: 'CANCEL', side: 'ASK', id: 3, price: 6950.25, size: 4, ms: 200 },
  { action: 'CANCEL', side: 'BID', id: 2, price: 6949.75, size: 7, ms: 1500 },
];

/** Columns of made records. */
export function columnsOf(records: readonly TinyRecord[]): MboColumns {
  const c = new MboColumns(Math.max(1, records.length), ORIGIN_NS);
  for (const [i, r] of records.entries()) {
    const ns = OPEN_NS + (r.ms ?? 0) * 1e6;
    c.tsRecv[i] = ns;
    c.tsEvent[i] = ns - 100_000;
    c.orderIdLo[i] = r.id ?? 0;
    c.price[i] = r.price === undefined ? 2 ** 63 : Math.round(r.price * 1e9);
    c.size[i] = r.size ?? 0;
    c.flags[i] = r.flags ?? FLAG.LAST;
    c.action[i] = ACTION[r.action];
    c.side[i] = SIDE[r.side ?? 'NONE'];
    c.tsInDelta[i] = 12_000;
    c.sequence[i] = i + 1;
    c.instrumentId[i] = r.instrumentId ?? 77;
    c.publisherId[i] = r.publisherId ?? 1;
  }
  c.length = records.length;
  return c;
}

/** How a made file differs from the usual one. */
export interface TinyFileOptions {
  version?: DbnVersion;
  schema?: 'mbo' | 'trades';
  symbols?: Record<string, number>;
}

/** The bytes of a made file. */
export function tinyBytes(
  records: readonly TinyRecord[] = TINY_MARKET,
  options: TinyFileOptions = {},
): Uint8Array {
  const pieces: Uint8Array[] = [];
  const symbols = options.symbols ?? { ESH6: 77 };
  const metadata = makeMetadata({
    version: options.version ?? 3,
    dataset: 'GLBX.MDP3',
    schema: options.schema ?? 'mbo',
    start: ORIGIN_NS,
    end: ORIGIN_NS + 86_400_000_000_000n,
    symbols: Object.keys(symbols),
    mappings: Object.entries(symbols).map(([rawSymbol, id]) => ({
      rawSymbol,
      intervals: [{ startDate: 20_260_105, endDate: 20_260_106, symbol: String(id) }],
    })),
  });
  const encoder = new DbnEncoder((piece) => pieces.push(piece), metadata);
  encoder.writeMbo(columnsOf(records));
  encoder.end();
  return Uint8Array.from(pieces.flatMap((p) => [...p]));
}

/** Writes bytes, as one zstd frame where the name ends in .zst; returns the path. */
export async function writeTiny(path: string, bytes: Uint8Array = tinyBytes()): Promise<string> {
  writeFileSync(path, path.endsWith('.zst') ? (await zstdCompressor())(bytes) : bytes);
  return path;
}
