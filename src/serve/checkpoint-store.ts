/**
 * Engine states along a session, in memory and on disk: a start or a seek computes from the nearest
 * one.
 *
 * Which states exist never changes what a viewer sees, only how long it waits: a restored engine
 * goes on with the same bits. A file that is damaged or of another version is dropped and made
 * anew.
 */
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type NsOfDay, OperatingError } from '../core/index.ts';
import type { ByteBudget } from './byte-budget.ts';

/** Counts changes of the file's form. */
const VERSION = 1;
const MAGIC = Buffer.from('SPYVPCKP');
const SHA_BYTES = 32;
/** Magic, version, clock, position, applied records, sha256 of all that follows. */
const HEADER_BYTES = 8 + 4 + 8 + 8 + 8 + SHA_BYTES;

/** An engine's state between two records. */
export interface Checkpoint {
  /** Number in the session: how many whole portions of work came before. */
  ordinal: number;
  /** The engine's clock. */
  clockNs: NsOfDay;
  /** Position of the next record in the source. */
  position: number;
  /** Records applied. */
  records: number;
  state: Uint8Array;
}

type Known = Omit<Checkpoint, 'state'>;

/** Checkpoints of one stream's engine (whatever its throttle). */
export class CheckpointStore {
  private readonly folder: string;
  private readonly memory: ByteBudget;
  private readonly known = new Map<number, Known>();
  private readonly pending = new Set<Promise<void>>();
  private readonly onFailure: (error: unknown) => void;

  /**
   * @param folder exists from the first save on. @param onFailure told when the disk refuses;
   * playback goes on.
   */
  constructor(folder: string, memory: ByteBudget, onFailure: (error: unknown) => void) {
    this.folder = folder;
    this.memory = memory;
    this.onFailure = onFailure;
  }

  /** Learns what is on disk. */
  async load(): Promise<void> {
    let names: string[] = [];
    try {
      names = await readdir(this.folder);
    } catch {
      return;
    }
    for (const name of names.filter((n) => /^\d+\.ckpt$/.test(n))) {
      const ordinal = Number.parseInt(name, 10);
      const header = decodeHeader(ordinal, await readStart(this.file(ordinal)));
      if (header) this.known.set(ordinal, header);
    }
  }

  /** True when this checkpoint need not be made again. */
  has(ordinal: number): boolean {
    return this.known.has(ordinal);
  }

  /** The last checkpoint whose clock is before an instant; null when there is none. */
  async before(ns: NsOfDay): Promise<Checkpoint | null> {
    const usable = [...this.known.values()].filter((k) => k.clockNs < ns);
    usable.sort((a, b) => b.records - a.records);
    for (const known of usable) {
      const held = this.memory.get(this.key(known.ordinal));
      if (held) return { ...known, state: held };
      const read = await this.read(known.ordinal);
      if (read) {
        this.memory.put(this.key(known.ordinal), read.state);
        return read;
      }
      this.known.delete(known.ordinal);
    }
    return null;
  }

  /** Keeps a checkpoint; the disk is written behind. */
  put(checkpoint: Checkpoint): void {
    const { state, ...known } = checkpoint;
    this.known.set(known.ordinal, known);
    this.memory.put(this.key(known.ordinal), state);
    const write = this.write(checkpoint).catch(this.onFailure);
    this.pending.add(write);
    void write.finally(() => this.pending.delete(write));
  }

  /** Drops one that turned out not to fit the engine. */
  async drop(ordinal: number): Promise<void> {
    this.known.delete(ordinal);
    this.memory.drop(this.key(ordinal));
    await rm(this.file(ordinal), { force: true });
  }

  /** Resolves when everything put so far is on disk. */
  async flush(): Promise<void> {
    await Promise.all(this.pending);
  }

  private key(ordinal: number): string {
    return this.file(ordinal);
  }

  private file(ordinal: number): string {
    return join(this.folder, `${String(ordinal).padStart(6, '0')}.ckpt`);
  }

  private async write(c: Checkpoint): Promise<void> {
    const header = Buffer.alloc(HEADER_BYTES);
    MAGIC.copy(header);
    header.writeUInt32LE(VERSION, 8);
    header.writeDoubleLE(c.clockNs, 12);
    header.writeDoubleLE(c.position, 20);
    header.writeDoubleLE(c.records, 28);
    digest(header, c.state).copy(header, HEADER_BYTES - SHA_BYTES);
    const draft = `${this.file(c.ordinal)}.${process.pid}.tmp`;
    try {
      await mkdir(this.folder, { recursive: true });
      await writeFile(draft, Buffer.concat([header, c.state]));
      await rename(draft, this.file(c.ordinal));
    } catch (cause) {
      await rm(draft, { force: true }).catch(() => {});
      const message = `${this.file(c.ordinal)}: ${(cause as Error).message}`;
      throw new OperatingError('FILE_WRITE', message, { cause });
    }
  }

  private async read(ordinal: number): Promise<Checkpoint | null> {
    let bytes: Buffer;
    try {
      bytes = await readFile(this.file(ordinal));
    } catch {
      return null;
    }
    const checkpoint = decode(ordinal, bytes);
    if (!checkpoint) await this.drop(ordinal);
    return checkpoint;
  }
}

function digest(header: Buffer, state: Uint8Array): Buffer {
  const hash = createHash('sha256');
  return hash
    .update(header.subarray(0, HEADER_BYTES - SHA_BYTES))
    .update(state)
    .digest();
}

/** The first bytes of a file; none when it cannot be read. */
async function readStart(path: string): Promise<Buffer> {
  const bytes = Buffer.alloc(HEADER_BYTES);
  try {
    const file = await open(path);
    const { bytesRead } = await file.read(bytes, 0, HEADER_BYTES, 0).finally(() => file.close());
    return bytes.subarray(0, bytesRead);
  } catch {
    return bytes.subarray(0, 0);
  }
}

function decodeHeader(ordinal: number, bytes: Buffer): Known | null {
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, 8).equals(MAGIC)) return null;
  if (bytes.readUInt32LE(8) !== VERSION) return null;
  return {
    ordinal,
    clockNs: bytes.readDoubleLE(12),
    position: bytes.readDoubleLE(20),
    records: bytes.readDoubleLE(28),
  };
}

function decode(ordinal: number, bytes: Buffer): Checkpoint | null {
  const known = decodeHeader(ordinal, bytes);
  if (!known) return null;
  const state = bytes.subarray(HEADER_BYTES);
  const stored = bytes.subarray(HEADER_BYTES - SHA_BYTES, HEADER_BYTES);
  return digest(bytes, state).equals(stored) ? { ...known, state: new Uint8Array(state) } : null;
}
