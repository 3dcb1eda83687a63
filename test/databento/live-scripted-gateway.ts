/** A live gateway that does exactly what a test's script says, on a real socket. */
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** The gateway's end of one connection. */
export interface Peer {
  /** 1 for the first connection. */
  connection: number;
  /** The client's next line, without its end; fails when the client goes. */
  line(): Promise<string>;
  /** Resolves when the bytes are handed to the socket. */
  write(bytes: Uint8Array | string): Promise<void>;
  /** A clean end (FIN). */
  end(): void;
  /** RST. */
  reset(): void;
  /** Resolves when the connection is gone, whoever ended it. */
  gone: Promise<void>;
  socket: Socket;
}

/** A running gateway. */
export interface ScriptedGateway {
  gateway: { host: string; port: number };
  /** Everything the clients sent, a list of lines for each connection. */
  lines: string[][];
  close(): Promise<void>;
}

/** Starts a gateway that runs `script` for every connection; `close` fails when a script did. */
export async function scriptedGateway(
  script: (peer: Peer) => Promise<void>,
): Promise<ScriptedGateway> {
  const lines: string[][] = [];
  const sockets = new Set<Socket>();
  const failures: unknown[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    const said: string[] = [];
    lines.push(said);
    const peer = peerOf(socket, said, lines.length);
    script(peer).catch((error) => {
      if (!socket.destroyed) failures.push(error);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    gateway: { host: '127.0.0.1', port },
    lines,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
      if (failures.length > 0) throw failures[0];
    },
  };
}

function peerOf(socket: Socket, said: string[], connection: number): Peer {
  let rest = '';
  let read = 0;
  let wake = () => {};
  socket.on('data', (chunk) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop()!;
    said.push(...parts);
    wake();
  });
  socket.on('error', () => {});
  const gone = new Promise<void>((done) => socket.once('close', () => done()));
  void gone.then(() => wake());
  return {
    connection,
    socket,
    gone,
    async line() {
      while (read >= said.length) {
        if (socket.destroyed) throw new Error('the client has gone');
        await new Promise<void>((done) => {
          wake = done;
        });
      }
      return said[read++]!;
    },
    write: (bytes) => new Promise((done) => void socket.write(bytes, () => done())),
    end: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
  };
}

/** Greets, challenges and accepts whatever comes; returns the client's login line. */
export async function acceptLogin(
  peer: Peer,
  sessionId = String(100 + peer.connection),
): Promise<string> {
  await peer.write('lsg_version=0.9.4\ncram=abcd1234\n');
  const line = await peer.line();
  await peer.write(`success=1|session_id=${sessionId}\n`);
  return line;
}

/** Reads subscription lines up to the start of the session. */
export async function readSubscriptions(peer: Peer): Promise<string[]> {
  const subscriptions: string[] = [];
  for (;;) {
    const line = await peer.line();
    if (/^start_session(=0)?$/.test(line)) return subscriptions;
    subscriptions.push(line);
  }
}
