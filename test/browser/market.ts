/**
 * What the page tests run against: a seeded synthetic morning written as DBN, and the real servers
 * on it, each a process of its own so that it can be killed.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = join(ROOT, 'dist', 'src', 'cli', 'main.js');
/** Longest a server may take to say where it listens, ms. */
const START_MS = 30_000;

/** The session that the tests watch. */
export const MARKET = {
  symbol: 'ESH6',
  date: '2026-01-05',
  /** First and last minute written, New York time. */
  from: '09:24',
  to: '09:36',
  seed: '7',
  rate: '300',
} as const;

/** Runs `spymaster` and waits for its end. @throws Error with its output when it fails. */
export async function runProgram(args: readonly string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [PROGRAM, ...args], { cwd: ROOT });
}

/** @throws Error when the program or a page has not been built. */
export function checkBuilt(page: string): void {
  for (const built of [PROGRAM, join(ROOT, 'dist', 'web', page)]) {
    if (!existsSync(built)) throw new Error(`${built} is missing: run \`npm run build\` first`);
  }
}

/** A server in a process of its own. */
export class ServerProcess {
  readonly url: string;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.child = child;
    this.url = url;
  }

  /** Starts `spymaster serve …` and waits until it has printed its page's address. */
  static async start(args: readonly string[]): Promise<ServerProcess> {
    const child = spawn(process.execPath, [PROGRAM, 'serve', ...args], { cwd: ROOT });
    let output = '';
    const url = await new Promise<string>((resolve, reject) => {
      const fail = () => reject(new Error(`the server did not start:\n${output}`));
      const timer = setTimeout(fail, START_MS);
      child.on('exit', fail);
      const read = (chunk: Buffer) => {
        output += chunk.toString();
        const found = /^page\s+(http\S+)/m.exec(output);
        if (!found) return;
        clearTimeout(timer);
        child.off('exit', fail);
        resolve(found[1]!);
      };
      child.stdout?.on('data', read);
      child.stderr?.on('data', read);
    });
    return new ServerProcess(child, url);
  }

  /** Ends the process as a crash would. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
  }
}

/** A folder with a market, the two servers on it, and the page's address. */
export class Market {
  readonly folder: string;
  private readonly web: ServerProcess;
  private stream: ServerProcess;

  private constructor(folder: string, web: ServerProcess, stream: ServerProcess) {
    this.folder = folder;
    this.web = web;
    this.stream = stream;
  }

  /** @throws Error when the program or the page has not been built. */
  static async open(): Promise<Market> {
    checkBuilt('vacuum-pressure.html');
    const folder = await mkdtemp(join(tmpdir(), 'spymaster-browser-'));
    const { date, from, to, seed, rate } = MARKET;
    const synth = ['synth', '--symbol', 'ES', '--dates', date, '--from', from, '--to', to];
    const shape = ['--seed', seed, '--signal', '0.6', '--rate', rate];
    const lake = ['--lake', join(folder, 'lake')];
    await runProgram([...synth, ...shape, ...lake]);
    const web = await ServerProcess.start(['web', '--web-port', '0']);
    return new Market(folder, web, await Market.serve(folder, '0'));
  }

  private static serve(folder: string, port: string): Promise<ServerProcess> {
    const places = ['--lake', join(folder, 'lake'), '--cache-dir', join(folder, 'cache')];
    return ServerProcess.start(['vacuum-pressure', '--port', port, ...places]);
  }

  /** `host:port` of the stream's server. */
  get server(): string {
    return new URL(this.stream.url).searchParams.get('server')!;
  }

  /** The page's address with parameters of the stream and the view. */
  page(parameters: Record<string, string> = {}): string {
    const url = new URL('/vacuum-pressure.html', this.web.url);
    const stream = { symbol: MARKET.symbol, dt: MARKET.date, start_time: '09:30' };
    const all = { ...stream, server: this.server, ...parameters };
    for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value);
    return url.href;
  }

  /** Kills the stream's server as a crash would; `revive` starts another one on the same port. */
  async crash(): Promise<void> {
    await this.stream.kill();
  }

  /** See `crash`. */
  async revive(): Promise<void> {
    const port = this.server.split(':').at(-1)!;
    this.stream = await Market.serve(this.folder, port);
  }

  /** Ends the servers and removes the folder. */
  async close(): Promise<void> {
    await Promise.all([this.stream.kill(), this.web.kill()]);
    await rm(this.folder, { recursive: true, force: true });
  }
}
