#!/usr/bin/env node
/**
 * The program `spymaster`, as a process: its signals, its pipes and its exit code.
 */
import { interrupt } from './command.ts';
import { raiseCompilerBudget } from './compiler-budget.ts';
import { run } from './run.ts';
import { hideSecrets } from './secret-environment.ts';

/** An interrupt this long after the first stops the program at once, safe point or not, ms. */
const PATIENCE_MS = 1000;

/** Node's exit code when nothing is left to wait for and the program has not ended. */
const UNSETTLED = 13;

let firstInterrupt = 0;
function stop(): void {
  const now = performance.now();
  // Ctrl-C under npm arrives twice at once: from the terminal and from npm.
  if (firstInterrupt > 0 && now - firstInterrupt > PATIENCE_MS) process.exit(1);
  firstInterrupt ||= now;
  interrupt();
}

process.on('exit', () => {
  if (process.exitCode !== UNSETTLED) return;
  process.stderr.write('spymaster: INTERNAL: the program stopped without an answer; report it\n');
  process.exitCode = 1;
});

process.on('SIGINT', stop);
process.on('SIGTERM', stop);
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader left (`| head`): that is its right, and no failure of ours.
  if (error.code === 'EPIPE') process.exit(0);
});
raiseCompilerBudget();
hideSecrets(process.env);
process.exitCode = await run(process.argv);
