/** `spymaster forecast`: Stage F, fitted and proven. */
import { Command, Option } from 'commander';
import { describe, wholeNumber, works } from '../command.ts';

function fitCommand(): Command {
  const command = describe(
    new Command('fit'),
    'fit force, probabilities and calibration on days of gold, and prove them on days held out',
    'forecast fit --root ES',
    'forecast fit --root ES --days 10 --from 09:30 --to 11:00 --json',
  )
    .requiredOption('--root <root>', 'root or ticker, such as ES or QQQ')
    .option('--product-type <type>', 'future_mbo or equity_mbo (default: what the root is)')
    .addOption(
      new Option('--days <n>', 'how many of the last complete trading days')
        .argParser(wholeNumber(6, 250))
        .default(20),
    )
    .addOption(
      new Option('--dates <A:B>', 'these session dates, both included, or a comma list').conflicts(
        'days',
      ),
    )
    .option('--from <HH:MM>', 'first window of a day, exchange time', '09:30')
    .option('--to <HH:MM>', 'no window after this, exchange time', '12:30')
    .option('--workers <n>', 'days read at the same time (default: cores)', wholeNumber(1, 64))
    .option('--json', 'answer as JSON');
  return works(command, ['lake'], async () => (await import('../forecast-fit.ts')).runForecastFit);
}

function evaluateCommand(): Command {
  const command = describe(
    new Command('evaluate'),
    'prove fitted parameters again: baselines, controls, walk forward and gate on days held out',
    'forecast evaluate --root ES',
    'forecast evaluate --root ES --json | jq .skill',
  )
    .requiredOption('--root <root>', 'root or ticker whose parameters are proven')
    .option('--workers <n>', 'days read at the same time (default: cores)', wholeNumber(1, 64))
    .option('--no-walk', 'leave out the refits of the walk forward, which take longest')
    .option('--json', 'answer as JSON');
  return works(
    command,
    ['lake'],
    async () => (await import('../forecast-evaluate.ts')).runForecastEvaluate,
  );
}

function reportCommand(): Command {
  const command = describe(
    new Command('report'),
    'one HTML page of the proof that needs nothing else: skill, reliability, controls, origin',
    'forecast report --root ES',
    'forecast report --root ES --out report.html',
  )
    .requiredOption('--root <root>', 'root or ticker whose evaluation is shown')
    .option('--out <file>', 'write here (default: forecast/{root}/report.html in the lake)');
  return works(
    command,
    ['lake'],
    async () => (await import('../forecast-report.ts')).runForecastReport,
  );
}

/** The group and its commands. */
export function forecastCommand(): Command {
  const group = describe(
    new Command('forecast'),
    'the forecast (Stage F): fit it, prove it, report on it',
    'forecast fit --root ES',
  );
  return group.addCommand(fitCommand()).addCommand(evaluateCommand()).addCommand(reportCommand());
}
