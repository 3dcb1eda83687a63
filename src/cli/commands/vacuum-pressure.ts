/** `spymaster vacuum-pressure run`: the engine without a server. */
import { Command } from 'commander';
import { describe, wholeNumber, works } from '../command.ts';

function runCommand(): Command {
  const command = describe(
    new Command('run').argument('<file>', 'market-by-order DBN file, raw or zstd'),
    'run the engine over a file: frames to Arrow or Parquet, or their hash',
    'vacuum-pressure run day.mbo.dbn.zst --symbol ESH6 --start-time 09:30 --hash',
    'vacuum-pressure run day.mbo.dbn.zst --symbol ES --every-ms 1000 --out day.parquet',
  )
    .option('--symbol <symbol>', 'contract, ticker or root (default: the busiest instrument)')
    .option('--dt <date>', 'session date (default: the first record’s UTC date)')
    .option('--start-time <HH:MM>', 'first frame, exchange time (default: the start of the file)')
    .option('--end-time <HH:MM>', 'no frame after this, exchange time')
    .option('--every-ms <n>', 'event time between frames', wholeNumber(10, 60_000), 25)
    .option('--bucket-ticks <n>', 'ticks in a row (default: by product)', wholeNumber(1, 10_000))
    .option('--tick-size <price>', 'tick of an instrument that config/products.yaml does not know')
    .option('--out <file>', 'write frames here: .arrow (IPC stream) or .parquet')
    .option('--hash', 'print the hash of all frames as the last line of standard output')
    .option('--json', 'print the summary as JSON');
  return works(command, [], async () => (await import('../vacuum-pressure.ts')).runVacuumPressure);
}

/** The group and its command. */
export function vacuumPressureCommand(): Command {
  const group = describe(
    new Command('vacuum-pressure'),
    'the vacuum-pressure engine without a server',
    'vacuum-pressure run day.mbo.dbn.zst --hash',
  );
  return group.addCommand(runCommand());
}
