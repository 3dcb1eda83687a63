import { assert } from '../core/index.ts';
import { priceText, type TextOptions, timeText } from './field-text.ts';
import { type Field, HEADER, type RecordLayout } from './layout.ts';
import { layoutOf } from './layout-of.ts';
import { LEVEL_BYTES } from './layouts-market.ts';
import type { Metadata } from './metadata.ts';
import { readField } from './record-object.ts';
import type { RecordRun } from './record-run.ts';
import { TS_OUT_BYTES } from './record-size.ts';
import { utf8Of } from './text-bytes.ts';

/** What a line of JSON has in it. */
export interface JsonOptions extends TextOptions {
  /** Appended as `symbol`: null where there is none. Left out when undefined. */
  symbol?: string | null;
}

/**
 * Record `i` as one line of JSON without its newline, byte for byte what the vendor's `dbn --json`
 * prints: 64-bit numbers are strings; keys in the vendor's order. A record of unknown type is its
 * header alone. Where the vendor's line is no JSON (a char above 127), this is. Source:
 * databento/dbn `encode/json/serialize.rs`.
 */
export function recordToJson(run: RecordRun, i: number, options: JsonOptions = {}): string {
  assert(i >= 0 && i < run.count, 'the record lies within the run');
  const at = run.start + i * run.stride;
  const view = new DataView(run.bytes.buffer, run.bytes.byteOffset + at, run.stride);
  const layout = layoutOf(run.rtype, run.version);
  const header = `"hd":{${fieldsJson(view, HEADER, 0, options)}}`;
  const parts = layout ? bodyJson(view, layout, header, options) : [header];
  if (run.tsOut) {
    const out = timeText(view.getBigUint64(run.stride - TS_OUT_BYTES, true), options.prettyTimes);
    parts.push(`"ts_out":${quoted(out)}`);
  }
  if (options.symbol !== undefined) parts.push(`"symbol":${textJson(options.symbol)}`);
  return `{${parts.join(',')}}`;
}

/** The header stands behind `ts_recv` where there is one, else first. */
function bodyJson(
  view: DataView,
  layout: RecordLayout,
  header: string,
  options: TextOptions,
): string[] {
  const [first, ...rest] = layout.fields;
  const parts =
    first?.name === 'ts_recv'
      ? [fieldsJson(view, [first], 0, options), header, fieldsJson(view, rest, 0, options)]
      : [header, fieldsJson(view, layout.fields, 0, options)];
  const { levels } = layout;
  if (levels) {
    const each: string[] = [];
    for (let n = 0; n < levels.count; n++) {
      each.push(`{${fieldsJson(view, levels.fields, levels.at + n * LEVEL_BYTES, options)}}`);
    }
    parts.push(`"levels":[${each.join(',')}]`);
  }
  return parts;
}

function fieldsJson(
  view: DataView,
  fields: readonly Field[],
  base: number,
  options: TextOptions,
): string {
  let text = '';
  for (const f of fields) {
    if (f.type === 'zero') continue;
    if (text) text += ',';
    text += `"${f.name}":${valueJson(view, f, base, options)}`;
  }
  return text;
}

function valueJson(view: DataView, field: Field, base: number, options: TextOptions): string {
  const value = readField(view, field, base);
  switch (field.type) {
    case 'price':
      return quoted(priceText(value as bigint, options.prettyPrices));
    case 'time':
      return quoted(timeText(value as bigint, options.prettyTimes));
    case 'u64':
    case 'i64':
      return `"${value}"`;
    case 'char':
      return value === '' ? 'null' : charJson(value as string);
    case 'text':
      return textJson(utf8Of(value as string));
    default:
      return String(value);
  }
}

function quoted(text: string | null): string {
  return text === null ? 'null' : `"${text}"`;
}

function charJson(char: string): string {
  return char === '/' ? '"/"' : textJson(char);
}

const SHORT: Record<number, string> = {
  8: 'b',
  9: 't',
  10: 'n',
  12: 'f',
  13: 'r',
  34: '"',
  47: '/',
  92: '\\',
};

/** A JSON string with the vendor's escapes, the slash among them. */
function textJson(text: string | null): string {
  if (text === null) return 'null';
  let out = '"';
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const short = SHORT[code];
    if (short !== undefined) out += `\\${short}`;
    else if (code < 0x20) out += `\\u00${code.toString(16).toUpperCase().padStart(2, '0')}`;
    else out += text[i];
  }
  return `${out}"`;
}

/** Metadata as one line of JSON, what the vendor's `dbn --json --metadata` prints. */
export function metadataToJson(metadata: Metadata, options: TextOptions = {}): string {
  const m = metadata;
  const time = (ns: bigint | null) =>
    ns === null ? 'null' : quoted(timeText(ns, options.prettyTimes));
  const list = (symbols: string[]) => `[${symbols.map(textJson).join(',')}]`;
  const day = (n: number) => (options.prettyTimes ? `"${isoDay(n)}"` : String(n));
  const mappings = m.mappings.map((mapping) => {
    const intervals = mapping.intervals.map(
      (v) =>
        `{"start_date":${day(v.startDate)},"end_date":${day(v.endDate)},"symbol":${textJson(v.symbol)}}`,
    );
    return `{"raw_symbol":${textJson(mapping.rawSymbol)},"intervals":[${intervals.join(',')}]}`;
  });
  return `{${[
    `"version":${m.version}`,
    `"dataset":${textJson(m.dataset)}`,
    `"schema":${textJson(m.schema)}`,
    `"start":${time(m.start)}`,
    `"end":${time(m.end)}`,
    `"limit":${quoted(m.limit === null ? null : m.limit.toString())}`,
    `"stype_in":${textJson(m.stypeIn)}`,
    `"stype_out":${textJson(m.stypeOut)}`,
    `"ts_out":${m.tsOut}`,
    `"symbol_cstr_len":${m.symbolCstrLen}`,
    `"symbols":${list(m.symbols)}`,
    `"partial":${list(m.partial)}`,
    `"not_found":${list(m.notFound)}`,
    `"mappings":[${mappings.join(',')}]`,
  ].join(',')}}`;
}

function isoDay(yyyymmdd: number): string {
  const text = String(yyyymmdd).padStart(8, '0');
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
}
