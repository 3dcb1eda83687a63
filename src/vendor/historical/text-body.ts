/**
 * A query's records as CSV or JSON lines, compressed or not.
 */
import {
  csvHeader,
  type DbnVersion,
  type FrameCompressor,
  type RecordRun,
  recordToCsv,
  recordToJson,
  rtypeOf,
  zstdCompressor,
} from '../../dbn/index.ts';
import { dayOf, indexTimeOf, indexWordOf, instrumentOf } from '../data-folder-time.ts';
import type { DataQuery } from './data-query.ts';
import { selectRecords } from './select-records.ts';

/** Characters gathered before they are handed on. */
const PIECE_CHARACTERS = 512 * 1024;

/** How text is written. */
export interface TextForm {
  encoding: 'csv' | 'json';
  version: DbnVersion;
  compressed: boolean;
  prettyPrices: boolean;
  prettyTimes: boolean;
  mapSymbols: boolean;
}

/** The body, in pieces; each a zstd frame of its own when it is compressed. */
export async function* textBody(query: DataQuery, form: TextForm): AsyncGenerator<Uint8Array> {
  const compress = form.compressed ? await zstdCompressor() : null;
  const names = form.mapSymbols ? new SymbolNamesOf(query) : null;
  const extra = form.mapSymbols ? (['symbol'] as const) : [];
  const isCsv = form.encoding === 'csv';
  let text = isCsv ? `${csvHeader(rtypeOf(query.schema), form.version, extra)}\n` : '';
  for (const run of selectRecords(query, form.version)) {
    for (let i = 0; i < run.count; i++) {
      text += `${lineOf(run, i, form, names)}\n`;
      if (text.length < PIECE_CHARACTERS) continue;
      yield piece(text, compress);
      text = '';
      await new Promise((done) => setImmediate(done));
    }
  }
  if (text !== '') yield piece(text, compress);
}

function lineOf(run: RecordRun, i: number, form: TextForm, names: SymbolNamesOf | null): string {
  const { prettyPrices, prettyTimes } = form;
  const options = { prettyPrices, prettyTimes, ...(names ? { symbol: names.of(run, i) } : {}) };
  return form.encoding === 'csv' ? recordToCsv(run, i, options) : recordToJson(run, i, options);
}

function piece(text: string, compress: FrameCompressor | null): Uint8Array {
  const bytes = Buffer.from(text);
  return compress ? compress(bytes) : bytes;
}

/** The symbol of a record: what was asked for, or the venue's own for a parent and for all. */
class SymbolNamesOf {
  private readonly query: DataQuery;
  private readonly known = new Map<string, string | null>();

  constructor(query: DataQuery) {
    this.query = query;
  }

  of(run: RecordRun, i: number): string | null {
    const day = dayOf(indexTimeOf(run, i, indexWordOf(run.rtype, run.version)));
    const id = instrumentOf(run, i);
    const key = `${id}@${day}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const name = this.asked(id, day) ?? this.query.directory.symbolOn(id, day);
    this.known.set(key, name);
    return name;
  }

  private asked(id: number, day: number): string | null {
    if (this.query.stypeIn === 'parent' || this.query.stypeIn === 'instrument_id') return null;
    for (const [symbol, spans] of this.query.resolution.spans) {
      const is = spans.some((s) => s.instrumentId === id && s.from <= day && day < s.to);
      if (is) return symbol;
    }
    return null;
  }
}
