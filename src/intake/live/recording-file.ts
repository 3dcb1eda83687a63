/**
 * One DBN file that grows while a live session lasts. What was written is never written over: a
 * recorder that starts again goes on at the end of the file, or begins a further part.
 */
import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DataError, OperatingError } from '../../core/index.ts';
import type { VendorClock } from '../../databento/index.ts';
import { encodeMetadata, type Metadata } from '../../dbn/index.ts';
import { PartitionLock, writeFileAtomic } from '../../lake/index.ts';
import { refuseSynthetic } from '../batch/job-folder.ts';
import { wholeEnd } from './recording-end.ts';
import {
  isOfVendor,
  NOTES_SUFFIX,
  NotesFile,
  type RecordingNote,
  readNotes,
} from './recording-notes.ts';

/** Bytes gathered before they are handed to the system; at the end of a piece they always are. */
const BUFFER_BYTES = 256 * 1024;
/** Parts of one day: more restarts in other formats than this are a mistake. */
const MAX_PARTS = 99;

/** Where a recording goes. */
export interface RecordingPlace {
  folder: string;
  /** Dataset and date: `glbx-mdp3-20260105`. */
  name: string;
  /** What follows the name: `.mbo.dbn`. */
  ending: string;
}

/** Who records. */
export interface RecordingContext {
  /** Where the records come from, in words. */
  gateway: string;
  /** That is the vendor, and not a stand-in. */
  vendor: boolean;
  clock: Pick<VendorClock, 'unixNs'>;
}

/** A note without what every note has. */
type NoteBody = RecordingNote extends infer N
  ? N extends RecordingNote
    ? Omit<N, 'at_ns' | 'offset'>
    : never
  : never;

/** An open recording; `close` it. */
export class RecordingFile {
  readonly path: string;
  /** Instruments whose mapping this session has written into it. */
  readonly named = new Set<number>();
  /** Records that this session has added. */
  records = 0;
  /** Index time of the last record that an earlier session left, Unix ns; null in a new file. */
  readonly resumedAfterNs: bigint | null;
  private readonly fd: number;
  private readonly notes: NotesFile;
  private readonly lock: PartitionLock;
  private readonly clock: RecordingContext['clock'];
  private readonly buffer = new Uint8Array(BUFFER_BYTES);
  private filled = 0;
  private written: number;
  private unsynced = false;
  private failure: unknown = null;

  private constructor(
    path: string,
    context: RecordingContext,
    lock: PartitionLock,
    { cut, lastNs }: { cut: number; lastNs: bigint | null },
  ) {
    this.path = path;
    this.resumedAfterNs = lastNs;
    this.clock = context.clock;
    this.lock = lock;
    this.fd = openSync(path, 'a');
    this.written = statSync(path).size;
    const fresh = readNotes(path).length === 0;
    this.notes = new NotesFile(path);
    this.note({
      type: fresh ? 'begin' : 'continue',
      gateway: context.gateway,
      vendor: context.vendor,
      cut,
    });
  }

