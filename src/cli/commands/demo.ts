/** `spymaster demo`: the embedded whole on a synthetic market. */
import { Command } from 'commander';
import { describe, realNumber, wholeNumber, works } from '../command.ts';

/** The command's flags. */
export function demoCommand(): Command {
  const command = describe(
    new Command('demo'),
    'make a synthetic market, run the servers on it and print the page’s address',
    'demo',
    'demo --product MNQ --days 2 --speed 5 --seed 42',
  )
    .option('--product <root>', 'ES, MNQ or RTY', 'ES')
    .option('--days <n>', 'trading days from 2026-01-05 on', wholeNumber(1, 20), 1)
    .option('--speed <x>', 'playback multiple of event time', realNumber(0, 1000), 1)
    .option('--start-time <HH:MM>', 'where playback begins, New York', '09:30')
    .option(
      '--minutes <n>',
      'length of the market from five minutes before the start on',
      wholeNumber(6, 390),
      45,
    )
    .option('--rate <x>', 'mean events per second', realNumber(1, 10_000), 400)
    .option('--seed <n>', 'the same seed makes the same market', wholeNumber(0, 2 ** 53 - 1), 1)
    .option('--signal <s>', 'how far the book tells the next move, 0 to 1', realNumber(0, 1), 0.5);
  const settings = ['lake', 'cache_dir', 'vacuum_pressure_port', 'web_port', 'log_level'] as const;
  return works(command, settings, async () => (await import('../demo.ts')).runDemo);
}
