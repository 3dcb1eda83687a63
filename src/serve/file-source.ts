/**
 * A raw day file as a source of records, and the registry that opens each file once.
 */
import type { NsOfDay, UnixNs } from '../core/index.ts';
import { DayCache, type DayReader, type InstrumentKey, SeekableDay } from '../feed/index.ts';
import { readGaps } from '../intake/index.ts';
import { dateToUnixNs, type RawDay } from '../lake/index.ts';
import type { StreamMode } from '../wire/index.ts';
import { sourceGap } from './source-gap.ts';
import type { RecordSource, SourceGap } from './stream.ts';

/** Days that stay open without a stream: each is only an index. */
const MAX_OPEN_DAYS = 16;

/** One instrument of a day file. */
export class FileSource implements RecordSource {
  readonly identity: string;
  readonly handle: SeekableDay;
  readonly mode: StreamMode;
  readonly symbol: string;
  readonly originNs: UnixNs;
  readonly firstNs: NsOfDay;
  readonly liveNs: NsOfDay;
  readonly lastNs: NsOfDay;
  readonly bars: readonly number[];
  /** Of a recording: as its notes have them. */
  readonly gaps: readonly SourceGap[];
  readonly start: number;
  readonly end: number;
  private readonly key: InstrumentKey;

  /** @throws DataError SYMBOL_NOT_FOUND */
  constructor(day: SeekableDay, symbol: string, dt: string, synthetic: boolean) {
    const originNs = BigInt(day.index.originNs);
    const selected = day.select(symbol, dt);
    const { instrument } = selected;
    this.handle = day;
    this.key = { publisherId: instrument.publisherId, instrumentId: instrument.instrumentId };
    this.identity = day.identity;
    this.mode = synthetic ? 'synthetic' : 'replay';
    this.symbol = selected.symbol;
    this.originNs = originNs;
    this.gaps = readGaps(day.path).map((gap) => sourceGap(gap, originNs));
    this.firstNs = instrument.firstNs;
    this.liveNs = instrument.liveNs;
    this.lastNs = instrument.lastNs;
    this.bars = instrument.bars;
    this.start = day.index.headerBytes;
    this.end = day.index.bytes;
  }

  open(position: number = this.start): DayReader {
    return this.handle.reader(this.key, position);
  }
}

interface OpenDay {
  day: Promise<SeekableDay>;
  listeners: Set<(part: number) => void>;
}

/** Opens day files, each once at a time, whoever asks. */
export class DayRegistry {
  readonly cache: DayCache;
  private readonly now: () => Date;
  private readonly days = new Map<string, OpenDay>();
  private readonly stop = new AbortController();

  constructor(cacheFolder: string, cacheBytes: number, now: () => Date) {
    this.cache = new DayCache(cacheFolder, cacheBytes);
    this.now = now;
  }

  /**
   * The open day of a raw file; a file that changed since is opened anew.
   * @param onProgress told the part read so far, now and then, until the day is open.
   */
  async open(raw: RawDay, onProgress: (part: number) => void): Promise<SeekableDay> {
    const key = SeekableDay.keyOf(raw.path);
    const known = this.days.get(key);
    if (known && !(await isUsable(known))) this.forget(key, known);
    const open = this.days.get(key) ?? this.start(key, raw);
    open.listeners.add(onProgress);
    try {
      return await open.day;
    } finally {
      open.listeners.delete(onProgress);
    }
  }

  /** Stops what is being read and lets the cache drop what was held. */
  async close(): Promise<void> {
    this.stop.abort();
    for (const { day } of this.days.values()) await day.then((d) => d.close()).catch(() => {});
    this.days.clear();
  }

  private start(key: string, raw: RawDay): OpenDay {
    const open: OpenDay = {
      listeners: new Set(),
      day: SeekableDay.open(raw.path, {
        originNs: dateToUnixNs(raw.dt),
        cache: this.cache,
        now: this.now,
        signal: this.stop.signal,
        onProgress: (part) => {
          for (const listen of open.listeners) listen(part);
        },
      }),
    };
    this.days.set(key, open);
    open.day.catch(() => this.days.delete(key));
    this.dropOldest();
    return open;
  }

  private dropOldest(): void {
    for (const [key, open] of this.days) {
      if (this.days.size <= MAX_OPEN_DAYS) return;
      this.forget(key, open);
    }
  }

  private forget(key: string, open: OpenDay): void {
    if (this.days.get(key) !== open) return;
    this.days.delete(key);
    void open.day.then((day) => day.close()).catch(() => {});
  }
}

/** True unless the day's decoded file is gone. */
function isUsable({ day }: OpenDay): Promise<boolean> {
  return day.then((d) => d.usable).catch(() => false);
}
