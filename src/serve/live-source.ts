/**
 * One instrument of a live session as a source of records: the same reader's interface as a file's,
 * and an end that grows.
 */
import { createHash } from 'node:crypto';
import type { NsOfDay, UnixNs } from '../core/index.ts';
import type { InstrumentKey } from '../feed/index.ts';
import {
  type LiveSpool,
  type RecordingGap,
  type SpoolInstrument,
  SpoolReader,
} from '../intake/index.ts';
import type { LiveFeed } from './live-feed.ts';
import { sourceGap } from './source-gap.ts';
import type { RecordReader, RecordSource, SourceGap } from './stream.ts';

/** An instrument that the feed has records of. */
export class LiveSource implements RecordSource {
  readonly identity: string;
  readonly handle: LiveFeed;
  readonly mode = 'live';
  readonly symbol: string;
  readonly originNs: UnixNs;
  private readonly spool: LiveSpool;
  private readonly activity: SpoolInstrument['activity'];
  private readonly key: InstrumentKey;
  private readonly told: SourceGap[] = [];

  constructor(feed: LiveFeed, { symbol, activity }: SpoolInstrument) {
    const { publisherId, instrumentId } = activity;
    this.handle = feed;
    this.spool = feed.spool;
    this.symbol = symbol;
    this.activity = activity;
    this.key = { publisherId, instrumentId };
    this.originNs = feed.spool.originNs;
    const facts = ['live', feed.id, publisherId, instrumentId];
    this.identity = createHash('sha256').update(facts.join('|')).digest('hex').slice(0, 16);
  }

  get firstNs(): NsOfDay {
    return this.activity.firstNs;
  }

  /** That of the first record while all are of the snapshot. */
  get liveNs(): NsOfDay {
    const { liveNs, firstNs } = this.activity;
    return liveNs < 0 ? firstNs : liveNs;
  }

  get lastNs(): NsOfDay {
    return this.activity.lastNs;
  }

  get bars(): readonly number[] {
    return this.activity.bars;
  }

  get start(): number {
    return this.spool.headerBytes;
  }

  get end(): number {
    return this.spool.bytes;
  }

  get gaps(): readonly SourceGap[] {
    const { gaps } = this.spool;
    while (this.told.length < gaps.length) {
      this.told.push(sourceGap(gaps[this.told.length] as RecordingGap, this.originNs));
    }
    return this.told;
  }

  unixNs(): UnixNs {
    return this.handle.unixNs();
  }

  open(position?: number): RecordReader {
    return this.handle.watch((onClose) => new SpoolReader(this.spool, this.key, position, onClose));
  }
}
