/** `spymaster live record|check`: the vendor's live gateway. */
import { Command, Option } from 'commander';
import { describe, realNumber, works } from '../command.ts';

/** Longest recording or check that a flag may ask for, seconds: a week. */
const LONGEST_S = 604_800;

const SETTINGS = ['lake', 'databento_live_gateway'] as const;

function choosing(command: Command): Command {
  return command
    .option('--dataset <code>', 'dataset', 'GLBX.MDP3')
    .addOption(
      new Option('--stype-in <type>', 'what the symbols are (default: raw_symbol)').choices([
        'raw_symbol',
        'parent',
        'continuous',
        'instrument_id',
      ]),
    );
}

function recordCommand(): Command {
  const command = choosing(
    describe(
      new Command('record'),
      'record a live session into raw days of the lake, until interrupted',
      'live record --symbols ESH6,NQH6',
      'live record --symbols ES.FUT --stype-in parent --duration 3600',
    ),
  );
  command
    .requiredOption('--symbols <list>', 'comma list, or ALL_SYMBOLS')
    .option('--schema <list>', 'schemas, a file each', 'mbo')
    .option('--snapshot', 'begin with a snapshot of every book: mbo does unless told not to')
    .option('--no-snapshot', 'begin in the middle: books are partial')
    .option('--duration <seconds>', 'end after that time', realNumber(0.1, LONGEST_S))
    .option('--output <dir>', 'all files into this folder, instead of the lake')
    .option('--root <root>', 'whose records they are, where symbols do not tell')
    .option('--options', 'with --root: they are of options on it')
    .option('--json', 'print the summary as JSON');
  return works(command, SETTINGS, async () => (await import('../live-record.ts')).runLiveRecord);
}

function checkCommand(): Command {
  const command = choosing(
    describe(
      new Command('check'),
      'connect, authenticate, subscribe, wait for records: what works, how fast, what to mend',
      'live check',
      'live check --dataset XNAS.ITCH --symbols QQQ',
    ),
  );
  command
    .option('--symbols <list>', 'comma list (default of GLBX.MDP3: the front ES)')
    .option('--schema <schema>', 'schema', 'mbo')
    .option('--seconds <n>', 'how long to wait for records and heartbeats', realNumber(1, 600), 15)
    .option('--json', 'print the findings as JSON');
  const settings = ['databento_live_gateway'] as const;
  return works(command, settings, async () => (await import('../live-check.ts')).runLiveCheck);
}

/** The group. */
export function liveCommand(): Command {
  return describe(new Command('live'), "the vendor's live gateway", 'live check')
    .addCommand(recordCommand())
    .addCommand(checkCommand());
}
