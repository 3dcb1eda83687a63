/**
 * What failed last, by partition: remembered in `lake/.runner/failures` until it succeeds.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../lake/index.ts';
import type { NodeError } from './run-node.ts';

/** A failure that no later run has put right. */
export interface Failure extends NodeError {
  /** Id of the node. */
  id: string;
  /** When, ISO 8601. */
  at: string;
}

function folderOf(lake: string): string {
  return join(lake, '.runner', 'failures');
}

function pathOf(lake: string, id: string): string {
  return join(folderOf(lake), `${id.replaceAll(/[^A-Za-z0-9._-]/g, '_')}.json`);
}

/** Remembers a failure. */
export function rememberFailure(lake: string, id: string, error: NodeError): void {
  const failure: Failure = { id, ...error, at: new Date().toISOString() };
  const path = pathOf(lake, id);
  mkdirSync(dirname(path), { recursive: true });
  writeFileAtomic(path, [new TextEncoder().encode(`${JSON.stringify(failure, null, 2)}\n`)]);
}

/** Forgets a node's failure: it succeeded. */
export function forgetFailure(lake: string, id: string): void {
  rmSync(pathOf(lake, id), { force: true });
}

/** All remembered failures by node id. */
export function rememberedFailures(lake: string): Map<string, Failure> {
  const failures = new Map<string, Failure>();
  let names: string[] = [];
  try {
    names = readdirSync(folderOf(lake)).sort();
  } catch {
    return failures;
  }
  for (const name of names) {
    if (!name.endsWith('.json')) continue;
    try {
      const failure = JSON.parse(readFileSync(join(folderOf(lake), name), 'utf8')) as Failure;
      failures.set(failure.id, failure);
    } catch {
      // Notes for people: one that cannot be read is no reason to stop.
    }
  }
  return failures;
}
