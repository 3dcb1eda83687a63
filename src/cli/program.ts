import { Command } from 'commander';
import { describe, onExitCode, works } from './command.ts';
import { bookCommand } from './commands/book.ts';
import { contractsCommand } from './commands/contracts.ts';
import { dbnCommand } from './commands/dbn.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { downloadCommand } from './commands/download.ts';
import { forecastCommand } from './commands/forecast.ts';
import { lakeCommand } from './commands/lake.ts';
import { liveCommand } from './commands/live.ts';
import { pipelineCommand } from './commands/pipeline.ts';
import { serveCommand } from './commands/serve.ts';
import { synthCommand } from './commands/synth.ts';
import { vacuumPressureCommand } from './commands/vacuum-pressure.ts';
import { programVersion } from './version.ts';

/**
 * The whole command line; parses nothing yet.
 * @param onCode told the exit code of a command that did its work but has bad news.
 */
export function buildProgram(onCode: (code: number) => void = () => {}): Command {
  const program = new Command('spymaster');
  onExitCode(program, onCode);
  describe(
    program,
    'Order-level market data in; true books, liquidity physics and live screens out.',
    'demo',
    'book --levels 5 --format csv day.mbo.dbn.zst | head',
  );
  program
    .enablePositionalOptions()
    .version(programVersion())
    .showHelpAfterError('(add --help for the flags)');
  const commands = [
    demoCommand(),
    synthCommand(),
    dbnCommand(),
    bookCommand(),
    vacuumPressureCommand(),
    downloadCommand(),
    liveCommand(),
    contractsCommand(),
    pipelineCommand(),
    lakeCommand(),
    forecastCommand(),
    serveCommand(),
    doctorCommand(),
  ];
  for (const command of commands) program.addCommand(command);
  program.argument('[command]').usage('[options] <command>');
  works(program, [], async () => async (_context, _options, unknown?: string) => {
    if (unknown === undefined) program.help({ error: true });
    return program.error(`error: unknown command "${unknown}"`, { exitCode: 2 });
  });
  return program;
}
