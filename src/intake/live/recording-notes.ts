/**
 * What happened while a file was recorded, beside it as JSON lines: connections, gaps, how it was
 * begun and ended. Whoever plays the file reads its gaps from here.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { OperatingError } from '../../core/index.ts';
import type { LiveGap } from '../../databento/index.ts';

/** What the notes of a recording are called after its own name. */
export const NOTES_SUFFIX = '.notes.jsonl';

/** Why records may be missing; `not-recorded`: the recorder was not there. */
export type GapCause = LiveGap['cause'] | 'not-recorded';

/**
 * A stretch of time in which records may be missing: after `fromNs`, up to and with `toNs`. Both
 * are index times of records, Unix ns: of the last before it and of the first behind it.
 */
export interface RecordingGap {
  fromNs: bigint;
  toNs: bigint;
  cause: GapCause;
  recovery: LiveGap['recovery'];
  text: string;
}

/** A line of the notes; times are Unix ns as strings. */
export type RecordingNote =
  | {
      type: 'begin' | 'continue';
      at_ns: string;
      offset: number;
      /** Where the records come from, and whether that is the vendor. */
      gateway: string;
      vendor: boolean;
      /** Bytes of a torn record that were cut. */
      cut: number;
    }
  | { type: 'connected'; at_ns: string; offset: number; connection: number; session_id: string }
  | {
      type: 'gap';
      at_ns: string;
      offset: number;
      from_ns: string;
      to_ns: string;
      cause: GapCause;
      recovery: LiveGap['recovery'];
      text: string;
    }
  | { type: 'snapshot'; at_ns: string; offset: number; text: string }
  | { type: 'end'; at_ns: string; offset: number; records: number };

/** The open notes of one recording. */
export class NotesFile {
  readonly path: string;
  private readonly fd: number;

  /** @param recording path of the file that the notes are of. @throws OperatingError FILE_WRITE */
  constructor(recording: string) {
    this.path = recording + NOTES_SUFFIX;
    try {
      this.fd = openSync(this.path, 'a');
    } catch (cause) {
      throw failed(this.path, cause);
    }
  }

  /** Appends a line; it is on the disk when this returns. @throws OperatingError FILE_WRITE */
  add(note: RecordingNote): void {
    try {
      writeSync(this.fd, `${JSON.stringify(note)}\n`);
      fsyncSync(this.fd);
    } catch (cause) {
      throw failed(this.path, cause);
    }
  }

  close(): void {
    closeSync(this.fd);
  }
}

function failed(path: string, cause: unknown): OperatingError {
  return new OperatingError('FILE_WRITE', `${path}: ${(cause as Error).message}`, { cause });
}

/** The notes beside a recording, none if there are none; a line that a crash cut is left out. */
export function readNotes(recording: string): RecordingNote[] {
  const path = recording + NOTES_SUFFIX;
  if (!existsSync(path)) return [];
  const notes: RecordingNote[] = [];
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    try {
      if (line !== '') notes.push(JSON.parse(line) as RecordingNote);
    } catch {
      // The last line of a recorder that was killed.
    }
  }
  return notes;
}

/** Whether a recording was made of the vendor's records; null for a file that is none. */
export function isOfVendor(recording: string): boolean | null {
  const first = readNotes(recording).find((note) => note.type === 'begin');
  return first?.type === 'begin' ? first.vendor : null;
}

/** The gaps of a recording, in order; none for a file that was not recorded. */
export function readGaps(recording: string): RecordingGap[] {
  return readNotes(recording).flatMap((note) =>
    note.type === 'gap'
      ? [
          {
            fromNs: BigInt(note.from_ns),
            toNs: BigInt(note.to_ns),
            cause: note.cause,
            recovery: note.recovery,
            text: note.text,
          },
        ]
      : [],
  );
}
