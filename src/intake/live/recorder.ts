/**
 * Items of a live session into recordings: one file a schema, folder and UTC day.
 *
 * Raw days are UTC days, so recordings are too: a record goes to the file of the date of its index
 * time (`ts_recv` where it has one). A session of CME, which begins the evening before, lies in two
 * files as it does in the vendor's own; the caller is told of a new day, so that it can ask for the
 * snapshot that the new file has to begin with.
 */
import { OperatingError } from '../../core/index.ts';
import type { LiveConnected, LiveItem, LiveRecords } from '../../databento/index.ts';
import {
  decodeRecord,
  type Metadata,
  type RecordRun,
  RTYPE,
  rtypeOf,
  runOf,
  type Schema,
} from '../../dbn/index.ts';
import { dateToUnixNs, unixNsToDate } from '../../lake/index.ts';
import { GapLedger } from './gap-ledger.ts';
import { mappedSymbol } from './mapped-symbol.ts';
import { isControl, type RecordHead, RecordWalk, timeOf } from './record-walk.ts';
import { type RecordingContext, RecordingFile } from './recording-file.ts';
import type { RecordingGap } from './recording-notes.ts';

/** A record from further in the future than this has no time to file it by. */
const FUTURE_NS = 3_600_000_000_000n;
const DAY_NS = 86_400_000_000_000n;
/** Bytes of what the gateway said before the first record, kept for the first file. */
const MAX_PENDING_BYTES = 256 * 1024;

/** What a recorder is made with. */
export interface RecorderOptions extends RecordingContext {
  dataset: string;
  schemas: readonly Schema[];
  /** The folder for an instrument; null for a symbol that no mapping told. */
  folderOf: (schema: Schema, symbol: string | null) => string;
  /** Told once when records of a date begin that is not the first: books need a snapshot there. */
  onNewDay?: (date: string) => void;
}

/** What was recorded so far. */
export interface RecorderCounts {
  /** Records of schemas; what the gateway itself said is not in it. */
  records: number;
  bytes: number;
  connections: number;
  gaps: readonly RecordingGap[];
  /** Paths, in the order they were opened. */
  files: readonly string[];
  /** Index time of the newest record, Unix ns; null before the first. */
  lastNs: bigint | null;
}

/** Where records of one type and instrument go until a time. */
interface Route {
  file: RecordingFile;
  date: string;
  untilHigh: number;
  untilLow: number;
}

/** Takes items in order; `close` it. */
export class Recorder {
  private readonly options: RecorderOptions;
  private readonly schemaOf = new Map<number, Schema>();
  private readonly ledger = new GapLedger();
  private readonly symbols = new Map<number, string>();
  private readonly mappings = new Map<number, Uint8Array>();
  private readonly routes = new Map<number, Route>();
  private readonly open = new Map<string, { file: RecordingFile; date: string }>();
  private readonly pending: Uint8Array[] = [];
  private pendingBytes = 0;
  private metadata: Metadata | null = null;
  private newestDate = '';
  private lastConnected: LiveConnected | null = null;
  private closedBytes = 0;
  private readonly told: { records: number; connections: number; lastNs: bigint | null } = {
    records: 0,
    connections: 0,
    lastNs: null,
  };
  private readonly gaps: RecordingGap[] = [];
  private readonly files = new Set<string>();

  /** @throws OperatingError USAGE for two schemas whose records cannot be told apart. */
  constructor(options: RecorderOptions) {
    this.options = options;
    for (const schema of options.schemas) {
      const rtype = rtypeOf(schema);
      const other = this.schemaOf.get(rtype);
      if (other) {
        const message = `schemas ${other} and ${schema}: their records are of one type`;
        throw new OperatingError('USAGE', `${message}; record each in a session of its own`);
      }
      this.schemaOf.set(rtype, schema);
    }
  }

  /** What was recorded so far. */
  get counts(): RecorderCounts {
    let bytes = this.closedBytes;
    for (const { file } of this.open.values()) bytes += file.bytes;
    return { ...this.told, bytes, gaps: this.gaps, files: [...this.files] };
  }

