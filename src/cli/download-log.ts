/**
 * What a download tells while it runs: lines on standard error and in the log file, and how far a
 * file is.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { OperatingError } from '../core/index.ts';
import { note } from './output.ts';
import { type Progress, showProgress } from './progress.ts';

/** Progress that may be ended before it is shown. */
class Bar {
  private progress: Progress | null = null;
  private part = 0;
  private isOver = false;

  constructor(label: string) {
    void showProgress(label).then((progress) => {
      this.progress = progress;
      if (this.isOver) progress.end();
      else progress.at(this.part);
    });
  }

  at(part: number): void {
    this.part = part;
    this.progress?.at(part);
  }

  end(): void {
    this.isOver = true;
    this.progress?.end();
  }
}

/** Lines and progress of one run. */
export class DownloadLog {
  private readonly file: string | undefined;
  private readonly redact: (text: string) => string;
  /** Bytes of the jobs that are being downloaded, by key. */
  private readonly under = new Map<string, { done: number; total: number }>();
  private bar: Bar | null = null;

  /**
   * @param file appended to; undefined: none.
   * @param redact takes the key out of what others said.
   */
  constructor(file: string | undefined, redact: (text: string) => string) {
    this.file = file;
    this.redact = redact;
    if (file !== undefined) mkdirSync(dirname(file), { recursive: true });
  }

  /** A line. @throws OperatingError FILE_WRITE when the log file does not take it. */
  readonly say = (text: string): void => {
    this.endProgress();
    const line = this.redact(text).replace(/\s*[\r\n]+\s*/g, ' ');
    note(line);
    if (this.file === undefined) return;
    try {
      appendFileSync(this.file, `${new Date().toISOString()} ${line}\n`);
    } catch (cause) {
      throw new OperatingError('FILE_WRITE', `${this.file}: ${(cause as Error).message}`, {
        cause,
      });
    }
  };

  /** How far the files of a job are, bytes; several are shown as one. */
  readonly progress = (key: string, done: number, total: number): void => {
    this.under.set(key, { done, total });
    const sum = { done: 0, total: 0 };
    for (const one of this.under.values()) {
      sum.done += one.done;
      sum.total += one.total;
    }
    this.bar ??= new Bar(this.under.size === 1 ? key : `${this.under.size} jobs`);
    this.bar.at(sum.total > 0 ? sum.done / sum.total : 1);
    if (done >= total) this.under.delete(key);
  };

  /** Takes what is left of a bar away. */
  endProgress(): void {
    this.bar?.end();
    this.bar = null;
  }
}
