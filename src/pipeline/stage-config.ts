/**
 * What of the configuration a partition depends on: its hash stands in the manifest, so that a
 * change makes the partition stale.
 */
import { createHash } from 'node:crypto';
import { sessionWindows } from '../lake/index.ts';
import type { Stage, StageTask } from './stage.ts';

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([k, v]) => [k, sorted(v)]));
}

/** Bronze holds what the file holds: of the product, only what names instruments and days. */
function bronzeConfig({ product }: StageTask) {
  return { root: product.root, kind: product.kind, timeZone: product.session.timeZone };
}

function windowConfig({ product, dt, session }: StageTask) {
  return { product, session, spans: sessionWindows(product, dt, session).spans };
}

/** Sha256 of the product row, the session's windows and the stage's constants, hex. */
export function stageConfigSha256(stage: Stage, task: StageTask): string {
  const own = stage.layer === 'bronze' ? bronzeConfig(task) : windowConfig(task);
  const config = sorted({ ...own, constants: stage.constants ?? {} });
  return createHash('sha256').update(JSON.stringify(config)).digest('hex');
}
