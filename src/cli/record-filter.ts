/**
 * Which records of a file a command wants: by symbol, time and number.
 */
import { DataError } from '../core/index.ts';
import { type Metadata, type RecordRun, RTYPE, sliceRun } from '../dbn/index.ts';
import { unixNsToDate } from '../lake/index.ts';
import { parseMoment, timeOf, timeWordOf } from './record-times.ts';
import { SymbolNames } from './symbol-names.ts';

/** Symbols named in a SYMBOL_NOT_FOUND message. */
const MAX_SYMBOLS_NAMED = 20;

/** The filter flags of a command. */
export interface FilterOptions {
  symbol?: string[];
  from?: string;
  to?: string;
  limit?: number;
}

function unknownSymbol(symbol: string, metadata: Metadata | null, known: string[]): DataError {
  const more = known.length - MAX_SYMBOLS_NAMED;
  const named = known.slice(0, MAX_SYMBOLS_NAMED).join(' ') + (more > 0 ? ` and ${more} more` : '');
  return new DataError(
    'SYMBOL_NOT_FOUND',
    `${metadata?.dataset ?? 'the file'} has no "${symbol}"`,
    {
      found: named || 'no symbol at all',
      expected: 'one of those, or an instrument id',
    },
  );
}

/** A live session's header names nobody: records do. */
function namesComeLater(metadata: Metadata | null): boolean {
  return metadata?.schema === null && metadata.mappings.length === 0;
}

/** Passes records on, in runs; keeps count. */
export class RecordFilter {
  private readonly symbols: SymbolNames;
  private readonly wanted: readonly string[];
  private readonly wantedIds = new Set<number>();
  private readonly from: bigint | null;
  private readonly to: bigint | null;
  private left: number;
  /** Instruments decided on, for the UTC date `date`. */
  private decided = new Map<number, boolean>();
  private date = '';

  /**
   * @throws DataError USAGE for a moment that is none, SYMBOL_NOT_FOUND naming the symbols there
   * are.
   */
  constructor(options: FilterOptions, metadata: Metadata | null) {
    this.symbols = new SymbolNames(metadata);
    this.from = options.from === undefined ? null : parseMoment(options.from);
    this.to = options.to === undefined ? null : parseMoment(options.to);
    this.left = options.limit ?? Number.POSITIVE_INFINITY;
    const known = this.symbols.symbols();
    const names: string[] = [];
    for (const symbol of options.symbol ?? []) {
      if (known.includes(symbol)) names.push(symbol);
      else if (/^\d{1,10}$/.test(symbol)) this.wantedIds.add(Number(symbol));
      else if (namesComeLater(metadata)) names.push(symbol);
      else throw unknownSymbol(symbol, metadata, known);
    }
    this.wanted = names;
  }

  /** Nothing more will pass. */
  get done(): boolean {
    return this.left <= 0;
  }

  /** True when every record passes, so that runs go through whole. */
  private get passesAll(): boolean {
    const noSymbols = this.wanted.length === 0 && this.wantedIds.size === 0;
    return noSymbols && this.from === null && this.to === null;
  }

  /** The parts of a run that pass, in order. */
  *pass(run: RecordRun): Generator<RecordRun> {
    if (run.rtype === RTYPE.SYMBOL_MAPPING) {
      this.symbols.addMappings(run);
      this.decided.clear();
    }
    if (this.passesAll) {
      const n = Math.min(this.left, run.count);
      this.left -= n;
      if (n > 0) yield sliceRun(run, 0, n);
      return;
    }
    const timeWord = timeWordOf(run);
    let begin = -1;
    for (let i = 0; i < run.count && this.left > 0; i++) {
      const passes = this.wants(run, i, timeWord);
      if (passes) this.left--;
      if (passes && begin < 0) begin = i;
      if (!passes && begin >= 0) {
        yield sliceRun(run, begin, i);
        begin = -1;
      }
      if (passes && (this.left === 0 || i === run.count - 1)) yield sliceRun(run, begin, i + 1);
    }
  }

  private wants(run: RecordRun, i: number, timeWord: number): boolean {
    const time = timeOf(run, i, timeWord);
    if (this.from !== null && time < this.from) return false;
    if (this.to !== null && time >= this.to) return false;
    if (this.wanted.length === 0 && this.wantedIds.size === 0) return true;
    const id = run.words[((run.start + i * run.stride) >> 2) + 1]! >>> 0;
    return this.wantsInstrument(id, time);
  }

  private wantsInstrument(id: number, time: bigint): boolean {
    if (this.wantedIds.has(id)) return true;
    const date = unixNsToDate(time);
    if (date !== this.date) {
      this.date = date;
      this.decided = new Map();
    }
    let decision = this.decided.get(id);
    if (decision === undefined) {
      const symbol = this.symbols.symbolOf(id, date);
      decision = symbol !== null && this.wanted.includes(symbol);
      this.decided.set(id, decision);
    }
    return decision;
  }
}
