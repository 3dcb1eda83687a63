/**
 * The work of `spymaster download … submit`, `poll` and `daemon`.
 */
import { HistoricalClient, SYSTEM_CLOCK } from '../databento/index.ts';
import {
  type BatchOutcome,
  type BatchRun,
  type DownloadPlan,
  foldersOf,
  JobTracker,
  pollOnce,
  refuseSynthetic,
  runDaemon,
  submitPlan,
} from '../intake/index.ts';
import { type CommandContext, Interrupted } from './command.ts';
import { DownloadLog } from './download-log.ts';
import { reportOutcome, reportStates } from './download-report.ts';
import {
  type DownloadKind,
  downloadPlan,
  type PlanOptions,
  vendorKey,
} from './download-request.ts';

/** Exit code when something is left to be done, or could not be. */
const FAILED = 1;
/** Exit code when nothing matched. */
const NOTHING_MATCHED = 3;

/** Flags of `download … poll`. */
export interface PollOptions {
  tracker: string;
  logFile?: string;
  maxAttempts: number;
  json?: boolean;
}

/** Flags of `download … submit` and `daemon`; waits in seconds, costs in US dollars. */
export interface DownloadOptions extends PlanOptions, PollOptions {
  maxCost?: number;
  pauseSeconds: number;
  settleSeconds: number;
  pollInterval?: number;
}

type Waits = Partial<
  Pick<DownloadOptions, 'maxCost' | 'pauseSeconds' | 'settleSeconds' | 'pollInterval'>
>;

/** Says plainly when what answers is not the vendor. */
function tellSource(url: string, log: DownloadLog): void {
  const { hostname, host } = new URL(url);
  if (hostname === 'databento.com' || hostname.endsWith('.databento.com')) return;
  log.say(`${host} is not the vendor: what comes from there is what it was given`);
}

/** Runs a work with the tracker held and everything it needs; what it began can be gone on with. */
async function withRun<T>(
  context: CommandContext,
  options: PollOptions & Waits,
  work: (run: BatchRun) => Promise<T>,
): Promise<T> {
  const { lake, databento_historical_url: url } = context.settings;
  const key = vendorKey(context);
  const log = new DownloadLog(options.logFile, (text) => key.redact(text));
  const tracker = JobTracker.open(options.tracker, url);
  const vendor = new HistoricalClient({ key, url, onNotice: log.say });
  try {
    tellSource(url, log);
    return await work({
      vendor,
      tracker,
      clock: SYSTEM_CLOCK,
      lake,
      signal: context.signal,
      pauseMs: (options.pauseSeconds ?? 0) * 1000,
      pollMs: (options.pollInterval ?? 0) * 1000,
      settleMs: (options.settleSeconds ?? 0) * 1000,
      maxAttempts: options.maxAttempts,
      maxCostUsd: options.maxCost ?? null,
      log: log.say,
      onDownload: log.progress,
    });
  } catch (error) {
    if (!context.signal.aborted) throw error;
    log.say('interrupted: the same command goes on from here');
    throw new Interrupted();
  } finally {
    log.endProgress();
    vendor.close();
    tracker.close();
  }
}

async function runPlan(
  kind: DownloadKind,
  context: CommandContext,
  options: DownloadOptions,
  work: (run: BatchRun, plan: DownloadPlan) => Promise<BatchOutcome>,
): Promise<BatchOutcome> {
  const plan = downloadPlan(kind, context, options);
  for (const folder of foldersOf(context.settings.lake, plan)) refuseSynthetic(folder);
  const outcome = await withRun(context, options, (run) => {
    for (const { symbol, dt, why } of plan.skipped) run.log(`${symbol} ${dt}: no data, ${why}`);
    return work(run, plan);
  });
  await reportOutcome(outcome, options.json ?? false);
  return outcome;
}

/** Submits what was not submitted yet; resolves to 1 when some of it was not accepted. */
export async function runDownloadSubmit(
  kind: DownloadKind,
  context: CommandContext,
  options: DownloadOptions,
): Promise<number | undefined> {
  const { unsubmitted } = await runPlan(kind, context, options, submitPlan);
  return unsubmitted > 0 ? FAILED : undefined;
}

/** Submits, polls and downloads until nothing is open. */
export async function runDownloadDaemon(
  kind: DownloadKind,
  context: CommandContext,
  options: DownloadOptions,
): Promise<undefined> {
  await runPlan(kind, context, options, runDaemon);
}

/** Looks and downloads once; resolves to 3 when the tracker has no jobs, to 1 when some failed. */
export async function runDownloadPoll(
  context: CommandContext,
  options: PollOptions,
): Promise<number | undefined> {
  const states = await withRun(context, options, async (run) => {
    await pollOnce(run);
    return reportStates(run.tracker, options.json ?? false);
  });
  if (Object.keys(states).length === 0) return NOTHING_MATCHED;
  return states['error'] || states['expired'] ? FAILED : undefined;
}
