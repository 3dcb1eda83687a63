/**
 * `npm run bench [-- NAME...]`: builds, runs every benchmark of bench/ (or those whose name
 * contains a NAME), each in a process of its own, and writes bench/RESULTS.md when all of them ran.
 *
 * Real files are read where SPYMASTER_CONFORMANCE_DATA names them. The vendor's decoder is measured
 * in the same run from the interop suite's Python environment (tools/interop-env.mjs).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInteropPython } from './interop-env.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const resultsFile = join(tmpdir(), `spymaster-bench-${process.pid}.jsonl`);
const page = join(root, 'bench', 'RESULTS.md');

function must(command, args, env = {}) {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, ...env },
  });
  return status === 0;
}

/** A file of bench/ is a benchmark when it measures; the others are parts that benchmarks share. */
function measures(name) {
  const text = readFileSync(join(root, 'bench', name), 'utf8');
  return text.includes("from './harness.ts'");
}

function benchmarks(filters) {
  return readdirSync(join(root, 'bench'))
    .filter((name) => name.endsWith('.ts') && measures(name))
    .map((name) => name.slice(0, -'.ts'.length))
    .filter((name) => filters.length === 0 || filters.some((f) => name.includes(f)))
    .sort();
}

function human(value) {
  const scale = [
    [1e9, ' G'],
    [1e6, ' M'],
    [1e3, ' k'],
  ].find(([size]) => Math.abs(value) >= size);
  return scale
    ? `${(value / scale[0]).toPrecision(3)}${scale[1]}`
    : Number(value.toPrecision(3)).toString();
}

function row(r) {
  const target = r.atLeast === null ? '' : human(r.atLeast);
  const verdict = r.atLeast === null ? '' : r.perSecond >= r.atLeast ? 'met' : 'missed';
  return [
    r.name,
    `${human(r.perSecond)} ${r.unit}/s`,
    `${human(r.slowest)} to ${human(r.fastest)}`,
    `${human(r.nsEach)} ns`,
    r.megabytesPerSecond === null ? '' : r.megabytesPerSecond.toFixed(0),
    r.bytesEach === null ? '' : r.bytesEach.toFixed(2),
    r.residentMegabytes === null ? '' : r.residentMegabytes.toFixed(0),
    target,
    verdict,
    r.note,
  ].join(' | ');
}

const HEADER = [
  'case',
  'median',
  'slowest to fastest',
  'each',
  'MB/s',
  'heap B each',
  'resident MB',
  'at least',
  'verdict',
  'note',
];

function table(rows) {
  const lines = [`| ${HEADER.join(' | ')} |`, `|${' --- |'.repeat(HEADER.length)}`];
  return [...lines, ...rows.map((r) => `| ${row(r)} |`)].join('\n');
}

function commit() {
  try {
    const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
    const changed = git('status', '--porcelain', '--', 'src', 'bench', 'package-lock.json');
    return git('rev-parse', '--short=12', 'HEAD') + (changed ? ' with uncommitted changes' : '');
  } catch {
    return 'unknown';
  }
}

function writePage(results) {
  const groups = new Map();
  for (const r of results) groups.set(r.group, [...(groups.get(r.group) ?? []), r]);
  const cpu = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  const text = [
    '# Benchmark results',
    `Written by \`npm run bench\`; bench/README.md says how it measures.`,
    `- machine: ${cpu}, ${cpus().length} logical processors, ${memory} GiB`,
    `- Node ${process.versions.node} on ${process.platform} ${process.arch}\n` +
      `- date: ${new Date().toISOString().slice(0, 10)}\n- commit: ${commit()}`,
    ...[...groups].map(([group, rows]) => `## ${group}\n\n${table(rows)}`),
  ].join('\n\n');
  writeFileSync(page, `${text.replace('GiB\n\n- Node', 'GiB\n- Node')}\n`);
}

function python() {
  try {
    return { SPYMASTER_INTEROP_PYTHON: ensureInteropPython() };
  } catch (error) {
    console.error(`VENDOR BASELINE DOES NOT RUN: ${error.message}`);
    return {};
  }
}

/** Those of the program itself, see src/cli/compiler-budget.ts. */
const compilerBudget = [
  '--max-inlined-bytecode-size-cumulative=4000',
  '--max-inlined-bytecode-size=2000',
];

const filters = process.argv.slice(2);
if (!must('npx', ['tsc', '-b', 'bench'])) process.exit(1);
const env = { SPYMASTER_BENCH_RESULTS: resultsFile, ...python() };
mkdirSync(join(root, '.cache', 'bench'), { recursive: true });
rmSync(resultsFile, { force: true });
const failures = benchmarks(filters).filter((name) => {
  console.log(`\n== ${name}`);
  return !must(
    'node',
    ['--expose-gc', ...compilerBudget, join('dist', 'bench', `${name}.js`)],
    env,
  );
});
const results = existsSync(resultsFile)
  ? readFileSync(resultsFile, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  : [];
rmSync(resultsFile, { force: true });
if (failures.length > 0) {
  console.error(`\nfailed: ${failures.join(', ')}; bench/RESULTS.md is left as it was`);
  process.exitCode = 1;
} else if (filters.length > 0) {
  console.log('\npart of the benchmarks ran; bench/RESULTS.md is left as it was');
} else {
  writePage(results);
  console.log('\nwrote bench/RESULTS.md');
}
