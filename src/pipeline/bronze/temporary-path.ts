import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { StageTask } from '../stage.ts';

/**
 * A path for a file of this task that is gone before the stage ends, beside what the task writes:
 * on the same disk, in a folder that is there afterwards, of no partition.
 */
export function temporaryPath(task: StageTask, what: string): string {
  const { lake, productType, symbol, dt } = task;
  const folder = join(lake, 'bronze', `product_type=${productType}`);
  mkdirSync(folder, { recursive: true });
  return join(folder, `.${what}-${symbol}-${dt}-${process.pid}-${threadId}`);
}
