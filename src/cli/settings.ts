/**
 * Settings of the program: flags > environment (`.env` included) > config/spymaster.yaml >
 * defaults, validated as a whole.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { DataError } from '../core/index.ts';
import { shippedConfigFolder } from '../lake/index.ts';
import { maskKeys } from './secret-environment.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const list = z.preprocess(
  (v) => (typeof v === 'string' ? v.split(',').filter((s) => s !== '') : v),
  z.array(z.string()),
);

/** Every setting: its check, default, meaning, and whether it is a secret. */
const SETTINGS = {
  lake: { schema: z.string().min(1), default: './lake' },
  cache_dir: { schema: z.string().min(1), default: './.cache' },
  cache_max_gb: { schema: z.coerce.number().positive(), default: 20 },
  host: { schema: z.string().min(1), default: '127.0.0.1' },
  velocity_port: { schema: port, default: 8001 },
  vacuum_pressure_port: { schema: port, default: 8002 },
  web_port: { schema: port, default: 5174 },
  token: { schema: z.string().min(16, 'at least 16 characters'), default: '', secret: true },
  allowed_origins: { schema: list, default: [] as string[] },
  log_level: {
    schema: z.enum(['silent', 'error', 'warn', 'info', 'debug']),
    default: 'info' as const,
  },
  vacuum_pressure: {
    schema: z.strictObject({ coefficients: z.record(z.string(), z.number()).default({}) }),
    default: { coefficients: {} as Record<string, number> },
  },
  databento_api_key: {
    schema: z.string().regex(/^db-\S{8,}$/, 'expected "db-…"'),
    default: '',
    secret: true,
    env: 'DATABENTO_API_KEY',
  },
  databento_historical_url: {
    schema: z.url({ protocol: /^https?$/ }),
    default: 'https://hist.databento.com',
  },
  databento_live_gateway: {
    schema: z.string().regex(/^\S+:\d{1,5}$/, 'expected HOST:PORT'),
    default: '',
  },
} as const;

/** Name of a setting, as in the configuration file. */
export type SettingName = keyof typeof SETTINGS;
/** All settings, checked. */
export type Settings = { [K in SettingName]: z.output<(typeof SETTINGS)[K]['schema']> };
/** Where a value came from, in words: `default`, a file, a variable, a flag. */
export type Origins = Record<SettingName, string>;

/** Settings with their origins and the folder that configuration files are read from. */
export interface LoadedSettings {
  settings: Settings;
  origins: Origins;
  configFolder: string;
}

/** What settings are made from; tests pass their own. */
export interface SettingSources {
  /** Values given as flags, by setting name; absent or undefined: not given. */
  flags: Partial<Record<SettingName, unknown>>;
  /** `--config DIR`. */
  configFolder?: string | undefined;
  env: Record<string, string | undefined>;
  /** Folder that `.env` and `config/` are looked for in. */
  cwd: string;
}

/** Names of all settings. */
export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/** The environment variable of a setting, e.g. `SPYMASTER_CACHE_DIR`. */
export function envNameOf(name: SettingName): string {
  const row = SETTINGS[name] as { env?: string };
  return row.env ?? `SPYMASTER_${name.toUpperCase()}`;
}

function dotEnv(cwd: string): Record<string, string | undefined> {
  const file = join(cwd, '.env');
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
}

function chooseConfigFolder(sources: SettingSources, env: Record<string, string | undefined>) {
  const asked = sources.configFolder ?? env['SPYMASTER_CONFIG'];
  if (asked) {
    const folder = resolve(sources.cwd, asked);
    if (existsSync(folder)) return folder;
    throw new DataError('CONFIG', `no configuration folder ${folder}`);
  }
  const local = join(sources.cwd, 'config');
  return existsSync(join(local, 'products.yaml')) ? local : shippedConfigFolder();
}

function readSettingsFile(file: string): Record<string, unknown> {
  if (!existsSync(file)) return {};
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8'), { logLevel: 'error' }) ?? {};
  } catch (cause) {
    // Some messages quote what stands in the file, which may be a key of any shape.
    const message = (cause as Error).message.split('\n')[0]?.replace(/db-\S+/g, 'db-…');
    throw new DataError('CONFIG', `${file}: ${message}`);
  }
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new DataError('CONFIG', `${file}: expected "name: value" lines`);
  }
  const unknown = Object.keys(content as object).find((k) => !(k in SETTINGS));
  if (unknown) {
    const known = SETTING_NAMES.join(' ');
    throw new DataError('CONFIG', `${file}: no setting "${unknown}"; there are ${known}`);
  }
  return content as Record<string, unknown>;
}

function check(name: SettingName, value: unknown, origin: string): unknown {
  const row = SETTINGS[name] as { schema: z.ZodType; secret?: boolean };
  const parsed = row.schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const found = row.secret ? 'a value that is not shown' : JSON.stringify(value);
  throw new DataError('CONFIG', `${name} (from ${origin}): ${issue?.message}`, { found });
}

/** The winning value of a setting and its origin; an empty variable counts as not set. */
function pick(
  name: SettingName,
  sources: SettingSources,
  fromDotEnv: Record<string, string | undefined>,
  fromFile: Record<string, unknown>,
  file: string,
): [unknown, string] {
  const variable = envNameOf(name);
  if (sources.flags[name] !== undefined) return [sources.flags[name], 'flag'];
  if (sources.env[variable]) return [sources.env[variable], `environment ${variable}`];
  if (fromDotEnv[variable]) return [fromDotEnv[variable], `.env ${variable}`];
  if (fromFile[name] !== undefined) return [fromFile[name], file];
  return [SETTINGS[name].default, 'default'];
}

/**
 * Puts the settings together.
 * @throws DataError CONFIG naming the setting, what was found and where it came from.
 */
export function loadSettings(sources: SettingSources): LoadedSettings {
  const fromDotEnv = dotEnv(sources.cwd);
  const env = { ...fromDotEnv, ...sources.env };
  const configFolder = chooseConfigFolder(sources, env);
  const file = join(configFolder, 'spymaster.yaml');
  const fromFile = readSettingsFile(file);
  const settings: Record<string, unknown> = {};
  const origins: Record<string, string> = {};
  for (const name of SETTING_NAMES) {
    const [value, origin] = pick(name, sources, fromDotEnv, fromFile, file);
    settings[name] = origin === 'default' ? value : check(name, value, origin);
    origins[name] = origin;
  }
  return { settings: settings as Settings, origins: origins as Origins, configFolder };
}

function shown(name: SettingName, value: unknown): unknown {
  const secret = 'secret' in SETTINGS[name];
  if (typeof value !== 'string' || value === '') return value;
  if (!secret) return maskKeys(value);
  return `…${value.slice(-5)}`;
}

/** Every setting with its origin; secrets shortened to their last five characters. */
export function describeSettings(
  loaded: LoadedSettings,
): Record<string, { value: unknown; origin: string }> {
  const rows: Record<string, { value: unknown; origin: string }> = {
    config: { value: loaded.configFolder, origin: 'folder of products.yaml and spymaster.yaml' },
  };
  for (const name of SETTING_NAMES) {
    rows[name] = { value: shown(name, loaded.settings[name]), origin: loaded.origins[name] };
  }
  return rows;
}
