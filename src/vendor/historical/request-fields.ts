/**
 * The fields of a request, checked as they are taken.
 */
import { SCHEMAS, type Schema, STYPES, type SType } from '../../dbn/index.ts';
import { badField, refusal } from './api-refusal.ts';
import { parseDays, parseNamedPeriod } from './query-time.ts';

/** Most symbols in a request. Source: Databento docs, Historical API, `symbols`. */
const MAX_SYMBOLS = 2000;
/** Stands for every symbol of a dataset. */
export const ALL_SYMBOLS = 'ALL_SYMBOLS';
/** Ways of symbols that may ask for all of them. */
const MAY_ASK_ALL: readonly SType[] = ['raw_symbol', 'parent'];

/** A request's fields; those that are empty count as not given. */
export class RequestFields {
  private readonly where: 'body' | 'query';
  private readonly values: ReadonlyMap<string, string>;

  constructor(where: 'body' | 'query', values: URLSearchParams) {
    this.where = where;
    this.values = new Map([...values].filter(([, value]) => value !== ''));
  }

  /** All fields, for the log. */
  all(): Record<string, string> {
    return Object.fromEntries(this.values);
  }

  optional(name: string): string | null {
    return this.values.get(name) ?? null;
  }

  /** @throws ApiRefusal 422 when it is not given. */
  required(name: string): string {
    const value = this.optional(name);
    if (value === null) throw badField(this.where, name, 'Field required', 'missing');
    return value;
  }

  /** One of some words. @throws ApiRefusal 422. */
  choice<T extends string>(name: string, choices: readonly T[], fallback?: T): T {
    const value = this.optional(name) ?? fallback ?? this.required(name);
    if ((choices as readonly string[]).includes(value)) return value as T;
    const there = choices.map((c) => `'${c}'`).join(', ');
    throw badField(this.where, name, `Input should be ${there}`, 'enum');
  }

  /** @throws ApiRefusal 422. */
  flag(name: string, fallback: boolean): boolean {
    const value = this.optional(name)?.toLowerCase();
    if (value === undefined) return fallback;
    if (value === 'true' || value === '1') return true;
    if (value === 'false' || value === '0') return false;
    throw badField(this.where, name, 'Input should be a valid boolean', 'bool_parsing');
  }

  /** A whole number of at least 1. @throws ApiRefusal 422. */
  count(name: string): number | null {
    const value = this.optional(name);
    if (value === null) return null;
    const n = Number(value);
    if (/^\d+$/.test(value) && n >= 1 && Number.isSafeInteger(n)) return n;
    throw badField(this.where, name, 'Input should be greater than or equal to 1', 'int_parsing');
  }

  schema(fallback?: Schema): Schema {
    return this.choice('schema', SCHEMAS, fallback);
  }

  stype(name: 'stype_in' | 'stype_out', fallback: SType): SType {
    return this.choice(name, STYPES, fallback);
  }

  /** The symbols asked for; null: all. @throws ApiRefusal 422 for too many. */
  symbols(stypeIn: SType): string[] | null {
    const text = this.optional('symbols') ?? ALL_SYMBOLS;
    const symbols = text.split(',').map((s) => s.trim());
    const there = [...new Set(symbols.filter((s) => s !== ''))];
    if (there.length > MAX_SYMBOLS) {
      const message = `The maximum number of symbols is ${MAX_SYMBOLS}, found ${there.length}.`;
      throw refusal(422, 'symbology_too_many_symbols', message);
    }
    if (!there.includes(ALL_SYMBOLS)) return there;
    if (there.length > 1 || !MAY_ASK_ALL.includes(stypeIn)) {
      const message = `${ALL_SYMBOLS} stands alone, for raw_symbol and parent only.`;
      throw refusal(422, 'symbology_invalid_request', message);
    }
    return null;
  }

  /** Index times `[from, to)`, Unix ns. @throws ApiRefusal 422. */
  span(): { from: bigint; to: bigint } {
    const start = this.moment('start', this.required('start'));
    const endText = this.optional('end');
    const to = endText === null ? start.endNs : this.moment('end', endText).startNs;
    if (to > start.startNs) return { from: start.startNs, to };
    const message = 'The `start` of the query is on or after its `end`.';
    throw refusal(422, 'data_time_range_start_on_or_after_end', message);
  }

  /** A date as a day; null when it is not given. @throws ApiRefusal 422. */
  days(name: string): { first: number; end: number } | null {
    const text = this.optional(name);
    if (text === null) return null;
    const days = parseDays(text);
    if (!days) throw badField(this.where, name, `Invalid date: ${text}`, 'date_parsing');
    return days;
  }

  private moment(name: string, text: string) {
    const period = parseNamedPeriod(text);
    if (!period) throw badField(this.where, name, `Invalid datetime: ${text}`, 'datetime_parsing');
    return period;
  }
}
