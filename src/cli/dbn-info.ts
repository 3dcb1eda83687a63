/**
 * The work of `spymaster dbn info`: one pass over a file, without decoding what is not counted.
 */
import {
  type DbnVersion,
  FLAG,
  layoutOf,
  type Metadata,
  type RecordRun,
  RTYPE,
} from '../dbn/index.ts';
import { type CommandContext, SafePoint } from './command.ts';
import { DbnSource, truncationNote } from './dbn-source.ts';
import { note, printLine } from './output.ts';
import { formatMoment, timeOf, timeWordOf } from './record-times.ts';

/** Gaps listed, and symbols in the text for a person; the counts are of all. */
const MAX_LISTED = 20;
/** Instruments told apart before counting stops (a hostile file could name four billion). */
const MAX_INSTRUMENTS = 1_000_000;

/** A stretch without records. */
export interface RecordGap {
  from: string | null;
  to: string | null;
  seconds: number;
}

/** What a file holds. Moments are UTC text, null where undefined. */
export interface DbnSummary {
  file: string;
  file_bytes: number;
  compressed: boolean;
  version: number;
  dataset: string | null;
  schema: string | null;
  start: string | null;
  end: string | null;
  limit: string | null;
  stype_in: string | null;
  stype_out: string | null;
  ts_out: boolean;
  symbol_count: number;
  symbols: string[];
  partial: string[];
  not_found: string[];
  mapping_count: number;
  records: number;
  /** Records by type name, `0x..` where unknown. */
  record_types: Record<string, number>;
  /** Records by action letter, of the schemas that have one. */
  actions: Record<string, number>;
  instruments: number;
  publishers: number[];
  first: string | null;
  last: string | null;
  /** Records earlier than the one before. */
  backward_steps: number;
  /** Records flagged F_MAYBE_BAD_BOOK. */
  maybe_bad_book: number;
  gap_count: number;
  gaps: RecordGap[];
  truncated: boolean;
  trailing_bytes: number;
  /** Where the whole records end, bytes of the decompressed stream. */
  end_offset: number;
}

const TYPE_NAMES = new Map(
  Object.entries(RTYPE).map(([k, v]) => [v as number, k.toLowerCase().replaceAll('_', '-')]),
);

function typeName(rtype: number): string {
  return TYPE_NAMES.get(rtype) ?? `0x${rtype.toString(16).padStart(2, '0')}`;
}

/** Counts over the runs of a file. */
class RecordCounter {
  records = 0;
  backwardSteps = 0;
  maybeBadBook = 0;
  gapCount = 0;
  readonly gaps: RecordGap[] = [];
  readonly types = new Map<number, number>();
  readonly actions = new Uint32Array(256);
  readonly instruments = new Set<number>();
  readonly publishers = new Set<number>();
  first: bigint | null = null;
  last: bigint | null = null;
  private readonly gapNs: number;
  private lastInstrument = -1;
  private lastPublisher = -1;

  constructor(gapSeconds: number) {
    this.gapNs = gapSeconds * 1e9;
  }

  add(run: RecordRun): void {
    this.records += run.count;
    this.types.set(run.rtype, (this.types.get(run.rtype) ?? 0) + run.count);
    this.addHeaders(run);
    this.addTimes(run);
    this.addLetters(run);
  }

  private addHeaders({ words, start, stride, count }: RecordRun): void {
    const step = stride >> 2;
    for (let i = 0, at = start >> 2; i < count; i++, at += step) {
      const publisher = words[at]! >>> 16;
      const instrument = words[at + 1]! >>> 0;
      if (publisher !== this.lastPublisher) {
        this.lastPublisher = publisher;
        this.publishers.add(publisher);
      }
      if (instrument !== this.lastInstrument) {
        this.lastInstrument = instrument;
        if (this.instruments.size < MAX_INSTRUMENTS) this.instruments.add(instrument);
      }
    }
  }

  /** Differences within a run are exact as Numbers: 32-bit halves are subtracted apart. */
  private addTimes(run: RecordRun): void {
    const { words, start, stride, count } = run;
    const timeWord = timeWordOf(run);
    const step = stride >> 2;
    const base = this.last ?? timeOf(run, 0, timeWord);
    this.first ??= base;
    const baseLo = Number(base & 0xffffffffn);
    const baseHi = Number(base >> 32n);
    let latest = 0;
    for (let i = 0, at = (start >> 2) + timeWord; i < count; i++, at += step) {
      const lo = words[at]! >>> 0;
      const hi = words[at + 1]! >>> 0;
      if (hi === 0xffffffff && lo === 0xffffffff) continue;
      const since = (hi - baseHi) * 4294967296 + (lo - baseLo);
      if (since < latest) this.backwardSteps++;
      if (since - latest > this.gapNs) this.addGap(base, latest, since);
      latest = Math.max(latest, since);
    }
    this.last = base + BigInt(latest);
  }

  private addGap(base: bigint, from: number, to: number): void {
    this.gapCount++;
    if (this.gaps.length >= MAX_LISTED) return;
    this.gaps.push({
      from: formatMoment(base + BigInt(from)),
      to: formatMoment(base + BigInt(to)),
      seconds: (to - from) / 1e9,
    });
  }

  private addLetters({ rtype, version, bytes, start, stride, count }: RecordRun): void {
    const fields = layoutOf(rtype, version)?.fields ?? [];
    const actionAt = fields.find((f) => f.name === 'action')?.at;
    const flagsAt = fields.find((f) => f.name === 'flags')?.at;
    if (actionAt !== undefined && rtype !== RTYPE.STATUS) {
      for (let i = 0, at = start + actionAt; i < count; i++, at += stride) {
        this.actions[bytes[at]!]!++;
      }
    }
    if (flagsAt !== undefined) {
      for (let i = 0, at = start + flagsAt; i < count; i++, at += stride) {
        if ((bytes[at]! & FLAG.MAYBE_BAD_BOOK) !== 0) this.maybeBadBook++;
      }
    }
  }
}

