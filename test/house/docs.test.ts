import { describe, expect, it } from 'vitest';
import { COUNTER_NAMES } from '../../src/book/index.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { envNameOf, SETTING_NAMES } from '../../src/cli/settings.ts';
import { ERRORS } from '../../src/core/index.ts';
import * as dbn from '../../src/dbn/index.ts';
import { DEFAULT_COEFFICIENTS } from '../../src/vacuum-pressure/index.ts';
import { FRAME_COLUMNS, VELOCITY_COLUMNS, VELOCITY_SURFACES } from '../../src/wire/index.ts';
import { faultOf } from './command-lines.ts';
import { renderCommandsPage } from './commands-page.ts';
import { renderCountersPage } from './counters-page.ts';
import { renderLimitsPage } from './limits-page.ts';
import { type Node, parse, projectFiles } from './source-tree.ts';

const files = projectFiles();

function read(path: string): string {
  const file = files.find((f) => f.path === path);
  if (!file) throw new Error(`${path} is missing`);
  return file.text;
}

/** Cells of every table row of a page whose first cell is code. */
function codeRows(page: string): string[][] {
  return page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map((cells) => cells.slice(1, -1));
}

/** Every name in backticks of a page. */
function codeWords(page: string): Set<string> {
  return new Set([...page.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] as string));
}

describe('docs/errors.md', () => {
  it('equals the registry: codes, exit codes, meanings, in order', () => {
    const page = codeRows(read('docs/errors.md')).map(([code, exit, meaning]) => ({
      code: code?.replaceAll('`', ''),
      exit: Number(exit),
      meaning,
    }));
    const registry = Object.entries(ERRORS).map(([code, { exit, meaning }]) => ({
      code,
      exit,
      meaning,
    }));
    expect(page).toEqual(registry);
  });
});

