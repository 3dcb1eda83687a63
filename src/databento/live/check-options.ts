/**
 * What the gateway would refuse, or silently ignore, is refused before anything is sent.
 */
import { DataError } from '../../core/index.ts';
import { SCHEMAS, STYPES } from '../../dbn/index.ts';
import type { LiveOptions, LiveRecovery, LiveSubscription } from './live-types.ts';

/** Bounds of the heartbeat interval, s. Source: Databento docs, Live API. */
const MIN_HEARTBEAT_SECONDS = 5;
const MAX_HEARTBEAT_SECONDS = 1800;

/** What a dataset's name may be made of: it becomes a host name and a field of a line. */
const DATASET_SHAPE = /^[A-Z0-9]+(\.[A-Z0-9]+)*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a line must not be broken by them
const SYMBOL_BREAKERS = /[,|\u0000-\u001f\u007f]/;

/** @throws DataError USAGE that says which option is wrong and what it may be. */
export function checkOptions(options: LiveOptions): void {
  const { dataset, heartbeatSeconds: heartbeat, maxAttempts } = options;
  if (!DATASET_SHAPE.test(dataset)) refuse('dataset', JSON.stringify(dataset), 'as GLBX.MDP3');
  if (heartbeat !== undefined && !isWhole(heartbeat, MIN_HEARTBEAT_SECONDS, MAX_HEARTBEAT_SECONDS))
    refuse(
      'heartbeatSeconds',
      `${heartbeat}`,
      `a whole number, ${MIN_HEARTBEAT_SECONDS} to ${MAX_HEARTBEAT_SECONDS}`,
    );
  if (maxAttempts !== undefined && !isWhole(maxAttempts, 1, Number.MAX_SAFE_INTEGER)) {
    refuse('maxAttempts', `${maxAttempts}`, 'a whole number, 1 or more');
  }
  options.subscriptions.forEach(checkSubscription);
}

/** @throws DataError USAGE that says what of the subscription cannot be asked for. */
export function checkSubscription(s: LiveSubscription): void {
  if (!SCHEMAS.includes(s.schema)) refuse('schema', `"${s.schema}"`, SCHEMAS.join(', '));
  if (!STYPES.includes(s.stypeIn)) refuse('stypeIn', `"${s.stypeIn}"`, STYPES.join(', '));
  checkSymbols(s);
  if (s.startNs !== undefined && s.startNs < 0n) refuse('startNs', `${s.startNs}`, '0 or more');
  if (s.snapshot && s.schema !== 'mbo') refuse('snapshot', s.schema, 'mbo: no other has one');
  if (s.snapshot && s.startNs !== undefined) {
    refuse('startNs', 'a snapshot and a start', 'one of them: a snapshot is of now');
  }
  if (s.recovery === 'snapshot' && s.schema !== 'mbo') {
    refuse('recovery', `snapshot of ${s.schema}`, 'none or replay: only mbo has snapshots');
  }
}

/** What is done about records that were missed: as asked, else as it was subscribed. */
export function recoveryOf(s: LiveSubscription): LiveRecovery {
  return s.recovery ?? (s.snapshot ? 'snapshot' : 'replay');
}

function checkSymbols({ symbols }: LiveSubscription): void {
  if (symbols === 'ALL_SYMBOLS') return;
  if (symbols.length === 0) refuse('symbols', 'none', 'a list, or ALL_SYMBOLS');
  for (const symbol of symbols) {
    if (symbol !== '' && !SYMBOL_BREAKERS.test(symbol)) continue;
    refuse('symbols', JSON.stringify(symbol), 'no empty one, no comma, bar or control character');
  }
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function refuse(option: string, found: string, expected: string): never {
  throw new DataError('USAGE', `Live ${option} cannot be asked for`, { found, expected });
}
