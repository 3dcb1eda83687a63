/**
 * Where a command's answer goes: standard output (as fast as its reader reads) or a file that
 * appears whole or not at all.
 */
import { once } from 'node:events';
import { AtomicFile } from '../lake/index.ts';

/** Characters gathered before they are handed to the system. */
const CHUNK_CHARS = 64 * 1024;

/** A place for text or bytes. Wait for each `write`: memory stays bounded by the slowest reader. */
export interface Output {
  /** Resolves when more may be written. */
  write(chunk: Uint8Array | string): Promise<void>;
  /** Everything is written: a file gets its name now. */
  finish(): Promise<void>;
  /** Something failed: a file is forgotten. */
  abandon(): void;
}

class StandardOutput implements Output {
  async write(chunk: Uint8Array | string): Promise<void> {
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
  }

  async finish(): Promise<void> {
    await new Promise<void>((done) => process.stdout.write('', () => done()));
  }

  abandon(): void {}
}

class FileOutput implements Output {
  private readonly file: AtomicFile;
  private readonly encoder = new TextEncoder();

  constructor(path: string) {
    this.file = new AtomicFile(path);
  }

  write(chunk: Uint8Array | string): Promise<void> {
    this.file.write(typeof chunk === 'string' ? this.encoder.encode(chunk) : chunk);
    return Promise.resolve();
  }

  finish(): Promise<void> {
    this.file.commit();
    return Promise.resolve();
  }

  abandon(): void {
    this.file.discard();
  }
}

/** Standard output for `undefined` and `-`, else the file of that name. */
export function openOutput(path?: string): Output {
  if (path !== undefined && path !== '-') return new FileOutput(path);
  return new StandardOutput();
}

/**
 * Gathers lines, so that the system is called once for many: `if (lines.add(row)) await
 * lines.flush()`.
 */
export class LineWriter {
  private readonly output: Output;
  private pending = '';

  constructor(output: Output) {
    this.output = output;
  }

  /** True when `flush` should be awaited before more is added. */
  add(text: string): boolean {
    this.pending += text;
    return this.pending.length >= CHUNK_CHARS;
  }

  /** Hands over what was gathered. */
  async flush(): Promise<void> {
    const text = this.pending;
    this.pending = '';
    if (text !== '') await this.output.write(text);
  }
}

/** Runs a writer of one output: commits when it succeeds, forgets everything when it throws. */
export async function withOutput<T>(
  path: string | undefined,
  write: (output: Output) => Promise<T>,
): Promise<T> {
  const output = openOutput(path);
  try {
    const result = await write(output);
    await output.finish();
    return result;
  } catch (error) {
    output.abandon();
    throw error;
  }
}

/** One line on standard output. */
export async function printLine(text: string): Promise<void> {
  await openOutput().write(`${text}\n`);
}

/** One line on standard error: notes and progress never mix with the answer. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
