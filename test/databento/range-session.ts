/** What the tests of `get_range` share: records, streams of them, and servers that cut them. */
import { expect } from 'vitest';
import type { DataRequest, RangeOptions, RangeStream } from '../../src/databento/index.ts';
import { MBO_BYTES, MboColumns, writeMbo } from '../../src/dbn/index.ts';
import { DAY_NS, encodeRange, mboRecords, selected } from './range-vendor.ts';
import { type Answer, type Asked, bytes, clientOf, json } from './scripted-server.ts';

/** What the tests ask for. */
export const REQUEST: DataRequest = {
  dataset: 'GLBX.MDP3',
  schema: 'mbo',
  symbols: ['ESH6'],
  stypeIn: 'raw_symbol',
  start: '2026-01-05',
};

/** Index times with ties: one to five records an instant. */
export const TIMES = Array.from(
  { length: 6000 },
  (_, i) => Math.floor(i / (1 + (i % 5))) * 1000,
).sort((a, b) => a - b);
/** The records of those times. */
export const RECORDS = mboRecords(TIMES);

/** Every record of a stream, batch by batch. */
export async function readAll(stream: RangeStream): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const { bytes: piece, count } of stream) {
    expect(piece.length).toBe(count * MBO_BYTES);
    pieces.push(piece.slice());
  }
  return Buffer.concat(pieces);
}

/** Every record of a stream, by way of columns. */
export async function fillAll(stream: RangeStream, capacity: number): Promise<Uint8Array> {
  const columns = new MboColumns(capacity, DAY_NS);
  const pieces: Uint8Array[] = [];
  while ((await stream.fill(columns)) > 0)
    pieces.push(writeMbo(columns, 0, columns.length).slice());
  return Buffer.concat(pieces);
}

/** Serves what is asked for, cut after a part of its bytes; the last answers are whole. */
export function cutting(parts: readonly number[], how: 'length' | 'chunked' = 'length'): Answer[] {
  const whole: Answer = async (asked, response) => {
    const records = selected(RECORDS, asked);
    if (asked.path.endsWith('count')) return json(records.length / MBO_BYTES)(asked, response);
    return bytes(await encodeRange(records))(asked, response);
  };
  const cuts = parts.map(
    (part): Answer =>
      async (asked, response) => {
        const body = await encodeRange(selected(RECORDS, asked));
        response.writeHead(200, how === 'length' ? { 'content-length': body.length } : {});
        const end = Math.min(body.length - 1, Math.floor(body.length * part));
        response.write(body.subarray(0, end), () => response.socket?.end());
      },
  );
  return [...cuts, whole];
}

/** A stream from a server that gives these answers. */
export async function getRange(
  answers: Answer[],
  options: RangeOptions = {},
  request: Partial<DataRequest> = {},
): Promise<{ stream: RangeStream; asked: Asked[]; notices: string[] }> {
  const { client, asked, notices } = await clientOf(answers);
  const stream = await client.getRange({ ...REQUEST, ...request }, options);
  return { stream, asked, notices };
}

/** True for equal bytes. */
export const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
