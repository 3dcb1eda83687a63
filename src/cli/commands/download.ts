/** `spymaster download futures|equities submit|poll|daemon|cost`: batch jobs of the vendor. */
import { Command } from 'commander';
import { describe, realNumber, wholeNumber, works } from '../command.ts';
import type { DownloadKind } from '../download-request.ts';

/** Longest wait that a flag may ask for, seconds. */
const LONGEST_WAIT_S = 86_400;

const DEFAULT_SYMBOLS = { futures: 'ES', equities: 'SPY,QQQ' } as const;

function choosing(command: Command, kind: DownloadKind): Command {
  command
    .requiredOption('--start <date>', 'first session date')
    .requiredOption('--end <date>', 'last session date, included')
    .option('--symbols <list>', 'roots or tickers, comma list', DEFAULT_SYMBOLS[kind]);
  if (kind === 'futures') {
    return command
      .option('--include-futures', 'the futures too, not only their options that expire on the day')
      .option('--futures-schemas <list>', 'of the futures: mbo, statistics', 'mbo')
      .option(
        '--options-schemas <list>',
        'of the options: definition, mbo, statistics; none',
        'definition,mbo,statistics',
      );
  }
  return command
    .option('--equity-schemas <list>', 'of the equities: mbo, definition, statistics; none', 'mbo')
    .option(
      '--options-schemas <list>',
      'of the options: definition, cmbp-1, statistics; none',
      'definition,cmbp-1,statistics',
    );
}

function tracked(command: Command, kind: DownloadKind): Command {
  const file = kind === 'futures' ? 'futures_jobs.json' : 'equity_options_jobs.json';
  return command.option('--tracker <file>', 'the jobs that were asked for', `logs/${file}`);
}

function working(command: Command): Command {
  return command
    .option('--log-file <file>', 'append what happens, a line each, `TIME message`')
    .option(
      '--max-attempts <n>',
      'submissions, and downloads, of the same data that may fail',
      wholeNumber(1, 100),
      3,
    )
    .option('--json', 'print the summary as JSON');
}

function submitting(command: Command): Command {
  const seconds = realNumber(0, LONGEST_WAIT_S);
  return command
    .option(
      '--max-cost <usd>',
      'refuse what would cost more, the whole plan counted',
      realNumber(0, 1e9),
    )
    .option('--pause-seconds <n>', 'wait after each submission', seconds, 5)
    .option(
      '--settle-seconds <n>',
      'how long a submission without an answer is looked for before it is made again',
      seconds,
      30,
    );
}

const SETTINGS = ['lake', 'databento_historical_url'] as const;

function submitCommand(kind: DownloadKind): Command {
  const command = describe(
    new Command('submit'),
    'have the vendor make the jobs that were not asked for yet; says what they cost first',
    `download ${kind} submit --start 2026-01-05 --end 2026-01-09 --max-cost 50`,
  );
  submitting(working(tracked(choosing(command, kind), kind)));
  return works(command, SETTINGS, async () => {
    const { runDownloadSubmit } = await import('../download.ts');
    return (context, options) => runDownloadSubmit(kind, context, options);
  });
}

function pollCommand(kind: DownloadKind): Command {
  const command = describe(
    new Command('poll'),
    'look once how far the jobs of the tracker are, and download those that are done',
    `download ${kind} poll`,
  );
  working(tracked(command, kind));
  return works(command, SETTINGS, async () => {
    const { runDownloadPoll } = await import('../download.ts');
    return (context, options) => runDownloadPoll(context, options);
  });
}

function daemonCommand(kind: DownloadKind): Command {
  const include = kind === 'futures' ? ' --include-futures' : '';
  const command = describe(
    new Command('daemon'),
    'submit, poll and download until everything is here; running it again goes on',
    `download ${kind} daemon --start 2026-01-05 --end 2026-01-09${include}`,
  );
  submitting(working(tracked(choosing(command, kind), kind))).option(
    '--poll-interval <seconds>',
    'wait between two looks',
    realNumber(0.01, LONGEST_WAIT_S),
    60,
  );
  return works(command, SETTINGS, async () => {
    const { runDownloadDaemon } = await import('../download.ts');
    return (context, options) => runDownloadDaemon(kind, context, options);
  });
}

function costCommand(kind: DownloadKind): Command {
  const command = describe(
    new Command('cost'),
    'what each job would cost by the vendor; free, and nothing is submitted',
    `download ${kind} cost --start 2026-01-05 --end 2026-01-09`,
  );
  tracked(choosing(command, kind), kind).option('--json', 'answer as JSON');
  return works(command, SETTINGS, async () => {
    const { runDownloadCost } = await import('../download-cost.ts');
    return (context, options) => runDownloadCost(kind, context, options);
  });
}

function kindCommand(kind: DownloadKind, text: string): Command {
  const start = '--start 2026-01-05 --end 2026-01-09';
  const group = describe(new Command(kind), text, `download ${kind} daemon ${start}`);
  for (const make of [submitCommand, pollCommand, daemonCommand, costCommand]) {
    group.addCommand(make(kind));
  }
  return group;
}

/** The group and its commands. */
export function downloadCommand(): Command {
  const group = describe(
    new Command('download'),
    'batch jobs of the vendor, into the raw lake where bronze finds them',
    'download futures cost --start 2026-01-05 --end 2026-01-09 --include-futures',
    'download equities daemon --start 2026-01-05 --end 2026-01-09 --symbols QQQ --max-cost 100',
  );
  return group
    .addCommand(kindCommand('futures', 'futures of CME and their options of the day'))
    .addCommand(kindCommand('equities', 'equities of Nasdaq and their options of the day'));
}
