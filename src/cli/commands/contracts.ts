/** `spymaster contracts`: which contract of a root a session date means. */
import { Command } from 'commander';
import { describe, works } from '../command.ts';

function selectCommand(): Command {
  const command = describe(
    new Command('select'),
    'choose the contract of each session date by the volume of the trading date before',
    'contracts select --root ES --dates 2026-01-05:2026-01-09',
  )
    .option('--root <roots>', 'roots or tickers, comma list (default: all that have data)')
    .option('--dates <A:B>', 'session dates, both included, or a comma list (default: all)')
    .option('--output-path <file>', 'Parquet file (default: selection/… in the lake)')
    .option('--json', 'answer as JSON');
  return works(
    command,
    ['lake'],
    async () => (await import('../contracts-select.ts')).runContractsSelect,
  );
}

/** The group and its commands. */
export function contractsCommand(): Command {
  const group = describe(
    new Command('contracts'),
    'which contract of a root a session date means',
    'contracts select --root ES',
  );
  return group.addCommand(selectCommand());
}
