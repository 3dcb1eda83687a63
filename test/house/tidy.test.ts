import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isCode, lineOf, type Node, parse, projectFiles, ROOT, visitNodes } from './source-tree.ts';

/** Longest file, lines. A longer one holds two ideas. */
const FILE_MAX_LINES = 400;
/** Files of data, without a function: a table is read by looking a row up, however long it is. */
const TABLES = /^src\/dbn\/layouts-\w+\.ts$/;
/** Longest function, lines: what fits on a screen. */
const FUNCTION_MAX_LINES = 70;
/** Widest line, columns. */
const LINE_MAX_COLUMNS = 100;

/** Names that say nothing about what is inside. */
const EMPTY_NAMES = /^(utils?|helpers?|common|misc|handy|base|v2|lib|stuff)$/;

/** Assembled, so that this file passes its own rule. */
const FOREIGN_WORDS = [
  ['sub', 'agent'],
  ['helper', ' session'],
  ['/wo', 'rk/'],
  ['/tm', 'p/brief'],
  ['/tm', 'p/pyenv'],
].map((parts) => parts.join(''));

const files = projectFiles();
const parsed = files.filter((file) => isCode(file.path)).map(parse);
const isTest = (path: string) => path.startsWith('test/');

/** A suite's body is a list of tests, not a function that anybody reads as one. */
function isSuiteBody(node: Node, parent: Node | null): boolean {
  if (parent?.type !== 'CallExpression') return false;
  const callee = parent['callee'] as Node & { name?: string; object?: { name?: string } };
  return /^describe/.test(callee.name ?? callee.object?.name ?? '') && callee !== node;
}

describe('tidy', () => {
  it(`keeps files under ${FILE_MAX_LINES} lines`, () => {
    const long = parsed
      .map(({ file }) => ({ path: file.path, lines: file.text.split('\n').length - 1 }))
      .filter(({ path, lines }) => lines > FILE_MAX_LINES && !TABLES.test(path))
      .map(({ path, lines }) => `${path}: ${lines} lines`);
    expect(long).toEqual([]);
  });

  it(`keeps functions under ${FUNCTION_MAX_LINES} lines`, () => {
    const long: string[] = [];
    for (const { file, program } of parsed) {
      visitNodes(program, (node, parent) => {
        if (!/Function/.test(node.type) || /^TS/.test(node.type)) return;
        if (isTest(file.path) && isSuiteBody(node, parent)) return;
        const first = lineOf(file.text, node.start);
        const lines = lineOf(file.text, node.end) - first + 1;
        if (lines > FUNCTION_MAX_LINES) long.push(`${file.path}:${first}: ${lines} lines`);
      });
    }
    expect(long).toEqual([]);
  });

  it(`keeps lines within ${LINE_MAX_COLUMNS} columns`, () => {
    // A long text cannot be broken by the formatter, and a link by nobody.
    const unbreakable = (line: string) =>
      /:\/\//.test(line) ||
      (!/^\s*(\*|\/[/*])/.test(line) && /(['"`])(?:(?!\1).){50,}\1/.test(line));
    const wide = files
      .filter(({ path }) => isCode(path) || /\.(py|css|sh)$/.test(path) || path === '.ci/run')
      .flatMap(({ path, text }) =>
        text.split('\n').flatMap((line, i) => {
          const columns = [...line].length;
          if (columns <= LINE_MAX_COLUMNS || unbreakable(line)) return [];
          return [`${path}:${i + 1}: ${columns} columns`];
        }),
      );
    expect(wide).toEqual([]);
  });

  it('names files in kebab-case, for what is in them', () => {
    const code = files.filter(({ path }) => isCode(path) || path.endsWith('.css'));
    const bad = code.filter(({ path }) => {
      const stem = posix.basename(path).replace(/(\.test|\.config|\.d)?\.\w+$/, '');
      const folders = posix.dirname(path).split('/');
      return (
        !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(stem) ||
        [stem, ...folders].some((n) => EMPTY_NAMES.test(n))
      );
    });
    expect(bad.map(({ path }) => path)).toEqual([]);
  });

  it('gives every export of src a docstring', () => {
    const bare: string[] = [];
    for (const { file, program, comments } of parsed) {
      if (!file.path.startsWith('src/')) continue;
      for (const node of program['body'] as Node[]) {
        if (node.type !== 'ExportNamedDeclaration' || !node['declaration']) continue;
        const before = comments.filter((c) => c.end <= node.start).at(-1);
        const adjacent = before && file.text.slice(before.end, node.start).trim() === '';
        if (adjacent && before.type === 'Block' && before.value.startsWith('*')) continue;
        bare.push(`${file.path}:${lineOf(file.text, node.start)}`);
      }
    }
    expect(bare).toEqual([]);
  });

  it('has no word of the place it was written in', () => {
    const found = files.flatMap(({ path, text }) =>
      FOREIGN_WORDS.filter((word) => text.toLowerCase().includes(word)).map((w) => `${path}: ${w}`),
    );
    expect(found).toEqual([]);
  });

  it('leaves no test out', () => {
    const found = parsed
      .filter(({ file }) => /\b(it|test|describe)\.(skip|only|todo)\b/.test(file.text))
      .map(({ file }) => file.path)
      .filter((path) => path !== 'test/house/tidy.test.ts');
    expect(found).toEqual([]);
  });
});

describe('package.json', () => {
  const read = (path: string) => files.find((file) => file.path === path)?.text ?? '{}';
  const manifest = JSON.parse(read('package.json'));

  it('pins every dependency exactly', () => {
    const loose = Object.entries({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    }).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version as string));
    expect(loose).toEqual([]);
  });

  it('locks the packages of every platform, so that npm ci works on each', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const names = new Set(
      Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')),
    );
    const absent = Object.values(packages)
      .flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}))
      .filter((name) => !names.has(name));
    expect(absent).toEqual([]);
  });

  it('locks versions without naming the registry they came from', () => {
    expect(read('package-lock.json')).not.toMatch(/"resolved": "https?:/);
  });
});

describe('Markdown', () => {
  const pages = files.filter(({ path }) => path.endsWith('.md'));
  const prose = (text: string) => text.replace(/^```[\s\S]*?^```/gm, '');

  it('has one title a page, on its first line', () => {
    const bad = pages.filter(({ text }) => {
      const titles = prose(text).match(/^# .+$/gm) ?? [];
      return titles.length !== 1 || !text.startsWith('# ');
    });
    expect(bad.map(({ path }) => path)).toEqual([]);
  });

  it('links to files that exist', () => {
    const broken = pages.flatMap(({ path, text }) =>
      [...prose(text).matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)]
        .map((match) => match[1] as string)
        .filter((target) => !/^[a-z]+:/.test(target))
        .map((target) => posix.join(posix.dirname(path), target))
        .filter((target) => !existsSync(join(ROOT, target)))
        .map((target) => `${path}: ${target}`),
    );
    expect(broken).toEqual([]);
  });
});