  /** Takes an item; its records are with the system when this returns. */
  take(item: LiveItem): void {
    if (item.type === 'connected') this.connect(item);
    else if (item.type === 'records') this.takeRecords(item);
    else if (item.type === 'gap') this.ledger.begin(item);
  }

  /** Has the system put on the disk what was taken. */
  sync(): void {
    for (const { file } of this.open.values()) file.sync();
  }

  /** Ends all files. */
  close(): void {
    const gap = this.ledger.rest();
    if (gap) this.addGap(gap);
    this.closeFiles();
  }

  private closeFiles(): void {
    for (const { file } of this.open.values()) {
      this.closedBytes += file.bytes;
      file.close();
    }
    this.open.clear();
    this.routes.clear();
  }

  private connect(item: LiveConnected): void {
    this.told.connections++;
    this.lastConnected = item;
    const before = this.metadata;
    this.metadata = item.metadata;
    const { version, tsOut } = item.metadata;
    // Records of another form do not fit into the files that are open.
    if (before && (before.version !== version || before.tsOut !== tsOut)) this.closeFiles();
    for (const { file } of this.open.values()) noteConnected(file, item);
  }

  private takeRecords({ bytes, version, tsOut }: LiveRecords): void {
    const walk = new RecordWalk(bytes, version);
    const { head } = walk;
    let route: Route | null = null;
    let key = -1;
    let from = 0;
    let count = 0;
    let high = 0;
    let low = 0;
    const give = (to: number) => {
      if (route && to > from) route.file.append(bytes.subarray(from, to), count);
      from = to;
      count = 0;
    };
    while (walk.next()) {
      if (isControl(head.rtype)) {
        give(head.at);
        this.takeControl(runOf(bytes.slice(head.at, head.end), { version, tsOut }));
        from = head.end;
        continue;
      }
      const own = keyOf(head.rtype, head.instrumentId);
      if (!route || own !== key || !isBefore(head, route)) {
        give(head.at);
        if (this.ledger.isOpen || this.told.lastNs === null) this.passTime(head);
        route = this.routeOf(own, head);
        key = own;
      }
      high = head.high;
      low = head.low;
      count++;
      this.told.records++;
    }
    if (route) this.passTime({ high, low });
    give(bytes.length);
    for (const { file } of this.open.values()) file.flush();
  }

  /** Lets the ledger know of a record's time; a gap that it ends is written down. */
  private passTime(head: Pick<RecordHead, 'high' | 'low'>): void {
    const ns = timeOf(head);
    if (!this.isUsable(ns)) return;
    const gap = this.ledger.pass(ns, ns);
    if (this.told.lastNs === null || ns > this.told.lastNs) this.told.lastNs = ns;
    if (gap) this.addGap(gap);
  }

  private addGap(gap: RecordingGap): void {
    this.gaps.push(gap);
    for (const { file } of this.open.values()) noteGap(file, gap);
  }

  private takeControl(run: RecordRun): void {
    const { bytes } = run;
    if (run.rtype === RTYPE.SYMBOL_MAPPING) {
      this.takeMapping(run);
      return;
    }
    let isKept = false;
    for (const { file, date } of this.open.values()) {
      if (date !== this.newestDate) continue;
      file.append(bytes, 0);
      isKept = true;
    }
    if (isKept || this.pendingBytes + bytes.length > MAX_PENDING_BYTES) return;
    this.pending.push(bytes);
    this.pendingBytes += bytes.length;
  }

  /** The instrument may be called otherwise now, and so go elsewhere. */
  private takeMapping(run: RecordRun): void {
    const record = decodeRecord(run, 0);
    const { instrument_id: id } = record;
    this.mappings.set(id, run.bytes);
    this.symbols.set(id, mappedSymbol(record));
    for (const { file } of this.open.values()) file.named.delete(id);
    for (const rtype of this.schemaOf.keys()) this.routes.delete(keyOf(rtype, id));
  }

  private routeOf(key: number, head: RecordHead): Route {
    const known = this.routes.get(key);
    const ns = timeOf(head);
    const isLater = !known || !isBefore(head, known);
    let route = known;
    if (!route || (isLater && this.isUsable(ns))) {
      const date = this.dateOf(ns, known?.date);
      route = this.makeRoute(head, date, ns);
      this.routes.set(key, route);
    }
    this.name(route.file, head.instrumentId);
    return route;
  }

