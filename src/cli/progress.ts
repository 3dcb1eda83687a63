/**
 * Progress of long work on standard error: a bar on a terminal, plain lines otherwise.
 */
import { note } from './output.ts';

/** Time between two plain lines, ms. */
const LINE_EVERY_MS = 5000;

/** Work under way: say how far it is, then end it. */
export interface Progress {
  /** @param part 0..1 of the whole. */
  at(part: number): void;
  end(): void;
}

async function bar(label: string): Promise<Progress> {
  const { default: cliProgress } = await import('cli-progress');
  const format = `${label} [{bar}] {percentage}% {duration_formatted}`;
  const shown = new cliProgress.SingleBar(
    { format, stream: process.stderr, hideCursor: true, clearOnComplete: true },
    cliProgress.Presets.legacy,
  );
  shown.start(1000, 0);
  return { at: (part) => shown.update(Math.floor(part * 1000)), end: () => shown.stop() };
}

function lines(label: string): Progress {
  let last = performance.now();
  return {
    at: (part) => {
      if (performance.now() - last < LINE_EVERY_MS) return;
      last = performance.now();
      note(`${label}: ${Math.floor(part * 100)} %`);
    },
    end: () => {},
  };
}

/** Begins to show progress of work named by `label`. */
export async function showProgress(label: string): Promise<Progress> {
  return process.stderr.isTTY ? bar(label) : lines(label);
}
