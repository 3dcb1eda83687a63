/**
 * What the symbols of a dataset stand for, day by day: from the headers' mappings and from
 * instrument definitions. Source: Databento docs, Symbology.
 */
import { columnsOf, layoutOf, type Metadata, type RecordRun, type SType } from '../dbn/index.ts';
import { type Candidate, choose, DayVolumes, parseContinuous } from './data-folder-continuous.ts';
import { type Contract, contractOfSymbol, parentOf } from './data-folder-contracts.ts';
import { dayOf, dayOfDateNumber } from './data-folder-time.ts';

/** A symbol stands for an instrument from day `from` (inclusive) to day `to` (exclusive). */
export interface SymbolSpan {
  /** Days since 1970-01-01. */
  from: number;
  to: number;
  instrumentId: number;
  /** The venue's own symbol; null where nothing tells it. */
  symbol: string | null;
}

/** A day after every other: spans that do not end. */
const NEVER = 3_000_000;
const DEFINITION_FIELDS = ['instrument_id', 'raw_symbol', 'instrument_class', 'asset'];

/** The symbols of one dataset. */
export class SymbolDirectory {
  /** Said by headers, of the days that they name. */
  private readonly told: SymbolSpan[] = [];
  /** Said by definitions: from their day until expiry, unless something else is told. */
  private readonly defined: SymbolSpan[] = [];
  private readonly continuous = new Map<string, SymbolSpan[]>();
  private readonly contracts = new Map<string, Contract>();
  private readonly seen = new Map<number, { from: number; to: number }>();
  private readonly volumes = new DayVolumes();
  private bySymbol: Map<string, SymbolSpan[]> | null = null;
  private byId = new Map<number, SymbolSpan[]>();

  /** Takes the mappings of a header. */
  addMetadata(metadata: Metadata): void {
    this.bySymbol = null;
    const inverse = metadata.stypeIn === 'instrument_id';
    const { told } = this;
    for (const { rawSymbol, intervals } of metadata.mappings) {
      for (const { startDate, endDate, symbol } of intervals) {
        const id = Number(inverse ? rawSymbol : symbol);
        if (symbol === '' || !Number.isInteger(id)) continue;
        const [from, to] = [dayOfDateNumber(startDate), dayOfDateNumber(endDate)];
        const days = { from, to, instrumentId: id };
        if (metadata.stypeIn === 'continuous') this.addContinuous(rawSymbol, days);
        else if (!inverse) told.push({ ...days, symbol: rawSymbol });
        else if (symbol !== rawSymbol) told.push({ ...days, symbol });
      }
    }
  }

  /** Takes definition records. */
  addDefinitions(run: RecordRun): void {
    this.bySymbol = null;
    const columns = columnsOf(run, { fields: DEFINITION_FIELDS }) as unknown as {
      instrument_id: ArrayLike<number>;
      raw_symbol: ArrayLike<string>;
      instrument_class: ArrayLike<number>;
      asset: ArrayLike<string>;
    };
    const at = new Map(layoutOf(run.rtype, run.version)!.fields.map((f) => [f.name, f.at]));
    const view = new DataView(run.bytes.buffer, run.bytes.byteOffset, run.bytes.byteLength);
    for (let i = 0; i < run.count; i++) {
      const base = run.start + i * run.stride;
      const day = dayOf(view.getBigUint64(base + at.get('ts_recv')!, true));
      const expires = Math.min(NEVER, dayOf(view.getBigUint64(base + at.get('expiration')!, true)));
      const [symbol, instrumentId] = [columns.raw_symbol[i]!, columns.instrument_id[i]!];
      const instrumentClass = String.fromCharCode(columns.instrument_class[i]!);
      const to = expires < day ? NEVER : expires + 1;
      this.defined.push({ from: day, to, instrumentId, symbol });
      this.contracts.set(symbol, { root: columns.asset[i]!, instrumentClass, expires });
    }
  }

  /** Takes the instruments that records of a file name, and the file's days. */
  addInstruments(ids: Iterable<number>, from: number, to: number): void {
    for (const id of ids) {
      const known = this.seen.get(id);
      const [first, last] = [Math.min(from, known?.from ?? from), Math.max(to, known?.to ?? to)];
      this.seen.set(id, { from: first, to: last });
    }
  }

  /** Takes what was traded of an instrument on a day; of several tellings the largest counts. */
  addVolume(instrumentId: number, day: number, volume: number): void {
    this.volumes.add(instrumentId, day, volume);
  }

  /** Every symbol of the venue that stands for something on some day, sorted. */
  get symbols(): string[] {
    return [...this.timelines().keys()].sort();
  }

