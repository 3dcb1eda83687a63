/** `spymaster demo`: the embedded whole on a synthetic market. */
import { Command } from 'commander';
import { describe, realNumber, wholeNumber, works } from '../command.ts';

/** The command's flags. */
export function demoCommand(): Command {
  const command = describe(
    new Command('demo'),
    'make synthetic days, tables and a forecast, run the servers and print the addresses',
    'demo',
    'demo --product MNQ --days 10 --signal 1 --speed 5 --seed 42',
  )
    .option('--product <root>', 'ES, MNQ or RTY', 'ES')
    .option(
      '--days <n>',
      'trading days from 2026-01-05 on; the last is shown',
      wholeNumber(1, 20),
      6,
    )
    .option('--speed <x>', 'playback multiple of event time', realNumber(0, 1000), 1)
    .option('--start-time <HH:MM>', 'where playback begins, New York', '09:30')
    .option(
      '--minutes <n>',
      'length of the market from five minutes before the start on',
      wholeNumber(6, 390),
      30,
    )
    .option('--rate <x>', 'mean events per second', realNumber(1, 10_000), 300)
    .option('--seed <n>', 'the same seed makes the same market', wholeNumber(0, 2 ** 53 - 1), 1)
    .option('--signal <s>', 'how far the book tells the next move, 0 to 1', realNumber(0, 1), 0.5);
  const settings = [
    'lake',
    'cache_dir',
    'vacuum_pressure_port',
    'velocity_port',
    'web_port',
    'log_level',
  ] as const;
  return works(command, settings, async () => (await import('../demo.ts')).runDemo);
}
