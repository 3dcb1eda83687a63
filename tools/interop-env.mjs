/**
 * Makes the Python environment of the interop suite, `.venv-interop`, from
 * test/interop/requirements.txt.
 *
 * `node tools/interop-env.mjs` prints the interpreter's path on the last line of stdout. An
 * environment made from the same requirements by the same Python is kept as it is.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const requirements = join(root, 'test', 'interop', 'requirements.txt');
const folder = join(root, '.venv-interop');
const stamp = join(folder, 'made-from.sha256');
const interpreter =
  process.platform === 'win32'
    ? join(folder, 'Scripts', 'python.exe')
    : join(folder, 'bin', 'python');

/** Times that pip is tried before the package index counts as out of reach. */
const PIP_TRIES = 3;

function run(command, args) {
  const result = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  return result.status === 0;
}

function findPython() {
  for (const name of [process.env.PYTHON, 'python3', 'python'].filter(Boolean)) {
    const probe = spawnSync(name, ['-c', 'import sys; print(sys.version)'], { encoding: 'utf8' });
    if (probe.status === 0) return { name, version: probe.stdout.trim() };
  }
  throw new Error('no Python found: install Python 3.11 or newer, or name one in PYTHON');
}

function identity(python) {
  const text = `${python.version}\n${readFileSync(requirements, 'utf8')}`;
  return createHash('sha256').update(text).digest('hex');
}

function install() {
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  for (let i = 1; i <= PIP_TRIES; i++) {
    if (run(interpreter, [...pip, '--only-binary', ':all:', '-r', requirements])) return;
    console.error(`interop environment: pip failed (try ${i} of ${PIP_TRIES})`);
  }
  throw new Error('pip could not install test/interop/requirements.txt: is the index reachable?');
}

/**
 * The interpreter that the interop suite uses: SPYMASTER_INTEROP_PYTHON when it is set, else our
 * own environment.
 * @throws Error in words for a person when it cannot be made.
 */
export function ensureInteropPython() {
  const given = process.env.SPYMASTER_INTEROP_PYTHON;
  if (given) return given;
  const python = findPython();
  const wanted = identity(python);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return interpreter;
  console.error('interop environment: making .venv-interop');
  rmSync(folder, { recursive: true, force: true });
  if (!run(python.name, ['-m', 'venv', folder])) {
    throw new Error(`${python.name} -m venv failed (on Debian: apt-get install python3-venv)`);
  }
  install();
  writeFileSync(stamp, wanted);
  return interpreter;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(ensureInteropPython());
  } catch (error) {
    console.error(`interop environment: ${error.message}`);
    process.exitCode = 1;
  }
}
