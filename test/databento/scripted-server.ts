/**
 * An HTTP server that answers as a test says, byte by byte, and remembers what it was asked.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { VendorClock } from '../../src/databento/index.ts';
import { ApiKey, HistoricalClient, type HistoricalOptions } from '../../src/databento/index.ts';

/** A key that is shaped like one and belongs to nobody. */
export const KEY_TEXT = 'db-0123456789abcdefghijklmnABCDE';

/** What a client asked. */
export interface Asked {
  verb: string;
  path: string;
  headers: IncomingMessage['headers'];
  /** Query and form fields together. */
  fields: Record<string, string>;
}

/** Answers one request. */
export type Answer = (asked: Asked, response: ServerResponse) => unknown;

/** Answers with JSON. */
export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(value));
  };
}

/** Answers with bytes and their length. */
export function bytes(
  body: Uint8Array,
  status = 200,
  headers: Record<string, string> = {},
): Answer {
  return (_, response) => {
    response.writeHead(status, { 'content-length': body.length, ...headers });
    response.end(body);
  };
}

/** Sends a part of a body, then cuts the connection. */
export function cut(
  body: Uint8Array,
  at: number,
  headers: Record<string, string | number> = { 'content-length': body.length },
): Answer {
  return (_, response) => {
    response.writeHead(headers['content-range'] ? 206 : 200, headers);
    response.write(body.subarray(0, at), () => response.socket?.end());
  };
}

/** A clock whose waits are over at once, and are remembered. */
export function quickClock(): VendorClock & { waits: number[] } {
  let now = 0;
  const waits: number[] = [];
  return {
    waits,
    nowMs: () => now,
    unixNs: () => 1_767_614_400_000_000_000n + BigInt(Math.round(now * 1e6)),
    async wait(ms, signal) {
      signal?.throwIfAborted();
      waits.push(ms);
      now += ms;
    },
    chance: () => 0.5,
  };
}

async function readFields(request: IncomingMessage, url: URL): Promise<Record<string, string>> {
  const pieces: Uint8Array[] = [];
  for await (const piece of request) pieces.push(piece);
  const form = new URLSearchParams(Buffer.concat(pieces).toString());
  return Object.fromEntries([...url.searchParams, ...form]);
}

/** Starts a server; the last answer is repeated. It ends with the test. */
export async function serve(...answers: Answer[]): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    const { headers, method: verb = '' } = request;
    const one = { verb, path: url.pathname, headers, fields: await readFields(request, url) };
    asked.push(one);
    await answers[Math.min(asked.length, answers.length) - 1]?.(one, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** A client of a scripted server, with what it told and how long it waited. */
export async function clientOf(
  answers: Answer[],
  options: Partial<HistoricalOptions> = {},
): Promise<{
  client: HistoricalClient;
  asked: Asked[];
  notices: string[];
  waits: number[];
  url: string;
}> {
  const { url, asked } = await serve(...answers);
  const notices: string[] = [];
  const clock = quickClock();
  const client = new HistoricalClient({
    key: new ApiKey(KEY_TEXT),
    url,
    clock,
    onNotice: (text) => notices.push(text),
    ...options,
  });
  onTestFinished(() => client.close());
  return { client, asked, notices, waits: clock.waits, url };
}
