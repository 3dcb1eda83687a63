/** `spymaster dbn info|cat|convert`: look into DBN files and write them anew. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { collect, describe, realNumber, wholeNumber, works } from '../command.ts';

function version(text: string): number {
  if (text === '1' || text === '2' || text === '3') return Number(text);
  throw new InvalidArgumentError('expected 1, 2 or 3.');
}

function withFilters(command: Command): Command {
  return command
    .option('--symbol <symbol>', 'only this symbol or instrument id; may be repeated', collect)
    .option('--from <moment>', 'from this moment on: 2026-01-05, 2026-01-05T14:30Z or Unix ns')
    .option('--to <moment>', 'before this moment')
    .option('--limit <n>', 'at most this many records', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option(
      '--fragment <version>',
      'the file has no header; its records are of this version',
      version,
    );
}

function infoCommand(): Command {
  const command = describe(
    new Command('info').argument('<files...>', 'DBN files, raw or zstd'),
    'metadata, schema, symbols, record counts, time span, gaps and truncation',
    'dbn info day.mbo.dbn.zst',
    'dbn info --json *.dbn.zst | jq .records',
  )
    .option('--json', 'one JSON object a line')
    .option(
      '--gap-seconds <s>',
      'a stretch without records longer than this is a gap',
      realNumber(0, 1e6),
      300,
    )
    .option(
      '--fragment <version>',
      'the files have no header; their records are of this version',
      version,
    );
  return works(command, [], async () => (await import('../dbn-info.ts')).runDbnInfo);
}

function catCommand(): Command {
  const command = withFilters(
    describe(
      new Command('cat').argument('<file>', 'DBN file, raw or zstd'),
      'print records',
      'dbn cat day.mbo.dbn.zst --limit 5',
      'dbn cat --format csv --symbol ESH6 --from 2026-01-05T14:30Z day.mbo.dbn.zst > day.csv',
    ),
  )
    .addOption(
      new Option('--format <format>', 'json: one object a line')
        .choices(['json', 'csv', 'table'])
        .default('json'),
    )
    .option('--pretty', 'prices as decimals and times as ISO 8601')
    .option('--symbols', 'add each record’s symbol')
    .option('--upgrade', 'records of older versions in the layouts of version 3');
  return works(command, [], async () => (await import('../dbn-cat.ts')).runDbnCat);
}

function convertCommand(): Command {
  const command = withFilters(
    describe(
      new Command('convert').argument('<in>', 'DBN file').argument('<out>', 'file to write'),
      'write a DBN file anew: another version, zstd or raw, fewer records',
      'dbn convert old.v1.dbn.zst new.dbn',
      'dbn convert --symbol ESH6 --dbn-version 3 day.dbn.zst es.dbn.zst',
    ),
  )
    .option('--dbn-version <version>', 'version to write (default: as it is)', version)
    .option('--zstd', 'compress (default when <out> ends in .zst)')
    .option('--raw', 'do not compress')
    .option('--level <n>', 'zstd level', wholeNumber(1, 19), 3)
    .option('--force', 'replace <out> when it exists');
  return works(command, [], async () => (await import('../dbn-convert.ts')).runDbnConvert);
}

/** The group and its three commands. */
export function dbnCommand(): Command {
  const group = describe(
    new Command('dbn'),
    'look into DBN files and write them anew',
    'dbn info day.mbo.dbn.zst',
  );
  return group.addCommand(infoCommand()).addCommand(catCommand()).addCommand(convertCommand());
}
