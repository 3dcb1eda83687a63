import { spawn, spawnSync } from 'node:child_process';

/** Largest output taken from a Python peer, bytes. */
const OUTPUT_MAX_BYTES = 512 * 1024 * 1024;

/**
 * The interpreter of the interop suite. `npm run test:interop` sets the variable.
 * @throws Error when SPYMASTER_INTEROP_PYTHON is not set: an interop test that does not run has
 *   failed.
 */
export function interopPython(): string {
  const python = process.env['SPYMASTER_INTEROP_PYTHON'];
  if (!python) {
    throw new Error('SPYMASTER_INTEROP_PYTHON is not set: run `npm run test:interop`');
  }
  return python;
}

/**
 * Runs a Python program to its end and returns its stdout as bytes.
 * @throws Error with the program's stderr when it fails.
 */
export function runPython(
  program: string,
  options: { args?: string[]; input?: Uint8Array } = {},
): Buffer {
  const result = spawnSync(interopPython(), ['-c', program, ...(options.args ?? [])], {
    maxBuffer: OUTPUT_MAX_BYTES,
    ...(options.input ? { input: options.input } : {}),
  });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`python failed:\n${result.stderr.toString()}`);
  return result.stdout;
}

/**
 * Like `runPython`, and lets this process go on meanwhile: for programs that talk to a server of
 * the test. `env` is added to the environment.
 */
export async function runPythonBeside(
  program: string,
  options: { args?: string[]; env?: Record<string, string> } = {},
): Promise<Buffer> {
  const child = spawn(interopPython(), ['-c', program, ...(options.args ?? [])], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  const status = await new Promise<number | null>((done, fail) => {
    child.on('error', fail);
    child.on('close', done);
  });
  if (status !== 0) throw new Error(`python failed:\n${Buffer.concat(err).toString()}`);
  return Buffer.concat(out);
}
