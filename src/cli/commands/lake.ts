/** `spymaster lake ls|verify|sql|export`: look into the lake's tables. */
import { Command, Option } from 'commander';
import { collect, describe, wholeNumber, works } from '../command.ts';

function withFilters(command: Command, layers: readonly string[]): Command {
  return command
    .addOption(new Option('--layer <layer>', 'only this layer').choices(layers))
    .option('--product-type <type>', 'only this product type, such as future_mbo')
    .option('--symbol <symbol>', 'only this contract or ticker, or all contracts of a root')
    .option('--dt <date>', 'only this session date')
    .option('--dates <A:B>', 'only these session dates, both included');
}

const TABLE_LAYERS = ['bronze', 'silver', 'gold'];

function lsCommand(): Command {
  const command = describe(
    new Command('ls'),
    'partitions with their state, rows and bytes; `--layer raw`: the raw files',
    'lake ls --layer gold --symbol ES',
    'lake ls --layer raw --json | jq .totals',
  );
  withFilters(command, ['raw', ...TABLE_LAYERS])
    .option(
      '--tracker <file>',
      'with raw: a tracker of downloads, again for more (default: those in logs/)',
      collect,
    )
    .option('--json', 'print one JSON object');
  return works(command, ['lake'], async () => (await import('../lake-ls.ts')).runLakeLs);
}

function verifyCommand(): Command {
  const command = describe(
    new Command('verify'),
    'read partitions again and compare them with their manifests, contracts and inputs',
    'lake verify',
    'lake verify --layer gold --symbol ESH6 --dt 2026-01-05',
  );
  withFilters(command, TABLE_LAYERS)
    .option('--quick', 'compare sizes and manifests only, do not read the data again')
    .option('--json', 'print one JSON object');
  return works(command, ['lake'], async () => (await import('../lake-verify.ts')).runLakeVerify);
}

function sqlCommand(): Command {
  const command = describe(
    new Command('sql').argument('<query>', 'one statement that reads; - reads it from stdin'),
    'SQL over every table: gold.physics_surface_1s, silver.future_mbo_book_snapshot_1s, …',
    'lake sql "SELECT dt, count(*) FROM gold.physics_surface_1s GROUP BY dt"',
    'lake sql "DESCRIBE silver.depth_and_flow_1s"',
    'lake sql --format csv "SELECT * FROM silver.book_snapshot_1s WHERE dt = \'2026-01-05\'" > day.csv',
  )
    .addOption(
      new Option(
        '--format <format>',
        'json: one object a line (default: table, or as --out ends)',
      ).choices(['table', 'csv', 'json', 'arrow', 'parquet']),
    )
    .option('--out <file>', 'write here instead of to standard output (needed for parquet)')
    .option('--max-rows <n>', 'rows that a table shows', wholeNumber(1, 1_000_000), 200);
  return works(command, ['lake'], async () => (await import('../lake-sql.ts')).runLakeSql);
}

function exportCommand(): Command {
  const command = describe(
    new Command('export').argument('[table]', 'such as gold.future_mbo.physics_surface_1s'),
    'partitions of a table, or the answer of a query, as a file or on standard output',
    'lake export gold.future_mbo.physics_surface_1s --symbol ESH6 --dt 2026-01-05 --out day.arrow',
    'lake export silver.future_mbo.book_snapshot_1s --symbol ES --columns dt,mid_price > mids.csv',
  )
    .option('--sql <query>', 'export the answer of this instead of a table')
    .option('--symbol <symbol>', 'only this contract or ticker, or all contracts of a root')
    .option('--dt <date>', 'only this session date')
    .option('--dates <A:B>', 'only these session dates, both included')
    .option('--columns <names>', 'only these columns, separated by commas')
    .addOption(
      new Option(
        '--format <format>',
        'arrow is an IPC stream (default: csv, or as --out ends)',
      ).choices(['csv', 'json', 'arrow', 'parquet']),
    )
    .option('--out <file>', 'write here instead of to standard output (needed for parquet)');
  return works(command, ['lake'], async () => (await import('../lake-export.ts')).runLakeExport);
}

/** The group and its commands. */
export function lakeCommand(): Command {
  const group = describe(
    new Command('lake'),
    'look into the lake: partitions, checks, SQL, exports',
    'lake ls',
  );
  for (const command of [lsCommand(), verifyCommand(), sqlCommand(), exportCommand()]) {
    group.addCommand(command);
  }
  return group;
}
