/**
 * The findings of `spymaster doctor`. Nothing is changed on the machine: ports are opened for a
 * moment and closed, a file is written beside the lake and removed.
 */
import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import {
  findForeign,
  listPartitions,
  listSessions,
  loadProducts,
  packageRoot,
} from '../lake/index.ts';
import type { CommandContext } from './command.ts';
import { type Finding, ok } from './doctor-finding.ts';
import { vendorFindings } from './doctor-vendor.ts';
import { printLine } from './output.ts';

export type { Finding } from './doctor-finding.ts';

/** Free disk below which a day of decompressed futures does not fit, bytes. */
const LOW_DISK_BYTES = 5e9;
/** Free memory below which large days get slow, bytes. */
const LOW_MEMORY_BYTES = 1e9;
/** A clock before this (2025-01-01) is certainly wrong, ms since the epoch. */
const EARLIEST_PLAUSIBLE_MS = 1_735_689_600_000;

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return ok('node', process.versions.node);
  const fix = 'install Node 20.19 or newer from https://nodejs.org';
  return { what: 'node', status: 'problem', found: process.versions.node, fix };
}

function checkBuild(): Finding {
  const page = join(packageRoot(), 'dist', 'web', 'vacuum-pressure.html');
  if (existsSync(page)) return ok('page', page);
  return { what: 'page', status: 'problem', found: 'not built', fix: 'npm run build' };
}

function checkProducts(folder: string): Finding {
  try {
    return ok('config', `${folder}: products ${[...loadProducts(folder).keys()].join(' ')}`);
  } catch (error) {
    const found = (error as Error).message;
    return { what: 'config', status: 'problem', found, fix: 'correct the file' };
  }
}

function nearestFolder(path: string): string {
  let folder = resolve(path);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

function checkFolder(what: string, path: string): Finding {
  const folder = nearestFolder(path);
  try {
    rmSync(mkdtempSync(join(folder, '.spymaster-doctor-')), { recursive: true });
  } catch (error) {
    const fix = `make ${folder} writable or choose another folder`;
    return { what, status: 'problem', found: (error as Error).message, fix };
  }
  const disk = statfsSync(folder);
  const free = disk.bavail * disk.bsize;
  const found = `${resolve(path)}, ${(free / 1e9).toFixed(1)} GB free`;
  if (free >= LOW_DISK_BYTES) return ok(what, found);
  return { what, status: 'warning', found, fix: 'free some space: a busy day takes several GB' };
}

function checkMemory(): Finding {
  const gigabytes = [freemem(), totalmem()].map((bytes) => (bytes / 1e9).toFixed(1));
  const found = `${gigabytes.join(' of ')} GB free, ${availableParallelism()} processors`;
  if (freemem() >= LOW_MEMORY_BYTES) return ok('memory', found);
  return { what: 'memory', status: 'warning', found, fix: 'close other programs' };
}

function checkClock(): Finding {
  const now = Date.now();
  const found = new Date(now).toISOString();
  if (now > EARLIEST_PLAUSIBLE_MS) return ok('clock', found);
  const fix = 'set the system clock: certificates and the vendor refuse a wrong one';
  return { what: 'clock', status: 'problem', found, fix };
}

/** Resolves to null when a port can be listened on, else to the system's error code. */
export function portProblem(port: number, host: string): Promise<string | null> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => done(null)));
  });
}

async function checkPort(what: string, port: number, host: string): Promise<Finding> {
  const problem = await portProblem(port, host);
  if (problem === null) return ok(what, `${host}:${port} is free`);
  const why = problem === 'EADDRINUSE' ? 'another program listens' : problem;
  const found = `${host}:${port}: ${why}`;
  return { what, status: 'warning', found, fix: 'stop that program or choose another port' };
}

function checkRawData(lake: string): Finding {
  const sessions = listSessions(lake);
  if (sessions.length === 0) {
    const fix = 'spymaster synth writes a synthetic market; or copy DBN files there';
    return { what: 'raw data', status: 'warning', found: `nothing in ${lake}`, fix };
  }
  const named = sessions.map((s) => {
    const mark = s.synthetic ? ', synthetic' : '';
    return `${s.root} ${s.productType} (${s.dates.length} days${mark})`;
  });
  return ok('raw data', named.join('; '));
}

/** Says what state the published tables are in by their manifests; data files are not opened. */
function checkTables(lake: string): Finding {
  const partitions = listPartitions(lake);
  const damaged = partitions.find((p) => p.state === 'damaged');
  const open = partitions.filter((p) => p.state === 'incomplete').length;
  const foreign = findForeign(lake).length;
  const found = `${partitions.length} partitions, ${open} not complete, ${foreign} foreign files`;
  if (damaged) {
    const fix = 'spymaster lake verify names the damage; spymaster pipeline run makes it anew';
    return { what: 'tables', status: 'problem', found: `${found}; ${damaged.why}`, fix };
  }
  if (open + foreign === 0) return ok('tables', found);
  const fix = 'spymaster lake verify names them; spymaster pipeline run goes on';
  return { what: 'tables', status: 'warning', found, fix };
}

/** Everything that is looked at, in the order it is shown. */
export async function findings(context: CommandContext): Promise<Finding[]> {
  const { settings, loaded } = context;
  return [
    checkNode(),
    checkBuild(),
    checkProducts(loaded.configFolder),
    checkFolder('lake', settings.lake),
    checkFolder('cache', settings.cache_dir),
    checkMemory(),
    checkClock(),
    await checkPort('port', settings.vacuum_pressure_port, settings.host),
    await checkPort('web port', settings.web_port, settings.host),
    checkRawData(settings.lake),
    checkTables(settings.lake),
    ...(await vendorFindings(settings.databento_api_key, settings.databento_historical_url)),
  ];
}

const MARK = { ok: 'ok     ', warning: 'warning', problem: 'PROBLEM' } as const;

/** Prints the findings; exit code 1 when something will fail, so that scripts can tell. */
export async function runDoctor(
  context: CommandContext,
  options: { json?: boolean },
): Promise<number> {
  const list = await findings(context);
  if (options.json) {
    await printLine(JSON.stringify(list, null, 2));
  } else {
    for (const f of list) {
      const fix = f.fix === '' ? '' : `\n           ${f.fix}`;
      await printLine(`${MARK[f.status]}  ${f.what}: ${f.found}${fix}`);
    }
  }
  return list.some((f) => f.status === 'problem') ? 1 : 0;
}
