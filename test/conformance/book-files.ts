/**
 * Reads whole market-by-order files and comma-separated ones into columns, for the book's
 * conformance tests.
 */
import { readFileSync } from 'node:fs';
import {
  DbnDecoder,
  decompressZstd,
  initZstd,
  isZstd,
  MBO_BYTES,
  MboColumns,
  readMbo,
} from '../../src/dbn/index.ts';

/** Every MBO record of a DBN file; the columns' origin is 00:00 UTC of `date`. */
export async function readMboFile(path: string, date: string): Promise<MboColumns> {
  await initZstd();
  const bytes = new Uint8Array(readFileSync(path));
  const chunks = isZstd(bytes) ? [...decompressZstd([bytes])].map((c) => c.slice()) : [bytes];
  const total = chunks.reduce((n, c) => n + c.length, 0);
  const originNs = BigInt(Date.parse(`${date}T00:00:00Z`)) * 1_000_000n;
  const columns = new MboColumns(Math.ceil(total / MBO_BYTES), originNs);
  const decoder = new DbnDecoder();
  for (const chunk of chunks) {
    decoder.write(chunk);
    for (let run = decoder.next(); run !== null; run = decoder.next()) {
      readMbo(run, 0, run.count, columns, columns.length);
    }
  }
  decoder.end();
  return columns;
}

/** Rows of a comma-separated file as objects. */
export function readCsv(path: string): Record<string, string>[] {
  const [head, ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const names = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, cells[i]]));
  });
}

/** A decimal price as 1e-9 units; empty is undefined. */
export function nano(text: string): number {
  if (text === '') return 2 ** 63;
  const [whole, part = ''] = text.split('.');
  return Number(whole + part.padEnd(9, '0').slice(0, 9));
}

/** ISO time with nine decimals as ns of day. */
export function nsOfDay(text: string): number {
  const [whole, part = ''] = text.split('.');
  const second = Date.parse(`${whole.replace(' ', 'T')}Z`) % 86_400_000;
  return second * 1e6 + Number(part.slice(0, 9).padEnd(9, '0'));
}

/** The columns of MBO rows read from a comma-separated file. */
export function columnsOfCsv(rows: Record<string, string>[]): MboColumns {
  const c = new MboColumns(rows.length);
  rows.forEach((r, i) => {
    const id = BigInt(r.order_id);
    c.tsRecv[i] = nsOfDay(r.ts_recv);
    c.tsEvent[i] = nsOfDay(r.ts_event);
    c.orderIdLo[i] = Number(id & 0xffffffffn);
    c.orderIdHi[i] = Number(id >> 32n);
    c.price[i] = nano(r.price);
    c.size[i] = Number(r.size);
    c.flags[i] = Number(r.flags);
    c.action[i] = r.action.charCodeAt(0);
    c.side[i] = r.side.charCodeAt(0);
    c.sequence[i] = Number(r.sequence);
    c.tsInDelta[i] = Number(r.ts_in_delta);
    c.instrumentId[i] = Number(r.instrument_id);
    c.publisherId[i] = Number(r.publisher_id);
  });
  c.length = rows.length;
  return c;
}
