/** `spymaster serve vacuum-pressure|web|all`: the servers. */
import { Command } from 'commander';
import { describe, realNumber, wholeNumber, works } from '../command.ts';

const SERVER_SETTINGS = ['host', 'token', 'log_level'] as const;
const STREAM_SETTINGS = ['lake', 'cache_dir', 'cache_max_gb', 'vacuum_pressure_port'] as const;

function withStreamDefaults(command: Command): Command {
  return command
    .option('--product-type <type>', 'default of its streams', 'future_mbo')
    .option('--symbol <symbol>', 'default of its streams (default: the first root of the lake)')
    .option('--dt <date>', 'default of its streams (default: the last day of the lake)')
    .option('--start-time <HH:MM>', 'default of its streams, exchange time')
    .option('--speed <x>', 'default of its streams; 0: as fast as it goes', realNumber(0, 1000), 1)
    .option('--throttle-ms <n>', 'default of its streams', wholeNumber(10, 1000), 25);
}

function vacuumPressureServer(): Command {
  const command = withStreamDefaults(
    describe(
      new Command('vacuum-pressure'),
      'the vacuum-pressure streams (8002)',
      'serve vacuum-pressure --symbol ESH6 --dt 2026-01-05 --start-time 09:30',
    ),
  );
  return works(
    command,
    [...SERVER_SETTINGS, ...STREAM_SETTINGS],
    async () => (await import('../serve.ts')).serveVacuumPressure,
  );
}

function webServer(): Command {
  const command = describe(new Command('web'), 'the pages (5174)', 'serve web --web-port 8080');
  const settings = [...SERVER_SETTINGS, 'web_port', 'vacuum_pressure_port'] as const;
  return works(command, settings, async () => (await import('../serve.ts')).serveWeb);
}

function allServers(): Command {
  const command = withStreamDefaults(
    describe(new Command('all'), 'every server and the pages', 'serve all --symbol ESH6'),
  );
  return works(
    command,
    [...SERVER_SETTINGS, ...STREAM_SETTINGS, 'web_port'],
    async () => (await import('../serve.ts')).serveAll,
  );
}

/** The group and its servers. */
export function serveCommand(): Command {
  const group = describe(new Command('serve'), 'the servers', 'serve all');
  return group.addCommand(vacuumPressureServer()).addCommand(webServer()).addCommand(allServers());
}
