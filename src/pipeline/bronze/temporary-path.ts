import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { OperatingError } from '../../core/index.ts';
import type { StageTask } from '../stage.ts';

/**
 * A path for a file of this task that is gone before the stage ends, beside what the task writes:
 * on the same disk, of no partition. It is the same for every run of the task, of which there is
 * one at a time, so that what a killed run left is written over by the next.
 * @throws OperatingError FILE_WRITE when its folder cannot be made.
 */
export function temporaryPath(task: StageTask, what: string): string {
  const { lake, productType, symbol, dt } = task;
  const folder = join(lake, 'bronze', `product_type=${productType}`);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new OperatingError('FILE_WRITE', `${folder}: ${(cause as Error).message}`, { cause });
  }
  return join(folder, `.${what}-${symbol}-${dt}`);
}