describe('docs/streams.md', () => {
  const page = read('docs/streams.md');
  const messages = files.filter((f) => /^src\/wire\/[\w-]+-messages\.ts$/.test(f.path));
  const text = messages.map((f) => f.text).join('\n');
  const statements = messages.flatMap((f) => (parse(f).program?.['body'] ?? []) as Node[]);

  it('has a heading for every message of the server, and no other', () => {
    const types = [...new Set([...text.matchAll(/^ {2}type: '(\w+)';$/gm)].map((m) => m[1]))];
    const headings = [...page.matchAll(/^### `(\w+)`$/gm)].map((m) => m[1]);
    expect(types.length).toBeGreaterThan(0);
    expect(headings.sort()).toEqual(types.sort());
  });

  it('shows every message of the client', () => {
    const types = [...text.matchAll(/\{ type: '(\w+)'/g)].map((m) => m[1]);
    const shown = [...page.matchAll(/`\{"type":"(\w+)"[^`]*\}`/g)].map((m) => m[1]);
    expect(types.length).toBeGreaterThan(0);
    expect(shown.sort()).toEqual(types.sort());
  });

  it('names every field of every message', () => {
    const words = codeWords(page);
    const missing: string[] = [];
    for (const statement of statements) {
      const declaration = statement['declaration'] as Node | null | undefined;
      if (declaration?.type !== 'TSInterfaceDeclaration') continue;
      const name = (declaration['id'] as Node)['name'] as string;
      for (const member of (declaration['body'] as Node)['body'] as Node[]) {
        const field = (member['key'] as Node)['name'] as string;
        if (field !== 'type' && !words.has(field)) missing.push(`${name}.${field}`);
      }
    }
    expect(missing).toEqual([]);
  });

  it('lists the columns of the frame with their types and units, in order', () => {
    const table = page.slice(page.indexOf('| column | type | unit |'));
    const columns = codeRows(table)
      .map(([name, type, unit]) => ({ name: name?.replaceAll('`', ''), type, unit }))
      .slice(0, FRAME_COLUMNS.length);
    expect(columns).toEqual(FRAME_COLUMNS.map(({ name, type, unit }) => ({ name, type, unit })));
  });

  it.each(VELOCITY_SURFACES)('lists the columns of the %s surface likewise', (surface) => {
    const wanted = VELOCITY_COLUMNS[surface].map(({ name, type, unit }) => ({ name, type, unit }));
    const table = page.slice(page.indexOf(`\n\`${surface}\`, `));
    const columns = codeRows(table)
      .map(([name, type, unit]) => ({ name: name?.replaceAll('`', ''), type, unit }))
      .slice(0, wanted.length);
    expect(columns).toEqual(wanted);
  });
});

describe('docs/formulas.md', () => {
  it('states the default of every coefficient', () => {
    const page = read('docs/formulas.md');
    const table = page.slice(page.indexOf('| coefficient | default |'));
    const rows = codeRows(table).map(([name, value]) => [name?.replaceAll('`', ''), Number(value)]);
    expect(Object.fromEntries(rows)).toMatchObject(DEFAULT_COEFFICIENTS);
    expect(rows.length).toBeGreaterThanOrEqual(Object.keys(DEFAULT_COEFFICIENTS).length);
  });
});

describe('docs/operating.md', () => {
  const page = read('docs/operating.md');

  it('lists every setting with its variable', () => {
    const rows = codeRows(page.slice(page.indexOf('| setting |'), page.indexOf('## On another')));
    const names = SETTING_NAMES.filter((name) => name !== 'databento_api_key');
    expect(rows.map(([name]) => name?.replaceAll('`', ''))).toEqual(names);
    for (const name of names.filter((n) => n !== 'vacuum_pressure')) {
      expect(page).toContain(`\`${envNameOf(name)}\``);
    }
  });
});

describe('docs/limits.md', () => {
  it('lists every limit of the servers', async () => {
    const clients = files.filter((f) => /^src\/(databento|intake)\/.*\.ts$/.test(f.path));
    const page = renderLimitsPage(read('src/serve/limits.ts'), clients);
    await expect(page).toMatchFileSnapshot('../../docs/limits.md');
  });
});

describe('docs/dbn.md', () => {
  it('names everything that spymaster/dbn exports', () => {
    const words = codeWords(read('docs/dbn.md'));
    expect(Object.keys(dbn).filter((name) => !words.has(name))).toEqual([]);
  });
});

describe('docs/page.md', () => {
  it('lists the keys of the pages', () => {
    const files = ['shell/key-bindings', 'vacuum-pressure/own-keys', 'velocity/own-keys'];
    const source = files.map((file) => read(`web/${file}.ts`)).join('\n');
    const bound = [...source.matchAll(/bind\('([^']+)', \[.*?\], '([^']+)'/g)];
    const page = read('docs/page.md');
    const listed = page.slice(page.indexOf('| key | does |'), page.indexOf('## Address'));
    const rows = codeRows(listed).map(([key, does]) => `${key?.replace(/^`|`$/g, '')}: ${does}`);
    const fields = rows.find((row) => row.startsWith('1'));
    expect(bound.length).toBeGreaterThan(0);
    expect(rows.filter((row) => row !== fields)).toEqual(
      bound.map(([, key, does]) => `${key}: ${does}`),
    );
  });
});

describe('docs/counters.md', () => {
  it('lists every counter of a book', async () => {
    const page = renderCountersPage(read('src/book/counters.ts'));
    for (const name of COUNTER_NAMES) expect(page).toContain(`| \`${name}\` |`);
    await expect(page).toMatchFileSnapshot('../../docs/counters.md');
  });
});

describe('docs/commands.md', () => {
  it('shows the help of every command', async () => {
    const page = renderCommandsPage(buildProgram());
    await expect(page).toMatchFileSnapshot('../../docs/commands.md');
  });
});

describe('command lines in the docs', () => {
  it('name commands and flags that exist', () => {
    const program = buildProgram();
    const lines = files
      .filter((file) => file.path.endsWith('.md'))
      .flatMap((file) => file.text.match(/npx spymaster [a-z-][^`\n]*/g) ?? []);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.map((line) => faultOf(line, program)).filter(Boolean)).toEqual([]);
  });
});

describe('README.md and CONTRIBUTING.md', () => {
  it('name npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const named = ['README.md', 'CONTRIBUTING.md', 'bench/README.md', 'docs/operating.md']
      .flatMap((path) => [...read(path).matchAll(/npm (?:run )?([a-z]+(?::[a-z]+)*)/g)])
      .map((match) => match[1] as string)
      .filter((name) => !['install', 'ci', 'package', 'run', 'start'].includes(name));
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
    expect(named.length).toBeGreaterThan(0);
  });
});
