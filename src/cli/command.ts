/**
 * What every command shares: settings flags, `--print-config`, interruption, and loading its work
 * only when it runs (so that `--help` answers at once).
 */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { environment } from './secret-environment.ts';
import type { LoadedSettings, SettingName, Settings } from './settings.ts';

/** The flag of a setting: commander's flags, and its meaning. */
type SettingFlag = readonly [flags: string, text: string];

/** Flags that set a setting: each command takes those it reads. */
const SETTING_FLAGS: Partial<Record<SettingName, SettingFlag>> = {
  lake: ['--lake <dir>', 'folder of raw files and tables (default ./lake)'],
  cache_dir: ['--cache-dir <dir>', 'decompressed days and checkpoints (default ./.cache)'],
  cache_max_gb: ['--cache-max-gb <n>', 'size at which the cache forgets its oldest files'],
  host: ['--host <address>', 'address to listen on (default 127.0.0.1; any other needs --token)'],
  velocity_port: ['--velocity-port <n>', 'port of the velocity server (default 8001)'],
  vacuum_pressure_port: ['--port <n>', 'port of the vacuum-pressure server (default 8002)'],
  web_port: ['--web-port <n>', 'port of the pages (default 5174)'],
  token: ['--token <secret>', 'what clients must present (default: none on 127.0.0.1)'],
  databento_historical_url: [
    '--historical-url <url>',
    "the vendor's historical API, or a stand-in (default https://hist.databento.com)",
  ],
  databento_live_gateway: [
    '--live-gateway <host:port>',
    "the vendor's live gateway, or a stand-in (default: the dataset's own)",
  ],
  log_level: ['--log-level <level>', 'silent, error, warn, info or debug (default info)'],
};

/** What a running command is given. */
export interface CommandContext {
  settings: Settings;
  loaded: LoadedSettings;
  /** Aborted when the user interrupts: stop at the next safe point. */
  signal: AbortSignal;
}

/**
 * A command's work: options and positional arguments as commander parsed them; may resolve to an
 * exit code.
 */
export type CommandWork = (
  context: CommandContext,
  // biome-ignore lint/suspicious/noExplicitAny: commander hands each action its own shape.
  options: any,
  // biome-ignore lint/suspicious/noExplicitAny: see above.
  ...args: any[]
) => Promise<number | undefined>;

/** The option name that commander derives from the long flag, e.g. `--web-port` -> `webPort`. */
function optionName(flags: string): string {
  return new Option(flags).attributeName();
}

/** The abort signal of this process: set once by `main`. */
const interruption = new AbortController();

/** A run that the user interrupted: nothing half-done is left. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

/** Asks the running command to stop at its next safe point. */
export function interrupt(): void {
  interruption.abort();
}

/** Time after which a long run lets interrupts and timers in, ms. */
const BREATH_MS = 50;

/**
 * The safe points of a long run: `await point.reach()` between two pieces of work costs next to
 * nothing, and now and then lets an interrupt in.
 */
export class SafePoint {
  private readonly signal: AbortSignal;
  private last = performance.now();

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /** @throws Interrupted once the user has interrupted. */
  async reach(): Promise<void> {
    const now = performance.now();
    if (now - this.last > BREATH_MS) {
      this.last = now;
      await new Promise((done) => setImmediate(done));
    }
    if (this.signal.aborted) throw new Interrupted();
  }
}

/** Flags of settings by command. */
const takenFlags = new WeakMap<Command, ReadonlyMap<SettingName, SettingFlag>>();

async function contextOf(command: Command): Promise<CommandContext> {
  const { loadSettings } = await import('./settings.ts');
  const options = command.opts<Record<string, unknown>>();
  const flags: Partial<Record<SettingName, unknown>> = {};
  for (const [name, [flag]] of takenFlags.get(command) ?? []) {
    flags[name] = options[optionName(flag)];
  }
  const configFolder = options['config'] as string | undefined;
  const loaded = loadSettings({ flags, configFolder, env: environment(), cwd: process.cwd() });
  return { settings: loaded.settings, loaded, signal: interruption.signal };
}

async function printConfig(context: CommandContext): Promise<void> {
  const { describeSettings } = await import('./settings.ts');
  process.stdout.write(`${JSON.stringify(describeSettings(context.loaded), null, 2)}\n`);
}

/**
 * Gives a command its settings flags and its work.
 * @param settings the settings that it reads, as flags.
 * @param load imports the work: called only when the command runs.
 * @param renamed flags that are others here than elsewhere.
 */
export function works(
  command: Command,
  settings: readonly SettingName[],
  load: () => Promise<CommandWork>,
  renamed: Partial<Record<SettingName, SettingFlag>> = {},
): Command {
  const taken = new Map<SettingName, SettingFlag>();
  for (const name of settings) {
    const row = renamed[name] ?? SETTING_FLAGS[name];
    if (!row) continue;
    command.option(row[0], row[1]);
    taken.set(name, row);
  }
  takenFlags.set(command, taken);
  command.option('--config <dir>', 'folder of products.yaml and spymaster.yaml');
  command.option('--print-config', 'show every setting and where it came from, and stop');
  return command.action(async (...received: unknown[]) => {
    const self = received.at(-1) as Command;
    const options = self.opts();
    const context = await contextOf(self);
    if (options['printConfig']) return printConfig(context);
    const work = await load();
    const code = await work(context, options, ...self.processedArgs);
    if (code) exitCodes.get(rootOf(self))?.(code);
  });
}

/** Who is told the exit code that a command's work resolves to, by program. */
const exitCodes = new WeakMap<Command, (code: number) => void>();

function rootOf(command: Command): Command {
  return command.parent ? rootOf(command.parent) : command;
}

/** Has the exit codes of a program's commands told to `listener`. */
export function onExitCode(program: Command, listener: (code: number) => void): void {
  exitCodes.set(program, listener);
}

/** A named group or command with its examples below the help. */
export function describe(command: Command, text: string, ...examples: string[]): Command {
  const shown = examples.map((e) => `  $ spymaster ${e}`).join('\n');
  command.description(text);
  return examples.length > 0
    ? command.addHelpText('after', `\nExample${examples.length > 1 ? 's' : ''}:\n${shown}`)
    : command;
}

/** Collects the values of a flag that may be given several times, for commander. */
export function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** Parses a whole number within bounds, for commander. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const n = Number(text);
    if (/^-?\d+$/.test(text) && n >= min && n <= max) return n;
    throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}.`);
  };
}

/** Parses a number within bounds, for commander. */
export function realNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const n = Number(text);
    if (text.trim() !== '' && n >= min && n <= max) return n;
    throw new InvalidArgumentError(`expected a number from ${min} to ${max}.`);
  };
}
