/** `spymaster pipeline`: raw files to bronze, silver and gold. */
import { Command, Option } from 'commander';
import { describe, wholeNumber, works } from '../command.ts';

function choosing(command: Command): Command {
  return command
    .option('--product-type <types>', 'kinds of product, comma list (default: all there are)')
    .addOption(
      new Option('--layer <layer>', 'what is wanted; what it needs comes with it')
        .choices(['bronze', 'silver', 'gold', 'all'])
        .default('all'),
    )
    .option('--symbol <symbols>', 'roots, contracts or tickers, comma list (default: all)')
    .option('--dt <date>', 'one session date')
    .option('--dates <A:B>', 'session dates, both included, or a comma list (default: all)')
    .option('--start-date <date>', 'first session date')
    .option('--end-date <date>', 'last session date')
    .addOption(
      new Option('--session <hours>', 'regular: the hours of most volume; full: all of trading')
        .choices(['regular', 'full'])
        .default('regular'),
    )
    .option('--overwrite', 'make what is asked for even when it is complete')
    .option('--json', 'answer as JSON');
}

function runCommand(): Command {
  const command = describe(
    new Command('run'),
    'make tables that are missing or stale, and what they need; running it again goes on',
    'pipeline run --layer all',
    'pipeline run --product-type future_mbo --symbol ES --dates 2026-01-05:2026-01-09 --workers 4',
  );
  choosing(command).option(
    '--workers <n>',
    'tasks at the same time (default: as many as there are cores)',
    wholeNumber(1, 256),
  );
  return works(command, ['lake'], async () => (await import('../pipeline-run.ts')).runPipelineRun);
}

function planCommand(): Command {
  const command = describe(
    new Command('plan'),
    'what would run and why, and what would not',
    'pipeline plan --product-type future_option_mbo --layer gold',
  );
  choosing(command);
  return works(
    command,
    ['lake'],
    async () => (await import('../pipeline-plan.ts')).runPipelinePlan,
  );
}

function statusCommand(): Command {
  const command = describe(
    new Command('status'),
    'what is complete, stale, missing, damaged, or failed last time',
    'pipeline status',
  );
  choosing(command);
  return works(
    command,
    ['lake'],
    async () => (await import('../pipeline-plan.ts')).runPipelineStatus,
  );
}

/** The group and its commands. */
export function pipelineCommand(): Command {
  const group = describe(
    new Command('pipeline'),
    'make the tables of the lake: bronze, silver, gold',
    'pipeline run --layer all',
  );
  return group.addCommand(runCommand()).addCommand(planCommand()).addCommand(statusCommand());
}
