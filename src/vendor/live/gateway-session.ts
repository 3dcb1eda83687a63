/**
 * One connection, from its greeting to its end: the lines, then the stream.
 */
import type { Socket } from 'node:net';
import type { Prng } from '../../core/index.ts';
import { readAuthLine, type SessionRequest } from './auth-line.ts';
import { makeChallenge } from './challenge.ts';
import { LineReader, MAX_LINE_BYTES } from './control-lines.ts';
import type { DatasetMarket } from './dataset-market.ts';
import type { ConnectionFaults } from './gateway-faults.ts';
import type { ConnectionReport } from './gateway-options.ts';
import { type Ending, GatewaySocket } from './gateway-socket.ts';
import { SessionStream } from './session-stream.ts';
import type { StreamContext } from './stream-context.ts';
import {
  type InvalidSubscription,
  type Subscription,
  SubscriptionReader,
} from './subscription-line.ts';

const GREETING = 'lsg_version=0.9.4\n';
/** Subscription lines a second that are read at once; more of them wait. */
const LINES_PER_SECOND = 10;
const SECOND_MS = 1000;
/** Lines of a client that its report keeps. */
const MAX_REPORTED_LINES = 1000;
const START = /^start_session(=0?)?$/;

/** What a session needs of its gateway. */
export interface SessionContext {
  socket: Socket;
  report: ConnectionReport;
  faults: ConnectionFaults;
  prng: Prng;
  keys: ReadonlySet<string>;
  datasets: readonly string[];
  /** A place for one more session of the dataset, or null when there is none. */
  enter: (dataset: string) => DatasetMarket | null;
  /** What the stream needs beside what the client said. */
  stream: (
    request: SessionRequest,
  ) => Omit<StreamContext, 'socket' | 'market' | 'request' | 'report'>;
  nextSessionId: () => number;
}

/** See the file comment. */
export class GatewaySession {
  private readonly context: SessionContext;
  private readonly socket: GatewaySocket;
  private readonly lines: LineReader;
  private stream: SessionStream | null = null;
  private lineTimes: number[] = [];

  constructor(context: SessionContext) {
    this.context = context;
    this.lines = new LineReader(context.socket);
    this.socket = new GatewaySocket(context.socket);
  }

  /** Serves the connection to its end. */
  async run(): Promise<void> {
    const { faults, report } = this.context;
    const session = await this.authenticate();
    if (!session) {
      await this.socket.end('fin');
      return;
    }
    const subscriptions = await this.readSubscriptions();
    if (!subscriptions) {
      await this.socket.end('fin');
      return;
    }
    report.started = true;
    const { request, market } = session;
    const context = { ...this.context.stream(request), market, request, report };
    const stream = new SessionStream({ ...context, socket: this.socket });
    this.stream = stream;
    for (const each of subscriptions) this.hand(each, stream);
    const seconds = faults.get('drop-seconds');
    const timer = seconds && setTimeout(() => stream.finish('fin'), seconds * SECOND_MS);
    void this.readMore(stream);
    await stream.run();
    if (timer) clearTimeout(timer);
  }

  /** Ends it, wherever it is. */
  async end(how: Ending): Promise<void> {
    if (this.stream) this.stream.finish(how);
    else await this.socket.end(how);
  }

  private async authenticate() {
    const { faults, prng, datasets, report } = this.context;
    const challenge = makeChallenge(prng);
    if (!(await this.greet(challenge))) return null;
    const line = await this.lines.next();
    if (line === null) return null;
    const checked = faults.has('wrong-challenge') ? makeChallenge(prng) : challenge;
    const keys = faults.has('unknown-key') ? new Set<string>() : this.context.keys;
    const request = readAuthLine(line, checked, keys, datasets);
    if ('refused' in request) return this.refuse(request.refused);
    report.dataset = request.dataset;
    report.client = request.client;
    if (faults.has('auth-refused')) return this.refuse('Authentication failed');
    const market = faults.has('connection-limit') ? null : this.context.enter(request.dataset);
    if (!market) return this.refuse('User has reached their open connection limit');
    await this.delay(faults.get('auth-delayed') ?? 0);
    const bar = faults.has('trailing-bar') ? '|' : '';
    const garbled = faults.has('auth-garbled');
    const id = this.context.nextSessionId();
    this.send(garbled ? 'welcome\n' : `success=1|session_id=${id}${bar}\n`);
    return { request, market };
  }

  /** False when the greeting is not followed by anything. */
  private async greet(challenge: string): Promise<boolean> {
    const { faults } = this.context;
    if (faults.has('refuse')) {
      await this.socket.end('fin');
      return false;
    }
    if (faults.has('no-greeting')) return this.hold();
    if (faults.has('endless-greeting')) {
      this.socket.write(Buffer.alloc(MAX_LINE_BYTES, 'x'));
      return this.hold();
    }
    const cram = `cram=${challenge}\n`;
    if (faults.has('merged-greeting')) this.send(GREETING + cram);
    else {
      this.send(GREETING);
      await this.socket.room(0);
      this.send(cram);
    }
    return true;
  }

  private async hold(): Promise<false> {
    await this.socket.whenClosed;
    return false;
  }

  private async refuse(text: string): Promise<null> {
    this.context.report.refused = text;
    this.send(`success=0|error=${text}\n`);
    await this.socket.end('fin');
    return null;
  }

  /** What was subscribed until `start_session`; null when the client went away before. */
  private async readSubscriptions(): Promise<(Subscription | InvalidSubscription)[] | null> {
    const reader = new SubscriptionReader();
    const read: (Subscription | InvalidSubscription)[] = [];
    for (;;) {
      const line = await this.nextLine();
      if (line === null) return null;
      if (START.test(line)) break;
      this.remember(line);
      const one = reader.read(line);
      if (one) read.push(one);
    }
    if (reader.unfinished > 0) {
      read.push({ invalid: 'a subscription lacks its last line (is_last=1)' });
    }
    return read;
  }

  /** Subscriptions that come during the stream. */
  private async readMore(stream: SessionStream): Promise<void> {
    const reader = new SubscriptionReader();
    for (;;) {
      const line = await this.nextLine();
      if (line === null) return;
      if (START.test(line)) continue;
      this.remember(line);
      const one = reader.read(line);
      if (one) this.hand(one, stream);
    }
  }

  private remember(line: string): void {
    const { subscriptions } = this.context.report;
    if (subscriptions.length < MAX_REPORTED_LINES) subscriptions.push(line);
  }

  private hand(one: Subscription | InvalidSubscription, stream: SessionStream): void {
    if ('invalid' in one) stream.refuse(one.invalid);
    else stream.subscribe(one);
  }

  /** The next line; the eleventh within a second waits, as the vendor has it. */
  private async nextLine(): Promise<string | null> {
    const line = await this.lines.next();
    const now = performance.now();
    this.lineTimes = this.lineTimes.filter((t) => now - t < SECOND_MS);
    if (line !== null && this.lineTimes.length >= LINES_PER_SECOND) {
      await this.delay(SECOND_MS - (now - this.lineTimes[0]!));
    }
    this.lineTimes.push(performance.now());
    return line;
  }

  private send(line: string): void {
    const bytes = Buffer.from(line);
    if (this.context.faults.has('split-lines')) this.socket.split(bytes.length);
    this.socket.write(bytes);
  }

  /** Waits, or until the connection is closed. */
  private async delay(ms: number): Promise<void> {
    if (ms <= 0) return;
    let timer: NodeJS.Timeout | undefined;
    const waited = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([waited, this.socket.whenClosed]);
    clearTimeout(timer);
  }
}
