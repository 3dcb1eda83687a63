import { assert } from '../core/index.ts';
import { priceText, type TextOptions, timeText } from './field-text.ts';
import { type Field, HEADER, type RecordLayout } from './layout.ts';
import { layoutOf } from './layout-of.ts';
import { LEVEL_BYTES } from './layouts-market.ts';
import { readField } from './record-object.ts';
import type { RecordRun } from './record-run.ts';
import { TS_OUT_BYTES } from './record-size.ts';
import { utf8Of } from './text-bytes.ts';
import type { DbnVersion } from './version.ts';

/** What a line of CSV has in it. */
export interface CsvOptions extends TextOptions {
  /** Appended as the last column; left out when undefined. */
  symbol?: string | null;
}

/**
 * The header line for records of a type, without its newline: the vendor's columns.
 * @param extra columns behind the record's own: `ts_out` for such streams, `symbol` where records
 * carry one.
 */
export function csvHeader(
  rtype: number,
  version: DbnVersion = 3,
  extra: readonly ('ts_out' | 'symbol')[] = [],
): string {
  const layout = layoutOf(rtype, version);
  const names = columnOrder(layout).map((f) => f.name);
  const { levels } = layout ?? {};
  for (let n = 0; n < (levels?.count ?? 0); n++) {
    const suffix = `_${String(n).padStart(2, '0')}`;
    for (const f of levels!.fields) if (f.type !== 'zero') names.push(f.name + suffix);
  }
  return [...names, ...extra].join(',');
}

/**
 * Record `i` as a line of CSV without its newline, what the vendor's `dbn --csv` prints; columns as
 * `csvHeader` says. A record of unknown type is its header's fields.
 */
export function recordToCsv(run: RecordRun, i: number, options: CsvOptions = {}): string {
  assert(i >= 0 && i < run.count, 'the record lies within the run');
  const at = run.start + i * run.stride;
  const view = new DataView(run.bytes.buffer, run.bytes.byteOffset + at, run.stride);
  const layout = layoutOf(run.rtype, run.version);
  const cells = columnOrder(layout).map((f) => cell(view, f, 0, options));
  const { levels } = layout ?? {};
  for (let n = 0; n < (levels?.count ?? 0); n++) {
    for (const f of levels!.fields) {
      if (f.type !== 'zero') cells.push(cell(view, f, levels!.at + n * LEVEL_BYTES, options));
    }
  }
  if (run.tsOut) {
    const out = view.getBigUint64(run.stride - TS_OUT_BYTES, true);
    cells.push(timeText(out, options.prettyTimes) ?? '');
  }
  if (options.symbol !== undefined) cells.push(csvText(options.symbol ?? ''));
  return cells.join(',');
}

const ORDERS = new Map<RecordLayout | null, readonly Field[]>();

/** `ts_recv` where there is one, the header's fields, the rest. */
function columnOrder(layout: RecordLayout | null): readonly Field[] {
  const known = ORDERS.get(layout);
  if (known) return known;
  const fields = (layout?.fields ?? []).filter((f) => f.type !== 'zero');
  const lead = fields[0]?.name === 'ts_recv' ? fields.slice(0, 1) : [];
  const order = [...lead, ...HEADER, ...fields.slice(lead.length)];
  ORDERS.set(layout, order);
  return order;
}

function cell(view: DataView, field: Field, base: number, options: TextOptions): string {
  const value = readField(view, field, base);
  switch (field.type) {
    case 'price':
      return priceText(value as bigint, options.prettyPrices) ?? '';
    case 'time':
      return timeText(value as bigint, options.prettyTimes) ?? '';
    case 'char':
      return csvText(escapedChar(value as string));
    case 'text':
      return csvText(utf8Of(value as string));
    default:
      return String(value);
  }
}

const SHORT: Record<string, string> = {
  '\t': '\\t',
  '\r': '\\r',
  '\n': '\\n',
  "'": "\\'",
  '"': '\\"',
  '\\': '\\\\',
};

/** A char that is no printable ASCII as an escape, as the vendor has it. */
function escapedChar(char: string): string {
  const short = SHORT[char];
  if (short !== undefined || char === '') return short ?? '';
  const code = char.charCodeAt(0);
  return code < 0x20 || code > 0x7e ? `\\x${code.toString(16).padStart(2, '0')}` : char;
}

function csvText(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
