/**
 * A client of the live gateway for tests: a socket, the lines as text, the stream as bytes. It
 * knows the protocol from the documentation only.
 */
import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import {
  DbnDecoder,
  type DbnRecord,
  decodeRecord,
  initZstd,
  type Metadata,
  runBytes,
  sliceRun,
  ZstdStream,
} from '../../src/dbn/index.ts';
import {
  startVendorGateway,
  type VendorGateway,
  type VendorGatewayOptions,
} from '../../src/vendor/index.ts';

/** A key that is shaped like one and belongs to nobody. */
export const KEY = 'db-unittestapikey1234567890FFFFF';

/** What a client answers to a challenge. */
export function answer(challenge: string, key: string): string {
  const digest = createHash('sha256').update(`${challenge}|${key}`).digest('hex');
  return `${digest}-${key.slice(-5)}`;
}

/** A decoded stream. */
export interface Stream {
  metadata: Metadata;
  records: DbnRecord[];
  /** The records' bytes, in the same order. */
  raw: Buffer[];
  /** Bytes of a record that was cut short. */
  trailingBytes: number;
}

/** Decodes a stream from its first byte, as far as it has come. */
export async function decodeStream(bytes: Uint8Array, compressed = false): Promise<Stream> {
  await initZstd();
  const decoder = new DbnDecoder();
  const records: DbnRecord[] = [];
  const raw: Buffer[] = [];
  for (const piece of compressed ? new ZstdStream().push(bytes) : [bytes]) {
    decoder.write(piece);
    for (let run = decoder.next(); run; run = decoder.next()) {
      for (let i = 0; i < run.count; i++) {
        records.push(decodeRecord(run, i));
        raw.push(Buffer.from(runBytes(sliceRun(run, i, i + 1))));
      }
    }
  }
  const { trailingBytes } = decoder.end();
  return { metadata: decoder.metadata!, records, raw, trailingBytes };
}

/** Records of the market: not the gateway's own. */
export function marketRecords(records: readonly DbnRecord[]): DbnRecord[] {
  return records.filter((r) => r.rtype < 0x15 || r.rtype > 0x17);
}

/** One connection. */
export class RawClient {
  /** Everything that came, in order. */
  received = Buffer.alloc(0);
  /** Segments that came. */
  segments: number[] = [];
  ended = false;
  /** The error that ended it, if one did. */
  failure: NodeJS.ErrnoException | null = null;
  readonly socket: Socket;
  private taken = 0;
  private readonly chunks: Buffer[] = [];
  private wake: (() => void)[] = [];

  constructor(gateway: { host: string; port: number }) {
    this.socket = connect(gateway.port, gateway.host);
    this.socket.setNoDelay(true);
    this.socket.on('data', (chunk: Buffer) => {
      this.segments.push(chunk.length);
      this.chunks.push(chunk);
      this.stir();
    });
    this.socket.on('error', (error) => {
      this.failure = error;
    });
    this.socket.on('close', () => {
      this.ended = true;
      this.stir();
    });
    onTestFinished(() => void this.socket.destroy());
  }

  /** The next control line; null when the connection ended before. */
  async line(): Promise<string | null> {
    for (;;) {
      this.gather();
      const at = this.received.indexOf('\n', this.taken);
      if (at >= 0) {
        const line = this.received.toString('utf8', this.taken, at);
        this.taken = at + 1;
        return line;
      }
      if (this.ended) return null;
      await this.more();
    }
  }

  /** Sends a control line. */
  send(line: string): void {
    this.socket.write(`${line}\n`);
  }

  /** Proves the key and names the session; the gateway's answer. */
  async login(fields = 'dataset=GLBX.MDP3|encoding=dbn|ts_out=0', key = KEY) {
    await this.line();
    const cram = await this.line();
    if (cram === null) return null;
    this.send(`auth=${answer(cram.replace('cram=', ''), key)}|${fields}`);
    return this.line();
  }

  /** Bytes of the stream so far. */
  get stream(): Buffer {
    this.gather();
    return this.received.subarray(this.taken);
  }

  /** Waits until the stream is at least so long, or ended. */
  async untilBytes(bytes: number): Promise<Buffer> {
    while (this.stream.length < bytes && !this.ended) await this.more();
    return this.stream;
  }

  /** Waits until the decoded stream fits, or it ended. */
  async until(fits: (stream: Stream) => boolean, compressed = false): Promise<Stream> {
    for (;;) {
      const { stream } = this;
      if (stream.length >= 128) {
        const decoded = await decodeStream(stream, compressed);
        if (fits(decoded)) return decoded;
      }
      if (this.ended) throw new Error('the stream ended before it fitted');
      await this.more();
    }
  }

  /** Everything of the stream, after its end. */
  async untilEnd(): Promise<Buffer> {
    while (!this.ended) await this.more();
    return this.stream;
  }

  private gather(): void {
    if (this.chunks.length === 0) return;
    this.received = Buffer.concat([this.received, ...this.chunks.splice(0)]);
  }

  private more(): Promise<void> {
    return new Promise((resolve) => this.wake.push(resolve));
  }

  private stir(): void {
    for (const wake of this.wake.splice(0)) wake();
  }
}

/** A gateway that is closed when the test is over. */
export async function gatewayFor(
  options: Partial<VendorGatewayOptions> & { data: VendorGatewayOptions['data'] },
): Promise<VendorGateway> {
  const gateway = await startVendorGateway({ keys: [KEY], ...options });
  onTestFinished(() => gateway.close());
  return gateway;
}

/** Logs in, subscribes, starts. */
export async function startedClient(
  gateway: { host: string; port: number },
  lines: readonly string[],
  fields?: string,
): Promise<RawClient> {
  const client = new RawClient(gateway);
  const said = await client.login(fields);
  if (!said?.startsWith('success=1')) throw new Error(`not let in: ${said}`);
  for (const line of [...lines, 'start_session']) client.send(line);
  return client;
}

/** Logs in, subscribes, starts, and reads until the gateway hangs up. */
export async function wholeStream(
  gateway: { host: string; port: number },
  lines: readonly string[],
  fields?: string,
): Promise<Stream> {
  const client = await startedClient(gateway, lines, fields);
  const compressed = fields?.includes('compression=zstd') ?? false;
  return decodeStream(await client.untilEnd(), compressed);
}
