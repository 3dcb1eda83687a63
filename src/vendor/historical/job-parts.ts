/**
 * How the files of a job are cut: by time, and by symbol when that was asked for.
 */
import { LATEST_VERSION } from '../../dbn/index.ts';
import type { TimeSpan } from '../data-folder-merge.ts';
import { dayOf, isoDayOf, startOfDay } from '../data-folder-time.ts';
import { type DataQuery, resolveSymbols } from './data-query.ts';
import type { JobForm } from './job-request.ts';
import { daysOf } from './query-time.ts';
import { selectRecords } from './select-records.ts';

/** 1970-01-01 was a Thursday; a week of the vendor's starts on Sunday. */
const SUNDAY_OFFSET = 4;
const MS_PER_DAY = 86_400_000;

/** A file to be made. */
export interface JobPart {
  filename: string;
  query: DataQuery;
}

/** The parts of a job that have records, in order. */
export function jobParts(query: DataQuery, form: JobForm): JobPart[] {
  const parts: JobPart[] = [];
  let left = query.limit;
  for (const span of spansOf(query.span, form.splitDuration)) {
    for (const symbol of form.splitSymbols ? query.resolution.symbols! : [null]) {
      const part = partOf(query, span, symbol, left);
      if (left === 0 || !hasRecords(part)) continue;
      if (left !== null) for (const run of selectRecords(part, LATEST_VERSION)) left -= run.count;
      parts.push({ filename: nameOf(query, form, span, symbol), query: part });
    }
  }
  return parts;
}

function partOf(
  query: DataQuery,
  span: TimeSpan,
  symbol: string | null,
  limit: number | null,
): DataQuery {
  const symbols = symbol === null ? query.resolution.symbols : [symbol];
  const days = daysOf(span.from, span.to);
  const resolution = resolveSymbols(query.directory, symbols, query.stypeIn, days);
  return { ...query, span, limit, resolution };
}

function hasRecords(query: DataQuery): boolean {
  // A loop, not one `next`: leaving it closes the files.
  for (const run of selectRecords(query, LATEST_VERSION)) return run.count > 0;
  return false;
}

function spansOf(span: TimeSpan, duration: JobForm['splitDuration']): TimeSpan[] {
  if (duration === 'none') return [span];
  const spans: TimeSpan[] = [];
  for (let from = span.from; from < span.to; ) {
    const next = startOfDay(nextBorder(dayOf(from), duration));
    spans.push({ from, to: earlier(next, span.to) });
    from = next;
  }
  return spans;
}

function nextBorder(day: number, duration: 'day' | 'week' | 'month' | 'year'): number {
  if (duration === 'day') return day + 1;
  if (duration === 'week') return day + 7 - ((day + SUNDAY_OFFSET) % 7);
  const date = new Date(day * MS_PER_DAY);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const next = duration === 'month' ? Date.UTC(year, month + 1) : Date.UTC(year + 1, 0);
  return Math.round(next / MS_PER_DAY);
}

/** E.g. `glbx-mdp3-20260116.mbo.dbn.zst`; of several days, the first and the last. */
function nameOf(query: DataQuery, form: JobForm, span: TimeSpan, symbol: string | null): string {
  const { first, end } = daysOf(span.from, span.to);
  const digits = (day: number) => isoDayOf(day).replaceAll('-', '');
  const dates = end - first > 1 ? `${digits(first)}-${digits(end - 1)}` : digits(first);
  const dataset = query.dataset.toLowerCase().replaceAll('.', '-');
  const of = symbol === null ? '' : `.${symbol.replaceAll(/[^A-Za-z0-9._-]/g, '_')}`;
  const zst = form.compression === 'zstd' ? '.zst' : '';
  return `${dataset}-${dates}.${query.schema}${of}.${form.encoding}${zst}`;
}

function earlier(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