  /** The date that a record is filed under: its own, and never one before that of the last. */
  private dateOf(ns: bigint, last: string | undefined): string {
    const fallback = last ?? (this.newestDate || unixNsToDate(this.options.clock.unixNs()));
    if (!this.isUsable(ns)) return fallback;
    const date = unixNsToDate(ns);
    return last !== undefined && date < last ? last : date;
  }

  private isUsable(ns: bigint): boolean {
    return ns > 0n && ns <= this.options.clock.unixNs() + FUTURE_NS;
  }

  private makeRoute({ rtype, instrumentId }: RecordHead, date: string, ns: bigint): Route {
    const schema = this.schemaOf.get(rtype) ?? this.options.schemas[0]!;
    const folder = this.options.folderOf(schema, this.symbols.get(instrumentId) ?? null);
    const until = dateToUnixNs(date) + DAY_NS;
    return {
      file: this.fileOf(folder, schema, date, ns),
      date,
      untilHigh: Number(until >> 32n),
      untilLow: Number(until & 0xffffffffn),
    };
  }

  private fileOf(folder: string, schema: Schema, date: string, ns: bigint): RecordingFile {
    const { dataset } = this.options;
    const name = `${dataset.toLowerCase().replaceAll('.', '-')}-${date.replaceAll('-', '')}`;
    const id = `${folder}/${name}.${schema}`;
    const known = this.open.get(id);
    if (known) return known.file;
    const place = { folder, name, ending: `.${schema}.dbn` };
    const file = RecordingFile.open(place, this.metadata!, this.options);
    this.files.add(file.path);
    if (this.lastConnected) noteConnected(file, this.lastConnected);
    this.noteAbsence(file, ns);
    for (const bytes of this.pending.splice(0)) file.append(bytes, 0);
    this.pendingBytes = 0;
    this.open.set(id, { file, date });
    if (date > this.newestDate) this.beginDay(date);
    return file;
  }

  /** Nothing was recorded between the last record of an earlier session and the first of this. */
  private noteAbsence(file: RecordingFile, ns: bigint): void {
    const fromNs = file.resumedAfterNs;
    if (fromNs === null || !this.isUsable(ns) || ns <= fromNs) return;
    const text = 'nothing was recorded meanwhile';
    const gap = { fromNs, toNs: ns, cause: 'not-recorded', recovery: 'none', text } as const;
    this.gaps.push(gap);
    noteGap(file, gap);
  }

  private beginDay(date: string): void {
    const before = this.newestDate;
    this.newestDate = date;
    if (before === '') return;
    for (const [id, { file, date: its }] of this.open) {
      if (its >= before) continue;
      this.closedBytes += file.bytes;
      file.close();
      this.open.delete(id);
      for (const [key, route] of this.routes) if (route.file === file) this.routes.delete(key);
    }
    this.options.onNewDay?.(date);
  }

  /** Has the instrument's mapping stand before its records, in every file. */
  private name(file: RecordingFile, instrumentId: number): void {
    if (file.named.has(instrumentId)) return;
    file.named.add(instrumentId);
    const mapping = this.mappings.get(instrumentId);
    if (mapping) file.append(mapping, 0);
  }
}

function keyOf(rtype: number, instrumentId: number): number {
  return rtype * 2 ** 32 + instrumentId;
}

function isBefore(head: RecordHead, route: Route): boolean {
  const { high, low } = head;
  return high < route.untilHigh || (high === route.untilHigh && low < route.untilLow);
}

function noteConnected(file: RecordingFile, item: LiveConnected): void {
  const { connection, sessionId } = item;
  file.note({ type: 'connected', connection, session_id: sessionId });
}

function noteGap(file: RecordingFile, gap: RecordingGap): void {
  const { fromNs, toNs, cause, recovery, text } = gap;
  const span = { from_ns: String(fromNs), to_ns: String(toNs) };
  file.note({ type: 'gap', ...span, cause, recovery, text });
}
