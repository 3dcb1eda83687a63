/**
 * Makes a bare checkout ready: checks Node, installs the packages when they differ from
 * package-lock.json, and builds when a source is newer than the last build. Says nothing when there
 * is nothing to do. Uses Node alone.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** What the build reads; a change in any of it makes the build stale. */
const SOURCES = [
  'src',
  'web',
  'vite.config.ts',
  'tsconfig.json',
  'tsconfig.base.json',
  'package-lock.json',
];
const STAMP = join(root, 'dist', '.built');

function fail(message) {
  console.error(`spymaster: ${message}`);
  process.exit(1);
}

function checkNode() {
  const wanted = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node;
  const [major, minor] = /(\d+)\.(\d+)/.exec(wanted).slice(1).map(Number);
  const [haveMajor, haveMinor] = process.versions.node.split('.').map(Number);
  if (haveMajor < major || (haveMajor === major && haveMinor < minor)) {
    fail(`Node ${wanted} is needed, this is ${process.versions.node}; see https://nodejs.org`);
  }
}

/** Runs npm itself with this Node: no shell, and the npm that started us when there is one. */
function npm(...args) {
  const cli = process.env.npm_execpath;
  const options = { cwd: root, stdio: 'inherit' };
  return cli?.endsWith('.js')
    ? spawnSync(process.execPath, [cli, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
}

/** True when every package that this platform needs is there in the locked version. */
function installed() {
  const have = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(have)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const found = JSON.parse(readFileSync(have, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional || found[path]?.version === entry.version,
  );
}

function install() {
  if (installed()) return;
  console.error('spymaster: installing packages (npm ci)');
  const { status } = npm('ci', '--no-audit', '--no-fund');
  if (status !== 0) fail('npm ci failed; is the package registry reachable?');
}

/** Modification time of the newest file below a path, ms; 0 when there is none. */
function newest(path) {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (!entry) return 0;
  if (!entry.isDirectory()) return entry.mtimeMs;
  return readdirSync(path).reduce((t, name) => Math.max(t, newest(join(path, name))), 0);
}

function run(name, ...args) {
  const { bin } = JSON.parse(
    readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'),
  );
  const script = typeof bin === 'string' ? bin : bin[name === 'typescript' ? 'tsc' : name];
  const path = join(root, 'node_modules', name, script);
  // The build's own words are for who asked for it; on standard output they would mix with a
  // command's answer.
  return spawnSync(process.execPath, [path, ...args], { cwd: root, stdio: ['ignore', 2, 2] });
}

/** Builds the program (dist/src) and the pages (dist/web). */
export function build() {
  const started = new Date();
  if (run('typescript', '-b', 'src/cli').status !== 0) fail('the TypeScript build failed');
  if (existsSync(join(root, 'vite.config.ts'))) {
    if (run('vite', 'build', '--logLevel', 'warn').status !== 0) fail('the page build failed');
  }
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, '');
  // A source that changed meanwhile may not be in it.
  utimesSync(STAMP, started, started);
}

function built() {
  const stamp = statSync(STAMP, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const program = existsSync(join(root, 'dist', 'src', 'cli', 'main.js'));
  return program && SOURCES.every((path) => newest(join(root, path)) <= stamp);
}

/** Node, packages and build, each only as far as needed. */
export function ensureReady() {
  checkNode();
  install();
  if (built()) return;
  console.error('spymaster: building');
  build();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureReady();