  /**
   * Opens the recording of a place: goes on with the last part when it is a recording of the same
   * form, else begins one.
   * @throws DataError USAGE where a synthetic market lies, or recordings of a stand-in beside those
   *   of the vendor would, OperatingError PARTITION_BUSY
   *   when another process records there, FILE_WRITE.
   */
  static open(place: RecordingPlace, metadata: Metadata, context: RecordingContext): RecordingFile {
    refuseSynthetic(place.folder);
    makeFolder(place.folder);
    refuseMixture(place.folder, context.vendor);
    const lock = PartitionLock.take(join(place.folder, `.${place.name}${place.ending}.lock`));
    try {
      const last = lastPart(place);
      const whole = last === null ? null : wholeEnd(last, metadata);
      if (last !== null && whole !== null) {
        const { lastNs } = whole;
        return new RecordingFile(last, context, lock, { cut: cutTo(last, whole.end), lastNs });
      }
      const path = nextPart(place);
      writeFileAtomic(path, [encodeMetadata(metadata)]);
      return new RecordingFile(path, context, lock, { cut: 0, lastNs: null });
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Bytes of the file, with those that are still gathered. */
  get bytes(): number {
    return this.written + this.filled;
  }

  /** Adds whole records. @throws OperatingError FILE_WRITE, now or at the next call. */
  append(records: Uint8Array, count: number): void {
    if (this.filled + records.length > BUFFER_BYTES) this.flush();
    this.records += count;
    if (records.length > BUFFER_BYTES) {
      this.write(records);
      return;
    }
    this.buffer.set(records, this.filled);
    this.filled += records.length;
  }

  /** Hands what is gathered to the system: a process that dies afterwards loses nothing of it. */
  flush(): void {
    if (this.filled > 0) this.write(this.buffer.subarray(0, this.filled));
    this.filled = 0;
  }

  /** Has the system put on the disk what was flushed; failures are told by the next `append`. */
  sync(): void {
    if (!this.unsynced) return;
    this.unsynced = false;
    fdatasync(this.fd, (error) => {
      this.failure ??= error;
    });
  }

  /** Writes down what happened at this place of the file; what is before it is on the disk then. */
  note(body: NoteBody): void {
    this.flush();
    fdatasyncSync(this.fd);
    const at = { at_ns: String(this.clock.unixNs()), offset: this.bytes };
    this.notes.add({ ...body, ...at } as RecordingNote);
  }

  /** Puts all on the disk and lets the next recorder in. */
  close(): void {
    try {
      this.note({ type: 'end', records: this.records });
    } finally {
      closeSync(this.fd);
      this.notes.close();
      this.lock.release();
    }
  }

  private write(bytes: Uint8Array): void {
    if (this.failure !== null) throw writeFailed(this.path, this.failure);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.fd, bytes, at);
    } catch (cause) {
      throw writeFailed(this.path, cause);
    }
    this.written += bytes.length;
    this.unsynced = true;
  }
}

function writeFailed(path: string, cause: unknown): OperatingError {
  return new OperatingError('FILE_WRITE', `${path}: ${(cause as Error).message}`, { cause });
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw writeFailed(folder, cause);
  }
}

function refuseMixture(folder: string, vendor: boolean): void {
  const others = readdirSync(folder)
    .filter((name) => name.endsWith(NOTES_SUFFIX))
    .map((name) => join(folder, name.slice(0, -NOTES_SUFFIX.length)))
    .find((path) => isOfVendor(path) === !vendor);
  if (others === undefined) return;
  const [own, its] = vendor ? ['the vendor', 'a stand-in'] : ['a stand-in', 'the vendor'];
  throw new DataError('USAGE', `records of ${own} are never put beside those of ${its}`, {
    file: others,
    expected: 'another --lake or --output',
  });
}

function partPath({ folder, name, ending }: RecordingPlace, part: number): string {
  return join(folder, part === 1 ? name + ending : `${name}-${part}${ending}`);
}

function lastPart(place: RecordingPlace): string | null {
  let last: string | null = null;
  for (let part = 1; part <= MAX_PARTS; part++) {
    const path = partPath(place, part);
    if (existsSync(path)) last = path;
  }
  return last;
}

function nextPart(place: RecordingPlace): string {
  for (let part = 1; part <= MAX_PARTS; part++) {
    const path = partPath(place, part);
    if (!existsSync(path)) return path;
  }
  const message = `${partPath(place, 1)}: it has ${MAX_PARTS} parts already`;
  throw new OperatingError('FILE_WRITE', message);
}

/** Cuts what a crash left of a record; returns how many bytes that were. */
function cutTo(path: string, whole: number): number {
  const cut = statSync(path).size - whole;
  if (cut === 0) return 0;
  const fd = openSync(path, 'r+');
  try {
    ftruncateSync(fd, whole);
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return cut;
}