function describeMetadata(m: Metadata | null) {
  return {
    dataset: m?.dataset ?? null,
    schema: m?.schema ?? null,
    start: m ? formatMoment(m.start) : null,
    end: m?.end == null ? null : formatMoment(m.end),
    limit: m?.limit == null ? null : String(m.limit),
    stype_in: m?.stypeIn ?? null,
    stype_out: m?.stypeOut ?? null,
    ts_out: m?.tsOut ?? false,
    symbol_count: m?.symbols.length ?? 0,
    symbols: m?.symbols ?? [],
    partial: m?.partial ?? [],
    not_found: m?.notFound ?? [],
    mapping_count: m?.mappings.length ?? 0,
  };
}

function describeCounts(c: RecordCounter) {
  const letters = [...c.actions].map((n, code) => [String.fromCharCode(code), n] as const);
  return {
    records: c.records,
    record_types: Object.fromEntries([...c.types].map(([type, n]) => [typeName(type), n])),
    actions: Object.fromEntries(letters.filter(([, n]) => n > 0)),
    instruments: c.instruments.size,
    publishers: [...c.publishers].sort((a, b) => a - b),
    first: c.first === null ? null : formatMoment(c.first),
    last: c.last === null ? null : formatMoment(c.last),
    backward_steps: c.backwardSteps,
    maybe_bad_book: c.maybeBadBook,
    gap_count: c.gapCount,
    gaps: c.gaps,
  };
}

/**
 * Reads a whole file and tells what it holds.
 * @param gapSeconds stretches without records longer than this are gaps.
 * @throws DataError naming the file, when it is damaged.
 */
export async function summarizeDbn(
  path: string,
  gapSeconds: number,
  options: { fragmentVersion?: DbnVersion | undefined; point?: SafePoint } = {},
): Promise<{ summary: DbnSummary; source: DbnSource }> {
  const source = await DbnSource.open(path, options);
  const counter = new RecordCounter(gapSeconds);
  try {
    for (const run of source.runs()) {
      counter.add(run);
      await options.point?.reach();
    }
  } finally {
    source.close();
  }
  const summary: DbnSummary = {
    file: path,
    file_bytes: source.fileBytes,
    compressed: source.compressed,
    version: source.version,
    ...describeMetadata(source.metadata),
    ...describeCounts(counter),
    truncated: source.end?.truncated ?? false,
    trailing_bytes: source.end?.trailingBytes ?? 0,
    end_offset: source.end?.offset ?? 0,
  };
  return { summary, source };
}

function listed(values: readonly string[]): string {
  const more = values.length - MAX_LISTED;
  return values.slice(0, MAX_LISTED).join(' ') + (more > 0 ? ` and ${more} more` : '');
}

/** The summary as lines for a person. */
export function summaryText(s: DbnSummary): string {
  const counts = (o: Record<string, number>) =>
    Object.entries(o)
      .map(([k, n]) => `${k} ${n}`)
      .join(', ');
  const gaps = s.gaps.map((g) => `            ${g.from} to ${g.to} (${g.seconds.toFixed(1)} s)`);
  const symbols = listed(s.symbols) || '-';
  const stored = [`DBN ${s.version}`, `${s.file_bytes} bytes`];
  if (s.compressed) stored.push('zstd');
  if (s.ts_out) stored.push('ts_out');
  const lines = [
    s.file,
    `  ${stored.join(', ')}`,
    `  dataset   ${s.dataset ?? '-'}, schema ${s.schema ?? 'mixed'}`,
    `  asked for ${s.start ?? '-'} to ${s.end ?? '-'}${s.limit ? `, limit ${s.limit}` : ''}`,
    `  symbols   ${symbols}`,
    `            ${s.stype_in ?? '-'} to ${s.stype_out ?? '-'}, ${s.mapping_count} mapped`,
    s.not_found.length > 0 ? `  not found ${listed(s.not_found)}` : '',
    `  records   ${s.records}: ${counts(s.record_types) || 'none'}`,
    Object.keys(s.actions).length > 0 ? `  actions   ${counts(s.actions)}` : '',
    `  covers    ${s.first ?? '-'} to ${s.last ?? '-'}`,
    `            instruments ${s.instruments}, publishers ${s.publishers.join(' ') || '-'}`,
    s.backward_steps > 0 ? `  clock     steps back ${s.backward_steps} times` : '',
    s.maybe_bad_book > 0 ? `  flagged   ${s.maybe_bad_book} records: the book may be wrong` : '',
    `  gaps      ${s.gap_count}`,
    ...gaps,
    s.truncated
      ? `  TRUNCATED whole records end at byte ${s.end_offset}, ${s.trailing_bytes} bytes follow`
      : '  complete',
  ];
  return lines.filter((line) => line !== '').join('\n');
}

/** Flags of `dbn info`. */
export interface DbnInfoOptions {
  json?: boolean;
  gapSeconds: number;
  fragment?: DbnVersion;
}

/** Prints a summary of each file; with `--json` one object a line. */
export async function runDbnInfo(
  context: CommandContext,
  options: DbnInfoOptions,
  files: string[],
): Promise<undefined> {
  for (const file of files) {
    const { summary, source } = await summarizeDbn(file, options.gapSeconds, {
      fragmentVersion: options.fragment,
      point: new SafePoint(context.signal),
    });
    await printLine(options.json ? JSON.stringify(summary) : summaryText(summary));
    const truncation = truncationNote(file, source.end);
    if (truncation) note(truncation);
  }
}
