import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeSettings, loadSettings, type SettingSources } from '../../src/cli/settings.ts';
import { shippedConfigFolder } from '../../src/lake/index.ts';

function sources(files: Record<string, string> = {}): SettingSources {
  const cwd = mkdtempSync(join(tmpdir(), 'spymaster-settings-'));
  mkdirSync(join(cwd, 'config'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  return { flags: {}, env: {}, cwd };
}

const withFolder = (files: Record<string, string>) =>
  sources({ 'config/products.yaml': 'sessions: {}\nproducts: {}\n', ...files });

describe('settings', () => {
  test('defaults are the published ports and folders', () => {
    const { settings, origins, configFolder } = loadSettings(sources());
    expect(settings).toMatchObject({
      lake: './lake',
      host: '127.0.0.1',
      vacuum_pressure_port: 8002,
      web_port: 5174,
    });
    expect(origins.lake).toBe('default');
    expect(configFolder).toBe(shippedConfigFolder());
  });

  test('flags win over the environment, it over .env, that over the file', () => {
    const s = withFolder({
      'config/spymaster.yaml': 'lake: from-file\nhost: from-file\ncache_dir: f\nweb_port: 1\n',
      '.env': 'SPYMASTER_LAKE=from-dotenv\nSPYMASTER_HOST=from-dotenv\nSPYMASTER_CACHE_DIR=d\n',
    });
    s.env = { SPYMASTER_LAKE: 'from-env', SPYMASTER_HOST: 'from-env' };
    s.flags = { lake: 'from-flag' };
    const { settings, origins } = loadSettings(s);
    expect([settings.lake, settings.host, settings.cache_dir, settings.web_port]).toEqual([
      'from-flag',
      'from-env',
      'd',
      1,
    ]);
    expect(origins.lake).toBe('flag');
    expect(origins.host).toBe('environment SPYMASTER_HOST');
    expect(origins.cache_dir).toBe('.env SPYMASTER_CACHE_DIR');
    expect(origins.web_port).toMatch(/config\/spymaster\.yaml$/);
  });

  test('text from the environment becomes the right type', () => {
    const s = sources();
    s.env = { SPYMASTER_WEB_PORT: '8080', SPYMASTER_ALLOWED_ORIGINS: 'https://a,https://b' };
    expect(loadSettings(s).settings).toMatchObject({
      web_port: 8080,
      allowed_origins: ['https://a', 'https://b'],
    });
  });

  test.each<[string, SettingSources, RegExp]>([
    [
      'a port that is none, with its origin',
      { ...sources(), env: { SPYMASTER_WEB_PORT: '70000' } },
      /web_port \(from environment SPYMASTER_WEB_PORT\).*70000/,
    ],
    [
      'a name that does not exist, naming those that do',
      withFolder({ 'config/spymaster.yaml': 'lakes: x\n' }),
      /no setting "lakes"; there are lake/,
    ],
    [
      'a file that is no YAML',
      withFolder({ 'config/spymaster.yaml': 'lake: [\n' }),
      /spymaster\.yaml/,
    ],
    ['a list instead of settings', withFolder({ 'config/spymaster.yaml': '- a\n' }), /name: value/],
    ['a folder that is not there', { ...sources(), configFolder: 'nowhere' }, /nowhere/],
    [
      'a secret, which is not shown',
      { ...sources(), env: { SPYMASTER_TOKEN: 'abc' } },
      /not shown/,
    ],
  ])('refuses %s', (_name, s, message) => {
    expect(() => loadSettings(s)).toThrow(message);
  });

  test('a key is shown by its last five characters only', () => {
    const s = sources();
    s.env = { DATABENTO_API_KEY: 'db-0123456789abcdefSECRE' };
    const shown = JSON.stringify(describeSettings(loadSettings(s)));
    expect(shown).toContain('…SECRE');
    expect(shown).not.toContain('abcdef');
  });

  test('an empty variable counts as not set', () => {
    const s = sources();
    s.env = { SPYMASTER_TOKEN: '', SPYMASTER_LAKE: '' };
    expect(loadSettings(s).origins).toMatchObject({ token: 'default', lake: 'default' });
  });
});
