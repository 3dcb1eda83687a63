#!/usr/bin/env node
/**
 * The program `spymaster`: parses, runs, and turns whatever happens into one line and an exit code.
 */
import { CommanderError } from 'commander';
import { Interrupted, interrupt } from './command.ts';
import { buildProgram } from './program.ts';

/** Interrupts after which the program stops at once, safe point or not. */
const PATIENCE = 2;

function listenForInterrupts(): void {
  let count = 0;
  const stop = () => {
    count++;
    if (count >= PATIENCE) process.exit(1);
    interrupt();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

async function report(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { describeError, exitCodeOf } = await import('./report-error.ts');
  if (error instanceof Interrupted) {
    process.stderr.write('spymaster: interrupted; nothing half-done is left\n');
    return 1;
  }
  process.stderr.write(`${describeError(error)}\n`);
  if (process.env['SPYMASTER_DEBUG'] && error instanceof Error) {
    process.stderr.write(`${error.stack}\n`);
  }
  return exitCodeOf(error);
}

async function main(argv: string[]): Promise<void> {
  listenForInterrupts();
  const program = buildProgram();
  for (const command of [program, ...program.commands.flatMap((c) => [c, ...c.commands])]) {
    command.exitOverride();
  }
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = await report(error);
  }
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader left (`| head`): that is its right, and no failure of ours.
  if (error.code === 'EPIPE') process.exit(0);
});
await main(process.argv);
