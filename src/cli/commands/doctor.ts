/** `spymaster doctor`: what is missing on this machine and how to fix it. */
import { Command } from 'commander';
import { describe, works } from '../command.ts';

/** The command's flags. */
export function doctorCommand(): Command {
  const command = describe(
    new Command('doctor'),
    'check Node, configuration, disk, ports, lake, clock, and the vendor when a key is set',
    'doctor',
    'doctor --json',
  );
  command.option('--json', 'print the findings as JSON');
  const settings = [
    'lake',
    'cache_dir',
    'vacuum_pressure_port',
    'web_port',
    'databento_historical_url',
  ] as const;
  return works(command, settings, async () => (await import('../doctor.ts')).runDoctor);
}
