import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/cli/run.ts';
import { packageRoot } from '../../src/lake/index.ts';

/** What a run of the program left behind. */
export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

const MAIN = join(packageRoot(), 'dist', 'src', 'cli', 'main.js');

/** A folder that no other test uses. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'spymaster-cli-'));
}

/** Stands in for a standard stream: keeps what is written. */
function capture(stream: NodeJS.WriteStream): { text: string; restore: () => void } {
  const { write } = stream;
  const kept = { text: '', restore: () => Object.assign(stream, { write }) };
  const decoder = new TextDecoder();
  const keep = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    kept.text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const done = rest.at(-1);
    if (typeof done === 'function') done();
    return true;
  };
  Object.assign(stream, { write: keep });
  return kept;
}

/** Runs a command line within this process: quick, for everything that is not about processes. */
export async function runHere(args: readonly string[]): Promise<CliResult> {
  const stdout = capture(process.stdout);
  const stderr = capture(process.stderr);
  try {
    const code = await run(['node', 'spymaster', ...args]);
    return { code, stdout: stdout.text, stderr: stderr.text };
  } finally {
    stdout.restore();
    stderr.restore();
  }
}

/** Runs the built program as a user would; the environment holds nothing of ours unless given. */
export function runCli(
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<CliResult> {
  if (!existsSync(MAIN)) throw new Error('the program is not built: npm run build');
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: options.cwd ?? temporaryFolder(),
    env: { PATH: process.env['PATH'], ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}

/** A run of the built program that is still going on. */
export interface RunningCli {
  /** Resolves with the first match in what it prints; rejects when the program ends without one. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  interrupt(): void;
  /** Resolves when the program has ended. */
  result: Promise<CliResult>;
}

/** Starts the built program and leaves it running. */
export function startCli(
  args: readonly string[],
  cwd: string = temporaryFolder(),
  env: Record<string, string> = {},
): RunningCli {
  if (!existsSync(MAIN)) throw new Error('the program is not built: npm run build');
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  const result = new Promise<CliResult>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done({ code, ...text }));
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text.stderr += chunk;
  });
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text.stdout += chunk;
  });
  const waitFor = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((done, fail) => {
      const look = () => {
        const match = pattern.exec(text.stdout) ?? pattern.exec(text.stderr);
        if (match) done(match);
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      look();
      void result.then((r) => fail(new Error(`ended with ${r.code}: ${r.stderr}`)));
    });
  return { waitFor, interrupt: () => child.kill('SIGINT'), result };
}
