/** `spymaster synth`: write a synthetic market into a raw lake. */
import { Command, Option } from 'commander';
import { describe, realNumber, wholeNumber, works } from '../command.ts';

/** The command's flags. */
export function synthCommand(): Command {
  const command = describe(
    new Command('synth'),
    'write synthetic DBN files: orders, definitions, statistics and the known truth',
    'synth --symbol ES --days 2 --seed 7',
    'synth --symbol MNQ --dates 2026-01-05:2026-01-09 --signal 0.6 --rate 200',
    'synth --all --days 5 --rate 50',
  )
    .option('--product-type <type>', 'kind of product', 'future_mbo')
    .option('--symbol <root>', 'root or ticker: ES, MNQ or RTY; ES for its options; QQQ for shares')
    .addOption(
      new Option(
        '--all',
        'ES, its 0DTE options, QQQ and its 0DTE options, one price path',
      ).conflicts(['symbol', 'productType']),
    )
    .addOption(
      new Option('--dates <A:B>', 'session dates, both included (or one date)').conflicts('days'),
    )
    .option('--days <n>', 'trading days from 2026-01-05', wholeNumber(1, 1000))
    .option('--seed <n>', 'the same seed gives the same bytes', wholeNumber(0, 2 ** 53 - 1), 1)
    .option('--signal <s>', 'how far the book tells the next move, 0 to 1', realNumber(0, 1), 0.5)
    .option('--rate <x>', 'mean events per second in the busy session', realNumber(0.1, 1e5), 400)
    .option('--from <HH:MM>', 'begin at this time of day, New York (default: the whole UTC day)')
    .option('--to <HH:MM>', 'end at this time of day, New York')
    .option('--overwrite', 'write days that are there already');
  return works(command, ['lake'], async () => (await import('../synth.ts')).runSynth);
}
