/**
 * The work of `spymaster lake verify`.
 */
import { existsSync } from 'node:fs';
import { DataError } from '../core/index.ts';
import {
  type Finding,
  findForeign,
  listPartitions,
  loadProducts,
  type VerifiedPartition,
  verifyLake,
} from '../lake/index.ts';
import { type CommandContext, SafePoint } from './command.ts';
import { type FilterOptions, partitionFilter } from './lake-filter.ts';
import { note, printLine } from './output.ts';
import { showProgress } from './progress.ts';

/** Flags of `lake verify`. */
export interface VerifyCommandOptions extends FilterOptions {
  quick?: boolean;
  json?: boolean;
}

/** Exit code when nothing matched. */
const NOTHING_MATCHED = 3;
/** Exit code when data is damaged. */
const DAMAGED = 4;

/** What was verified. */
interface Verified {
  partitions: number;
  rows: number;
  bytes: number;
  findings: Finding[];
}

/** Verifies what the flags choose; the files between partitions only when nothing is chosen. */
async function verifyChosen(
  context: CommandContext,
  options: VerifyCommandOptions,
): Promise<Verified> {
  const { lake } = context.settings;
  const filter = partitionFilter(options, loadProducts(context.loaded.configFolder));
  const total = listPartitions(lake, filter).length;
  const chosen = Object.keys(filter).length > 0;
  const verified: Verified = { partitions: 0, rows: 0, bytes: 0, findings: [] };
  if (!chosen) verified.findings.push(...findForeign(lake));
  const point = new SafePoint(context.signal);
  const progress = await showProgress('verify');
  try {
    for await (const p of verifyLake(lake, filter, { full: options.quick !== true })) {
      add(verified, p);
      progress.at(verified.partitions / total);
      await point.reach();
    }
  } finally {
    progress.end();
  }
  return verified;
}

function add(verified: Verified, partition: VerifiedPartition): void {
  verified.partitions += 1;
  verified.rows += partition.rows;
  verified.bytes += partition.bytes;
  verified.findings.push(...partition.findings);
}

async function report(verified: Verified, json: boolean): Promise<void> {
  const { findings, ...totals } = verified;
  const damages = findings.filter((f) => f.severity === 'damage').length;
  if (json) {
    await printLine(JSON.stringify({ findings, totals: { ...totals, damages } }));
    return;
  }
  for (const { severity, name, path, why } of findings) {
    await printLine(`${severity} ${name} ${path}: ${why}`);
  }
  const said = findings.length === 0 ? 'clean' : `${findings.length} findings, ${damages} damages`;
  const { partitions, rows, bytes } = totals;
  await printLine(`${partitions} partitions, ${rows} rows, ${bytes} bytes: ${said}`);
}

/** Verifies partitions; resolves to 4 when some are damaged, to 3 when there are none. */
export async function runLakeVerify(
  context: CommandContext,
  options: VerifyCommandOptions,
): Promise<number | undefined> {
  const { lake } = context.settings;
  if (!existsSync(lake)) throw new DataError('FILE_NOT_FOUND', `no lake at ${lake}`);
  const verified = await verifyChosen(context, options);
  await report(verified, options.json ?? false);
  if (verified.findings.some((f) => f.severity === 'damage')) return DAMAGED;
  if (verified.partitions > 0) return undefined;
  note(`nothing in ${lake} matches`);
  return NOTHING_MATCHED;
}
