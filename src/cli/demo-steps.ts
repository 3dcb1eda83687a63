/**
 * Commands of this program run beside the servers of the demo, so that the pages stay smooth.
 */
import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { OperatingError } from '../core/index.ts';
import { Interrupted } from './command.ts';
import type { DemoStep } from './demo-market.ts';
import { note } from './output.ts';

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));
/** A line of progress, as plain progress has it. */
const PROGRESS = /(^|: )\d+ %/;

/** Below the servers where the machine lets us; the demo works without. */
function stepBack(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {}
}

/**
 * Runs a command to its end and shows how far it is; an interrupt is passed on to it.
 * @returns what it printed.
 * @throws Interrupted after an interrupt; OperatingError INTERNAL with its words when it failed.
 */
export async function runStep(step: DemoStep, signal: AbortSignal): Promise<string> {
  if (signal.aborted) throw new Interrupted();
  const began = performance.now();
  note(`spymaster: ${step.says}`);
  const child = spawn(process.execPath, [MAIN, ...step.args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  stepBack(child.pid);
  const stop = () => child.kill('SIGINT');
  signal.addEventListener('abort', stop, { once: true });
  let printed = '';
  let last = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n').filter((l) => l.trim() !== '')) {
      last = line;
      if (PROGRESS.test(line)) note(`  ${line}`);
    }
  });
  const code = await new Promise<number | null>((done, fail) => {
    child.on('error', fail);
    child.on('close', done);
  }).finally(() => signal.removeEventListener('abort', stop));
  if (signal.aborted) throw new Interrupted();
  if (code !== 0)
    throw new OperatingError('INTERNAL', `${step.says}: ${last || `ended with ${code}`}`);
  note(`  done in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return printed;
}
