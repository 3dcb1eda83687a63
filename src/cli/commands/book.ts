/** `spymaster book`: rebuild order books from market-by-order records. */
import { Command, Option } from 'commander';
import { describe, wholeNumber, works } from '../command.ts';

/** The command's flags. */
export function bookCommand(): Command {
  const command = describe(
    new Command('book').argument('<file>', 'market-by-order DBN file, raw or zstd'),
    'rebuild books and print their best levels; counters follow on standard error as JSON',
    'book --levels 5 --every 1s day.mbo.dbn.zst',
    'book --every record --format dbn --out day.mbp-10.dbn.zst day.mbo.dbn.zst',
  )
    .option('--levels <n>', 'levels a side', wholeNumber(1, 100), 10)
    .option('--symbol <symbol>', 'only this contract or ticker, or the busiest contract of a root')
    .addOption(
      new Option(
        '--every <rule>',
        'event: at the end of each event that changed the levels; record: by the vendor’s rule, ' +
          'at each record that changed them and each trade; 1s, 1m: at the end of each second ' +
          'or minute',
      )
        .choices(['event', 'record', '1s', '1m'])
        .default('event'),
    )
    .addOption(
      new Option('--format <format>', 'dbn is MBP-10 records')
        .choices(['csv', 'json', 'parquet', 'dbn'])
        .default('csv'),
    )
    .option('--out <file>', 'write here instead of to standard output (needed for parquet)')
    .option('--limit <n>', 'stop after this many rows', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--tick-size <price>', 'tick of instruments that config/products.yaml does not know')
    .option('--quiet', 'no counters');
  return works(command, [], async () => (await import('../book.ts')).runBook);
}
