/** `spymaster serve velocity|vacuum-pressure|web|all|vendor`: the servers. */
import { Command } from 'commander';
import { collect, describe, realNumber, wholeNumber, works } from '../command.ts';

const SERVER_SETTINGS = ['host', 'token', 'log_level'] as const;
const LIVE_SETTINGS = ['databento_live_gateway'] as const;
const PORT_SETTINGS = ['velocity_port', 'vacuum_pressure_port', 'web_port'] as const;
const CACHE_SETTINGS = ['cache_dir', 'cache_max_gb'] as const;

function withPlayback(command: Command): Command {
  return command
    .option('--product-type <type>', 'default of its streams', 'future_mbo')
    .option('--symbol <symbol>', 'default of its streams (default: the first root of the lake)')
    .option('--dt <date>', 'default of its streams (default: the last day of the lake)')
    .option('--start-time <HH:MM>', 'default of its streams, exchange time')
    .option('--speed <x>', 'default of its streams; 0: as fast as it goes', realNumber(0, 1000), 1);
}

function withThrottle(command: Command): Command {
  return command.option(
    '--throttle-ms <n>',
    'default of the vacuum-pressure streams',
    wholeNumber(10, 1000),
    25,
  );
}

function withForecast(command: Command): Command {
  return command
    .option(
      '--skip-minutes <n>',
      'default of the velocity streams: left out from where they begin',
      realNumber(0, 1440),
      0,
    )
    .option('--allow-unproven', 'send forecasts that were not proven, called so');
}

function velocityServer(): Command {
  const command = withForecast(
    withPlayback(
      describe(
        new Command('velocity'),
        'the velocity streams (8001)',
        'serve velocity --symbol ES --dt 2026-01-05 --skip-minutes 5',
      ),
    ),
  );
  return works(
    command,
    [...SERVER_SETTINGS, 'lake', 'velocity_port'],
    async () => (await import('../serve.ts')).serveVelocity,
    { velocity_port: ['--port <n>', 'port of the velocity server (default 8001)'] },
  );
}

function vacuumPressureServer(): Command {
  const command = withThrottle(
    withPlayback(
      describe(
        new Command('vacuum-pressure'),
        'the vacuum-pressure streams (8002)',
        'serve vacuum-pressure --symbol ESH6 --dt 2026-01-05 --start-time 09:30',
      ),
    ),
  );
  return works(
    command,
    [...SERVER_SETTINGS, ...LIVE_SETTINGS, 'lake', ...CACHE_SETTINGS, 'vacuum_pressure_port'],
    async () => (await import('../serve.ts')).serveVacuumPressure,
  );
}

function webServer(): Command {
  const command = describe(new Command('web'), 'the pages (5174)', 'serve web --web-port 8080');
  const settings = [...SERVER_SETTINGS, ...PORT_SETTINGS];
  return works(command, settings, async () => (await import('../serve.ts')).serveWeb);
}

function allServers(): Command {
  const command = withForecast(
    withThrottle(
      withPlayback(
        describe(new Command('all'), 'every server and the pages', 'serve all --symbol ES'),
      ),
    ),
  );
  return works(
    command,
    [...SERVER_SETTINGS, ...LIVE_SETTINGS, 'lake', ...CACHE_SETTINGS, ...PORT_SETTINGS],
    async () => (await import('../serve.ts')).serveAll,
  );
}

function vendorServers(): Command {
  const command = describe(
    new Command('vendor'),
    'stand-ins for the vendor over a folder of DBN: its historical API and its live gateway',
    'serve vendor --data lake/raw',
    'serve vendor --data lake/raw --speed 10 --fault rate-limit:3 --fault drop-seconds:20',
    'serve vendor --list-faults',
  )
    .option('--data <dir>', 'folder of .dbn and .dbn.zst, at any depth')
    .option('--port <n>', 'port of the historical API', wholeNumber(0, 65_535), 8003)
    .option('--live-port <n>', 'port of the live gateway', wholeNumber(0, 65_535), 13_000)
    .option('--speed <x>', 'of the live market; 0: as fast as it goes', realNumber(0, 1e6), 1)
    .option('--at-end <what>', 'when the live market ends: stay, close or loop', 'stay')
    .option('--shift-times', 'live records carry the times of now, not of the recording')
    .option('--key <key>', 'the key that is accepted (default: one that is printed)')
    .option('--dbn-version <n>', 'version of DBN that is sent', wholeNumber(1, 3), 3)
    .option('--rate-limits', 'answer 429 beyond the limits that the vendor publishes')
    .option('--jobs <dir>', 'keep batch jobs here (default: they are forgotten)')
    .option('--certificate <file>', 'write what clients of HTTPS must trust')
    .option('--fault <name>', 'what is to go wrong; may be given again', collect)
    .option('--list-faults', 'name every fault, and stop');
  return works(command, ['host'], async () => (await import('../serve-vendor.ts')).serveVendor);
}

/** The group and its servers. */
export function serveCommand(): Command {
  return describe(new Command('serve'), 'the servers', 'serve all')
    .addCommand(velocityServer())
    .addCommand(vacuumPressureServer())
    .addCommand(webServer())
    .addCommand(allServers())
    .addCommand(vendorServers());
}
