/**
 * `node tools/forecast-reports.mjs [--lake DIR] [--days N] [--to HH:MM] [--rate X]`: writes the
 * reports of docs/reports.
 *
 * Two synthetic markets, one whose moves lean on the book and the placebo, go through the commands
 * that a user runs: orders, tables, fit, proof, report. With `--lake` the two lakes stay in DIR,
 * and another run goes on where the last one stopped.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const PROGRAM = join(ROOT, 'dist', 'src', 'cli', 'main.js');
const REPORTS = join(ROOT, 'docs', 'reports');
/** Names of the reports, and `--signal` of their markets. */
const MARKETS = { planted: 1, placebo: 0 };

const { values } = parseArgs({
  options: {
    lake: { type: 'string' },
    days: { type: 'string', default: '20' },
    from: { type: 'string', default: '09:30' },
    to: { type: 'string', default: '12:30' },
    rate: { type: 'string', default: '100' },
  },
});

function spymaster(lake, ...args) {
  const line = [...args, '--lake', lake];
  console.error(`spymaster ${line.join(' ')}`);
  const run = spawnSync(process.execPath, [PROGRAM, ...line], { stdio: 'inherit' });
  if (run.status !== 0) throw new Error(`spymaster ${args.join(' ')} ended with ${run.status}`);
}

function report(name, lake) {
  const { days, from, to, rate } = values;
  const hours = ['--from', from, '--to', to];
  const drawn = ['--days', days, '--signal', String(MARKETS[name]), '--rate', rate, ...hours];
  spymaster(lake, 'synth', '--symbol', 'ES', ...drawn);
  spymaster(lake, 'pipeline', 'run', '--symbol', 'ES');
  spymaster(lake, 'forecast', 'fit', '--root', 'ES', '--days', days, ...hours);
  const out = join(REPORTS, `${name}.html`);
  spymaster(lake, 'forecast', 'report', '--root', 'ES', '--out', out);
}

const folder = values.lake ?? mkdtempSync(join(tmpdir(), 'spymaster-reports-'));
try {
  mkdirSync(REPORTS, { recursive: true });
  for (const name of Object.keys(MARKETS)) report(name, join(folder, name));
} finally {
  if (!values.lake) rmSync(folder, { recursive: true });
}
