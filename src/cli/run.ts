import { type Command, CommanderError } from 'commander';
import { Interrupted } from './command.ts';
import { buildProgram } from './program.ts';
import { maskKeys } from './secret-environment.ts';

async function report(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Interrupted) {
    process.stderr.write('spymaster: interrupted; nothing half-done is left\n');
    return 1;
  }
  const { describeError, exitCodeOf } = await import('./report-error.ts');
  process.stderr.write(`${describeError(error)}\n`);
  if (process.env['SPYMASTER_DEBUG'] && error instanceof Error) {
    process.stderr.write(`${maskKeys(String(error.stack))}\n`);
  }
  return exitCodeOf(error);
}

function commandsBelow(command: Command): Command[] {
  return [command, ...command.commands.flatMap(commandsBelow)];
}

/**
 * Runs a command line to its end; whatever happens becomes one line on standard error and an exit
 * code.
 * @param argv as `process.argv` has it: program and script first.
 * @returns 0 done, 1 failed, 2 wrong usage, 3 nothing matched, 4 data rejected.
 */
export async function run(argv: readonly string[]): Promise<number> {
  let code = 0;
  const program = buildProgram((exitCode) => {
    code = exitCode;
  });
  for (const command of commandsBelow(program)) {
    command.exitOverride();
    command.configureOutput({ outputError: (text, write) => write(maskKeys(text)) });
  }
  try {
    await program.parseAsync(argv);
    return code;
  } catch (error) {
    return report(error);
  }
}
