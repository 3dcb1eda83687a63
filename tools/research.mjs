/**
 * `node tools/research.mjs [--lake DIR] [--check]`: answers the questions of docs/research.md.
 *
 * Every `sql` block of the page is run on a synthetic lake (made when DIR has none), its rows are
 * written below it as a table and drawn as a picture. With `--check` nothing is written, and a page
 * that says something else than the lake is a failure: the page is the test's golden file.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PLOTS } from './research/plots.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const PROGRAM = join(ROOT, 'dist', 'src', 'cli', 'main.js');
const PAGE = join(ROOT, 'docs', 'research.md');
const PICTURES = join(ROOT, 'docs', 'images', 'research');
/** Rows shown of a longer answer. */
const ROWS_SHOWN = 8;
/** A question: its name, its SQL, and the part of the page that its answer fills. */
const QUESTION = new RegExp(
  [
    /```sql\n-- (?<name>[a-z-]+)\n(?<sql>[^`]+)```\n\n/,
    /<!-- answer -->\n(?<answer>[\s\S]*?)<!-- end of answer -->/,
  ]
    .map((part) => part.source)
    .join(''),
  'g',
);

function spymaster(args, lake) {
  const run = spawnSync(process.execPath, [PROGRAM, ...args, '--lake', lake], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (run.status === 0) return run.stdout;
  throw new Error(`spymaster ${args.join(' ')}\n${run.stdout.slice(-2000)}${run.stderr}`);
}

/** The commands that make the page's lake are those that the page shows. */
function makeLake(page, lake) {
  const block = /```sh\n# the lake of this page\n([^`]+)```/.exec(page);
  for (const text of block[1].trim().split('\n')) {
    const args = text.replace(/^npx spymaster /, '').split(/\s+/);
    spymaster(args, lake);
  }
}

function cell(value) {
  if (value === null) return '–';
  if (typeof value !== 'number' || Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(4)));
}

function table(rows) {
  const names = Object.keys(rows[0]);
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const shown = rows.slice(0, ROWS_SHOWN).map((row) => line(names.map((n) => cell(row[n]))));
  const rest = rows.length - ROWS_SHOWN;
  const more = rest > 0 ? ['', `… and ${rest} more rows.`] : [];
  return [line(names), line(names.map(() => '---')), ...shown, ...more].join('\n');
}

function answer(name, sql, lake, pictures) {
  const lines = spymaster(['lake', 'sql', '--format', 'json', sql], lake).trim().split('\n');
  const rows = lines.filter((line) => line !== '').map((line) => JSON.parse(line));
  if (rows.length === 0) throw new Error(`${name}: no rows`);
  pictures.set(`${name}.svg`, PLOTS[name](rows));
  return `![${name.replaceAll('-', ' ')}](images/research/${name}.svg)\n\n${table(rows)}\n`;
}

function differences(page, filled, pictures) {
  const found = page === filled ? [] : ['docs/research.md'];
  for (const [name, svg] of pictures) {
    const file = join(PICTURES, name);
    if (!existsSync(file) || readFileSync(file, 'utf8') !== svg)
      found.push(`docs/images/research/${name}`);
  }
  return found;
}

const { values } = parseArgs({ options: { lake: { type: 'string' }, check: { type: 'boolean' } } });
const page = readFileSync(PAGE, 'utf8');
const lake = values.lake ?? mkdtempSync(join(tmpdir(), 'spymaster-research-'));
try {
  if (!existsSync(join(lake, 'gold'))) makeLake(page, lake);
  const pictures = new Map();
  const filled = page.replace(QUESTION, (...match) => {
    const { name, sql } = match.at(-1);
    const text = answer(name, sql, lake, pictures);
    return `\`\`\`sql\n-- ${name}\n${sql}\`\`\`\n\n<!-- answer -->\n${text}<!-- end of answer -->`;
  });
  if (values.check) {
    const found = differences(page, filled, pictures);
    for (const file of found) console.error(`${file} is out of date: node tools/research.mjs`);
    process.exitCode = found.length > 0 ? 1 : 0;
    console.log(`${pictures.size} questions answered`);
  } else {
    mkdirSync(PICTURES, { recursive: true });
    for (const [name, svg] of pictures) writeFileSync(join(PICTURES, name), svg);
    writeFileSync(PAGE, filled);
  }
} finally {
  if (!values.lake) rmSync(lake, { recursive: true, force: true });
}