  /**
   * What a symbol stands for within days `[from, to)`: in order of days, for a parent in order of
   * symbols; nothing when it is unknown.
   */
  resolve(symbol: string, stypeIn: SType, from: number, to: number): SymbolSpan[] {
    return clip(this.spansOf(symbol, stypeIn, from, to), from, to);
  }

  /** The venue's own symbol of an instrument on a day; null when nothing tells it. */
  symbolOn(instrumentId: number, day: number): string | null {
    this.timelines();
    const spans = this.byId.get(instrumentId) ?? [];
    return spans.find((s) => s.from <= day && day < s.to)?.symbol ?? null;
  }

  private spansOf(symbol: string, stypeIn: SType, from: number, to: number): SymbolSpan[] {
    const timelines = this.timelines();
    switch (stypeIn) {
      case 'instrument_id':
        return this.spansOfId(Number(symbol));
      case 'parent':
        return [...timelines].flatMap(([name, spans]) => (this.isChild(name, symbol) ? spans : []));
      case 'continuous':
        return this.continuous.get(symbol) ?? this.chosen(symbol, from, to);
      default:
        return timelines.get(symbol) ?? [];
    }
  }

  private spansOfId(id: number): SymbolSpan[] {
    const spans = this.byId.get(id) ?? [];
    const seen = this.seen.get(id);
    if (!seen) return spans;
    return paint([{ ...seen, instrumentId: id, symbol: null }], spans);
  }

  private isChild(symbol: string, parent: string): boolean {
    return parentOf(symbol, this.contracts.get(symbol)) === parent;
  }

  private addContinuous(name: string, days: Omit<SymbolSpan, 'symbol'>): void {
    const spans = this.continuous.get(name) ?? [];
    this.continuous.set(name, paint(spans, [{ ...days, symbol: null }]));
  }

  /** A continuous symbol that no header tells: of the futures that are known, day by day. */
  private chosen(name: string, from: number, to: number): SymbolSpan[] {
    const rule = parseContinuous(name);
    if (!rule) return [];
    const futures: Candidate[] = [];
    for (const span of this.spansOf(`${rule.root}.FUT`, 'parent', from, to)) {
      const symbol = span.symbol!;
      const contract = this.contracts.get(symbol) ?? contractOfSymbol(symbol, span.from);
      if (contract?.instrumentClass === 'F') futures.push({ span, expires: contract.expires });
    }
    const days = [...this.seen.values()];
    const first = Math.max(from, Math.min(...days.map((d) => d.from)));
    const end = Math.min(to, Math.max(...days.map((d) => d.to)));
    let spans: SymbolSpan[] = [];
    for (let day = first; day < end; day++) {
      const span = choose(rule, futures, this.volumes, day);
      if (span) spans = paint(spans, [{ ...span, from: day, to: day + 1 }]);
    }
    return spans;
  }

  /** By symbol and by id; made when first asked for. */
  private timelines(): Map<string, SymbolSpan[]> {
    if (this.bySymbol) return this.bySymbol;
    const bySymbol = new Map<string, SymbolSpan[]>();
    const byId = new Map<number, SymbolSpan[]>();
    const early = (a: SymbolSpan, b: SymbolSpan) => a.from - b.from;
    for (const span of [...this.defined.sort(early), ...this.told.sort(early)]) {
      bySymbol.set(span.symbol!, paint(bySymbol.get(span.symbol!) ?? [], [span]));
      byId.set(span.instrumentId, paint(byId.get(span.instrumentId) ?? [], [span]));
    }
    this.bySymbol = bySymbol;
    this.byId = byId;
    return bySymbol;
  }
}

/** `spans` with `over` put over them, in order of days; neighbours that say the same are one. */
function paint(spans: readonly SymbolSpan[], over: readonly SymbolSpan[]): SymbolSpan[] {
  let painted = [...spans];
  for (const top of over) {
    const under = painted.flatMap((s) => [
      { ...s, to: Math.min(s.to, top.from) },
      { ...s, from: Math.max(s.from, top.to) },
    ]);
    painted = [...under.filter((s) => s.from < s.to), top].sort((a, b) => a.from - b.from);
  }
  const joined: SymbolSpan[] = [];
  for (const span of painted) {
    const last = joined.at(-1);
    const same = last?.instrumentId === span.instrumentId && last.symbol === span.symbol;
    if (last && same && last.to === span.from) joined[joined.length - 1] = { ...last, to: span.to };
    else joined.push(span);
  }
  return joined;
}

function clip(spans: readonly SymbolSpan[], from: number, to: number): SymbolSpan[] {
  return spans
    .map((s) => ({ ...s, from: Math.max(s.from, from), to: Math.min(s.to, to) }))
    .filter((s) => s.from < s.to);
}
