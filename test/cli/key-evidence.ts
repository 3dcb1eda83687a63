/**
 * Runs of the built program whose key is looked for in everything that they leave.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { packageRoot } from '../../src/lake/index.ts';

/** A key whose every part of six characters is recognisable, whatever is cut off it. */
export const KEY = `db-${'Qx7'.repeat(8)}SEEN1`;
/** The same as the name of a user of HTTP. */
export const BASIC = Buffer.from(`${KEY}:`).toString('base64');

const MAIN = join(packageRoot(), 'dist', 'src', 'cli', 'main.js');
/** Parts of the key as text, in base64, and as bytes: upper and lower case look the same. */
const TRACES = ['Qx7Qx7', 'UXg3UXg3', '517837517837', '51 78 37 51 78 37'].map((text) =>
  text.toLowerCase(),
);

/** Everything that was written, said and answered, by where. */
export class Evidence {
  readonly folder = mkdtempSync(join(tmpdir(), 'spymaster-key-'));
  private readonly found: { where: string; text: string }[] = [];
  private readonly children: ChildProcess[] = [];

  /** Keeps a text. */
  add(where: string, text: string): void {
    this.found.push({ where, text });
  }

  /** Everything so far, in one. */
  get text(): string {
    return this.found.map(({ text }) => text).join('\n');
  }

  /** Keeps the files that lie below the folder now; `.env`, where the key may be, is left out. */
  addFiles(): number {
    let files = 0;
    for (const entry of readdirSync(this.folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || entry.name === '.env') continue;
      const path = join(entry.parentPath, entry.name);
      // A name is written down as well.
      this.add(path, `${path}\n${readFileSync(path, 'latin1')}`);
      files++;
    }
    return files;
  }

  /** Keeps what a server answers. */
  async addAnswer(url: string, init: RequestInit = {}): Promise<string> {
    const answer = await fetch(url, init);
    const text = await answer.text();
    this.add(url, `${JSON.stringify([...answer.headers])}\n${text}`);
    return text;
  }

  /** Starts the program in the folder, the key in its environment. */
  start(args: readonly string[], options: { node?: string[]; key?: string } = {}): Run {
    if (!existsSync(MAIN)) throw new Error('the program is not built: npm run build');
    const { node = [], key = KEY } = options;
    const child = spawn(process.execPath, [...node, MAIN, ...args], {
      cwd: this.folder,
      env: { PATH: process.env['PATH'], ...(key && { DATABENTO_API_KEY: key }) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.children.push(child);
    return new Run(child, args.join(' '), this);
  }

  /** Runs the program to its end. */
  async run(args: readonly string[], options: { node?: string[]; key?: string } = {}) {
    return this.start(args, options).ended;
  }

  /** Nothing holds a part of the key. */
  expectClean(): void {
    this.addFiles();
    const leaks = this.found.flatMap(({ where, text }) => {
      const lower = text.toLowerCase();
      const at = TRACES.map((trace) => lower.indexOf(trace)).find((i) => i >= 0);
      return at === undefined ? [] : [`${where}: ${text.slice(Math.max(0, at - 60), at + 60)}`];
    });
    expect(leaks).toEqual([]);
  }

  /** Ends what still runs, and removes the folder. */
  close(): void {
    for (const child of this.children) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A run of the program. */
export class Run {
  /** Resolves at its end, with what it said. */
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
  private readonly child: ChildProcess;
  private said = { stdout: '', stderr: '' };
  private wake: () => void = () => {};
  private isOver = false;

  constructor(child: ChildProcess, what: string, evidence: Evidence) {
    this.child = child;
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        this.said[name] += text;
        this.wake();
      });
    }
    this.ended = new Promise((done) => {
      child.on('close', (code) => {
        this.isOver = true;
        evidence.add(`stdout of ${what}`, this.said.stdout);
        evidence.add(`stderr of ${what}`, this.said.stderr);
        this.wake();
        done({ code, ...this.said });
      });
    });
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** Waits for something to be said. */
  async waitFor(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.said.stdout) ?? pattern.exec(this.said.stderr);
      if (match) return match;
      if (this.isOver) throw new Error(`ended without ${pattern}: ${this.said.stderr}`);
      await new Promise<void>((done) => {
        this.wake = done;
      });
    }
  }

  /** Sends a signal. */
  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }
}
