/**
 * The file that a live session is written to while people watch it: it grows, it is read from any
 * record on at the same time, and it knows what it holds so far. It goes when the session does.
 */
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { assert, OperatingError } from '../../core/index.ts';
import type { LiveItem, LiveRecords } from '../../databento/index.ts';
import {
  DbnDecoder,
  decodeRecord,
  encodeMetadata,
  type FragmentFormat,
  MboColumns,
  type Metadata,
  type RecordRun,
  RTYPE,
  readMbo,
  runBytes,
} from '../../dbn/index.ts';
import { ActivityCounter, type InstrumentActivity } from '../../feed/index.ts';
import { dateToUnixNs, unixNsToDate } from '../../lake/index.ts';
import { GapLedger } from './gap-ledger.ts';
import { mappedSymbol } from './mapped-symbol.ts';
import { RecordWalk, timeOf } from './record-walk.ts';
import type { RecordingGap } from './recording-notes.ts';

/** Rows that are looked at together. */
const BATCH_ROWS = 2048;

/** A time from here on is none, Unix ns: the year 2262. */
const NO_TIME_NS = 1n << 63n;
/** A clock beyond it is no time of this session, ns since its origin (104 days). */
const MAX_CLOCK_NS = 2 ** 53;

/** An instrument that the session has records of. */
export interface SpoolInstrument {
  symbol: string;
  activity: InstrumentActivity;
}

/** A spool being written; `close` it, which removes it. */
export class LiveSpool {
  readonly path: string;
  /** 00:00 UTC of the date that the first record falls on; 0 before it. */
  originNs = 0n;
  /** Form of the records; known from the first connection on. */
  format: FragmentFormat = { version: 3 };
  /** Offset of the first record, bytes. */
  headerBytes = 0;
  /** Bytes written: whole records. */
  bytes = 0;
  /** Time of the newest order record, ns since the origin. */
  lastNs = Number.NEGATIVE_INFINITY;
  /** Order records of all instruments. */
  records = 0;
  readonly gaps: RecordingGap[] = [];
  /** Why the session ended; undefined while it goes on, null when it was asked to. */
  ended: unknown;
  private fd = -1;
  private readonly ledger = new GapLedger();
  private readonly counter = new ActivityCounter();
  private readonly idOf = new Map<string, number>();
  private readonly symbolOf = new Map<number, string>();
  private columns = new MboColumns(1, 0n);

  /** @param path made when the first connection stands, with its folder. */
  constructor(path: string) {
    this.path = path;
  }

  /** Takes an item of the session. @throws OperatingError FILE_WRITE, DataError. */
  take(item: LiveItem): void {
    if (item.type === 'connected') this.connect(item.metadata);
    else if (item.type === 'records') this.takeRecords(item);
    else if (item.type === 'gap') this.ledger.begin(item);
  }

  /** What a symbol stands for, as asked for or resolved; null before its records. */
  find(symbol: string): SpoolInstrument | null {
    const id = this.idOf.get(symbol);
    if (id === undefined) return null;
    const activity = this.counter.counted(id);
    const own = this.symbolOf.get(id);
    return activity && own !== undefined ? { symbol: own, activity } : null;
  }

  /** Removes the file; readers that have it open stay as they are. */
  close(): void {
    if (this.fd >= 0) closeSync(this.fd);
    this.fd = -1;
    rmSync(this.path, { force: true });
  }

  private connect(metadata: Metadata): void {
    if (this.fd >= 0) return;
    const { version, tsOut } = metadata;
    const header = encodeMetadata(metadata);
    this.format = { version, tsOut };
    this.headerBytes = header.length;
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      this.fd = openSync(this.path, 'w');
    } catch (cause) {
      throw writeFailed(this.path, cause);
    }
    this.write(header);
  }

  private takeRecords({ bytes, version, tsOut }: LiveRecords): void {
    assert(this.fd >= 0, 'a connection comes before its records');
    const decoder = new DbnDecoder({ version, tsOut });
    const isAlike = version === this.format.version;
    decoder.write(bytes);
    for (let run = decoder.next(); run; run = decoder.next()) {
      if (run.rtype === RTYPE.MBO) this.count(run);
      else if (run.rtype === RTYPE.SYMBOL_MAPPING) this.map(run);
      // A gateway of another version after a reconnect: orders are alike in all, and all it is for.
      if (!isAlike && run.rtype === RTYPE.MBO) this.write(runBytes(run));
    }
    // In one go: whoever reads sees either none or all of it.
    if (isAlike) this.write(bytes);
  }

  private count(run: RecordRun): void {
    if (this.originNs === 0n && !this.begin(run)) return;
    const { columns, counter, originNs } = this;
    for (let from = 0; from < run.count; ) {
      const to = Math.min(run.count, from + columns.capacity);
      readMbo(run, from, to, columns);
      counter.add(columns);
      const rows = to - from;
      const firstNs = columns.tsRecv[0] as number;
      const lastNs = columns.tsRecv[rows - 1] as number;
      from = to;
      if (Math.max(firstNs, lastNs) > MAX_CLOCK_NS) continue;
      if (lastNs > this.lastNs) this.lastNs = lastNs;
      const gap = this.ledger.pass(originNs + BigInt(firstNs), originNs + BigInt(lastNs));
      if (gap) this.gaps.push(gap);
    }
    this.records += run.count;
  }

  /** The first order record with a time says which day it is; false when there is none. */
  private begin(run: RecordRun): boolean {
    const walk = new RecordWalk(runBytes(run), run.version);
    while (walk.next()) {
      const ns = timeOf(walk.head);
      if (ns === 0n || ns >= NO_TIME_NS) continue;
      this.originNs = dateToUnixNs(unixNsToDate(ns));
      this.columns = new MboColumns(BATCH_ROWS, this.originNs);
      return true;
    }
    return false;
  }

  private map(run: RecordRun): void {
    for (let i = 0; i < run.count; i++) {
      const record = decodeRecord(run, i);
      const symbol = mappedSymbol(record);
      this.symbolOf.set(record.instrument_id, symbol);
      this.idOf.set(symbol, record.instrument_id);
      this.idOf.set(String(record['stype_in_symbol']), record.instrument_id);
    }
  }

  private write(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.fd, bytes, at);
    } catch (cause) {
      throw writeFailed(this.path, cause);
    }
    this.bytes += bytes.length;
  }
}

function writeFailed(path: string, cause: unknown): OperatingError {
  return new OperatingError('FILE_WRITE', `${path}: ${(cause as Error).message}`, { cause });
}
