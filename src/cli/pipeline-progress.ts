/**
 * How far a run of the pipeline is: a bar with rate and time left on a terminal, lines otherwise.
 */
import { note } from './output.ts';

/** Time between two plain lines, ms. */
const LINE_EVERY_MS = 5000;
/** Part of the work from which the time left is told. */
const LEAST_PART = 0.02;

/** A run's progress. */
export interface PipelineProgress {
  /** @param part 0..1 of the work. */
  at(part: number): void;
  /** Rows that a finished task read. */
  addRows(rows: number): void;
  /** A line about a finished task: kept from the bar's way. */
  say(text: string): void;
  end(): void;
}

/** Rate and time left, from what was done since the start. */
class Pace {
  private readonly began = performance.now();
  private rows = 0;

  addRows(rows: number): void {
    this.rows += rows;
  }

  rate(): string {
    const seconds = (performance.now() - this.began) / 1000;
    const perSecond = seconds > 0 ? this.rows / seconds : 0;
    if (perSecond >= 1e6) return `${(perSecond / 1e6).toFixed(1)} M rows/s`;
    return `${Math.round(perSecond / 1000)} k rows/s`;
  }

  left(part: number): string {
    if (part < LEAST_PART) return '-';
    const seconds = Math.ceil((((performance.now() - this.began) / 1000) * (1 - part)) / part);
    return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
  }
}

function plain(pace: Pace): PipelineProgress {
  let last = performance.now();
  return {
    at: (part) => {
      if (performance.now() - last < LINE_EVERY_MS) return;
      last = performance.now();
      note(`${Math.floor(part * 100)} %, ${pace.rate()}, ${pace.left(part)} left`);
    },
    addRows: (rows) => pace.addRows(rows),
    say: note,
    end: () => {},
  };
}

async function bar(pace: Pace): Promise<PipelineProgress> {
  const { default: cliProgress } = await import('cli-progress');
  const shown = new cliProgress.SingleBar(
    {
      format: 'pipeline [{bar}] {percentage}%  {rate}  {left} left',
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
    },
    cliProgress.Presets.legacy,
  );
  shown.start(1000, 0, { rate: '', left: '-' });
  const later: string[] = [];
  return {
    at: (part) => {
      shown.update(Math.floor(part * 1000), { rate: pace.rate(), left: pace.left(part) });
    },
    addRows: (rows) => pace.addRows(rows),
    say: (text) => later.push(text),
    end: () => {
      shown.stop();
      for (const text of later) note(text);
    },
  };
}

/** Begins to show a run's progress on standard error. */
export async function showPipelineProgress(): Promise<PipelineProgress> {
  const pace = new Pace();
  return process.stderr.isTTY ? bar(pace) : plain(pace);
}
