/**
 * A live gateway over a folder of DBN: for tests, and for trying without a key. What it sends is a
 * recording, played; it is not the vendor. Source: Databento docs, Live API, raw TCP.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { OperatingError, Prng } from '../../core/index.ts';
import { DataFolder } from '../data-folder.ts';
import type { SessionRequest } from './auth-line.ts';
import { DatasetMarket } from './dataset-market.ts';
import { machineClock } from './gateway-clock.ts';
import { type ConnectionFaults, FaultSwitches } from './gateway-faults.ts';
import type { ConnectionReport, VendorGateway, VendorGatewayOptions } from './gateway-options.ts';
import { GatewaySession } from './gateway-session.ts';
import type { Ending } from './gateway-socket.ts';

/** Sessions of one dataset at once, as on the vendor's standard plans. */
const MAX_SESSIONS = 10;
/** Bytes that may lie unsent for a client that does not keep up. */
const SEND_BUFFER_BYTES = 16 * 1024 * 1024;
/** Connections that reports are kept of. */
const MAX_REPORTS = 10_000;
const SECOND_MS = 1000;
/** How long a connection that we ended may stay half open. */
const LINGER_MS = 2000;

/** Sessions and markets of a gateway that listens. */
class Gateway {
  readonly faults: FaultSwitches;
  readonly connections: ConnectionReport[] = [];
  readonly keys: Set<string>;
  readonly server: Server;
  private readonly options: VendorGatewayOptions;
  private readonly folder: DataFolder;
  private readonly markets = new Map<string, DatasetMarket>();
  private readonly sessions = new Set<GatewaySession>();
  private readonly sockets = new Set<Socket>();
  /** Sessions by dataset. */
  private readonly occupied = new Map<string, number>();
  private readonly prng: Prng;
  private arrivals: number[] = [];
  private count = 0;
  private sessionId = 0;

  constructor(options: VendorGatewayOptions, folder: DataFolder) {
    this.options = options;
    this.folder = folder;
    this.keys = new Set(options.keys);
    this.faults = new FaultSwitches(options.faults);
    this.prng = new Prng(options.seed ?? 1);
    this.server = createServer((socket) => this.connect(socket));
  }

  market(dataset: string): DatasetMarket {
    let market = this.markets.get(dataset);
    if (!market) {
      const { speed = 0, fromNs = null, atEnd, timestamps, clock = machineClock } = this.options;
      const { sharedClock = speed > 0 } = this.options;
      const played = { speed, fromNs, loop: atEnd === 'loop', shared: sharedClock, clock };
      const shifted = timestamps === 'shifted';
      market = new DatasetMarket(this.folder, dataset, { ...played, shifted });
      this.markets.set(dataset, market);
    }
    return market;
  }

  disconnectAll(how: Ending): void {
    for (const session of this.sessions) void session.end(how);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
    for (const socket of this.sockets) socket.destroy();
    await closed;
    for (const market of this.markets.values()) market.close();
  }

  private connect(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    const faults = this.faults.forConnection();
    const report = this.newReport();
    socket.on('close', () => {
      this.sockets.delete(socket);
      report.open = false;
    });
    if (this.tooFast(faults)) {
      report.refused = 'too many connections a second';
      socket.destroy();
      return;
    }
    void this.serve(socket, faults, report);
  }

  private async serve(
    socket: Socket,
    faults: ConnectionFaults,
    report: ConnectionReport,
  ): Promise<void> {
    let entered: string | null = null;
    const session = new GatewaySession({
      socket,
      faults,
      report,
      keys: this.keys,
      datasets: this.folder.datasets,
      prng: this.prng,
      nextSessionId: () => ++this.sessionId,
      enter: (dataset) => {
        if (this.sessionsOf(dataset) >= (this.options.maxSessions ?? MAX_SESSIONS)) return null;
        entered = dataset;
        this.occupied.set(dataset, this.sessionsOf(dataset) + 1);
        return this.market(dataset);
      },
      stream: (request) => this.streamOptions(request, faults),
    });
    this.sessions.add(session);
    try {
      await session.run();
    } catch (error) {
      report.failure = (error as Error).message;
      socket.destroy();
    } finally {
      this.sessions.delete(session);
      if (entered !== null) this.occupied.set(entered, this.sessionsOf(entered) - 1);
      lingering(socket);
    }
  }

  private sessionsOf(dataset: string): number {
    return this.occupied.get(dataset) ?? 0;
  }

  private streamOptions(request: SessionRequest, faults: ConnectionFaults) {
    const { version = 3, heartbeatMs, sendBufferBytes, atEnd, replayNs, clock } = this.options;
    return {
      faults,
      form: { version, withoutCodes: faults.has('no-codes') },
      clock: clock ?? machineClock,
      heartbeatMs: heartbeatMs ?? request.heartbeatSeconds * SECOND_MS,
      sendBufferBytes: sendBufferBytes ?? SEND_BUFFER_BYTES,
      atEnd: atEnd === 'close' ? ('close' as const) : ('stay' as const),
      replayNs: replayNs ?? null,
    };
  }

  private newReport(): ConnectionReport {
    const report: ConnectionReport = {
      number: ++this.count,
      dataset: null,
      client: null,
      subscriptions: [],
      started: false,
      records: 0,
      refused: null,
      failure: null,
      open: true,
    };
    this.connections.push(report);
    if (this.connections.length > MAX_REPORTS) this.connections.shift();
    return report;
  }

  private tooFast(faults: ConnectionFaults): boolean {
    const now = performance.now();
    this.arrivals = [...this.arrivals.filter((t) => now - t < SECOND_MS), now];
    const most = faults.get('connection-rate') ?? Number.POSITIVE_INFINITY;
    return this.arrivals.length > most;
  }
}

/**
 * Reads the folder once and listens.
 * @throws OperatingError PORT_IN_USE; FILE_READ when the folder cannot be read; DataError USAGE for
 *   a fault that is none.
 */
export async function startVendorGateway(options: VendorGatewayOptions): Promise<VendorGateway> {
  const { data, host = '127.0.0.1' } = options;
  const folder = typeof data === 'string' ? await DataFolder.open(data) : data;
  // Made when first asked for, and long to make for options: not while a client waits.
  for (const dataset of folder.datasets) void folder.symbols(dataset).symbols;
  const gateway = new Gateway(options, folder);
  const port = await listen(gateway.server, host, options.port ?? 0);
  return {
    host,
    port,
    faults: gateway.faults,
    connections: gateway.connections,
    marketNs: (dataset) => gateway.market(dataset).nowNs,
    addKey: (key) => void gateway.keys.add(key),
    disconnectAll: (how = 'fin') => gateway.disconnectAll(how),
    close: () => gateway.close(),
  };
}

/** Gives a client that we hung up on the time to hang up too. */
function lingering(socket: Socket): void {
  if (socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE';
      const reason = taken ? 'another program listens there' : cause.message;
      const message = `${host}:${port}: ${reason}`;
      reject(new OperatingError('PORT_IN_USE', message, { cause }));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}
