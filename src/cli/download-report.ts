/**
 * What a download says at its end.
 */
import { OperatingError } from '../core/index.ts';
import { type BatchOutcome, dollars, type JobTracker } from '../intake/index.ts';
import { printLine } from './output.ts';

/** Failed jobs that are named in an error. */
const MAX_NAMED = 3;
const UNKNOWN = 'not known before the definitions are here';

function plural(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

function sentence(outcome: BatchOutcome): string {
  const parts = [
    `${plural(outcome.jobs, 'job')}: ${outcome.downloaded} downloaded`,
    outcome.open > 0 ? `${outcome.open} being made or waiting` : '',
    outcome.unsubmitted > 0 ? `${outcome.unsubmitted} not submitted` : '',
    outcome.failed.length > 0 ? `${outcome.failed.length} failed` : '',
  ].filter((part) => part !== '');
  const more = [
    `${plural(outcome.files, 'file')}, ${outcome.bytes} bytes`,
    dollars(outcome.paidUsd),
    outcome.skippedDays > 0 ? `${plural(outcome.skippedDays, 'day')} without trading` : '',
    outcome.unknownChains > 0
      ? `options of ${plural(outcome.unknownChains, 'day')} ${UNKNOWN}`
      : '',
  ].filter((part) => part !== '');
  return `${parts.join(', ')}; ${more.join('; ')}`;
}

/**
 * Prints what became of a plan.
 * @throws OperatingError JOB_FAILED when some of it cannot be had.
 */
export async function reportOutcome(outcome: BatchOutcome, json: boolean): Promise<void> {
  const snake = (name: string) => name.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
  const renamed = Object.entries(outcome).map(([name, value]) => [snake(name), value]);
  await printLine(json ? JSON.stringify(Object.fromEntries(renamed)) : sentence(outcome));
  const { failed } = outcome;
  if (failed.length === 0) return;
  const named = failed.slice(0, MAX_NAMED).map(({ key, why }) => `${key}: ${why}`);
  const more = failed.length > MAX_NAMED ? `; and ${failed.length - MAX_NAMED} more` : '';
  throw new OperatingError('JOB_FAILED', `${failed.length} failed: ${named.join('; ')}${more}`);
}

/** Prints how many jobs of a tracker are in which state; the states. */
export async function reportStates(
  tracker: JobTracker,
  json: boolean,
): Promise<Record<string, number>> {
  const states: Record<string, number> = {};
  for (const { state } of tracker.jobs.values()) states[state] = (states[state] ?? 0) + 1;
  const counted = Object.entries(states).map(([state, n]) => `${n} ${state}`);
  const text = `${plural(tracker.jobs.size, 'job')}: ${counted.join(', ') || 'none'}`;
  await printLine(json ? JSON.stringify({ jobs: tracker.jobs.size, states }) : text);
  return states;
}
