/**
 * The lines by which a client says what it wants to be sent. Source: Databento docs, Live API,
 * subscription requests.
 */
import { SCHEMAS, type Schema, type SType } from '../../dbn/index.ts';
import { fieldsOf } from './control-lines.ts';

/** Most symbols in one line: clients send more of them in several lines. */
export const MAX_LINE_SYMBOLS = 500;
const MAX_ID = 4_294_967_295;
const NS_PER_MS = 1_000_000n;
const STYPES_IN: readonly string[] = [
  'instrument_id',
  'raw_symbol',
  'continuous',
  'parent',
  'nasdaq_symbol',
  'cms_symbol',
];
const ALL_STYPES: readonly string[] = ['raw_symbol', 'parent'];

/** A subscription, of one line or of several. */
export interface Subscription {
  schema: Schema;
  stypeIn: SType;
  symbols: string[];
  all: boolean;
  snapshot: boolean;
  /** Unix ns; 0 = all there is; null = from now on. */
  start: bigint | null;
  /** The client's own number of it, to be echoed; null when it gave none. */
  id: number | null;
}

/** What is wrong with a line, as the text of an error of code 5. */
export interface InvalidSubscription {
  invalid: string;
}

/** Gathers lines until the last one of each subscription. */
export class SubscriptionReader {
  private readonly open = new Map<string, Subscription>();

  /** Subscriptions whose last line has not come. */
  get unfinished(): number {
    return this.open.size;
  }

  /** The subscription that the line completes, what is wrong, or null when more lines follow. */
  read(line: string): Subscription | InvalidSubscription | null {
    const fields = fieldsOf(line);
    if (!fields) return { invalid: 'a subscription line is not key=value|key=value' };
    const part = readPart(fields);
    if ('invalid' in part) return part;
    const { isLast, subscription } = part;
    const { schema, stypeIn, snapshot, start, id } = subscription;
    const key = [id, schema, stypeIn, snapshot, start].join('|');
    const known = this.open.get(key);
    if (known) known.symbols.push(...subscription.symbols);
    else this.open.set(key, subscription);
    if (!isLast) return null;
    const whole = this.open.get(key)!;
    this.open.delete(key);
    return whole;
  }
}

interface Part {
  subscription: Subscription;
  isLast: boolean;
}

function readPart(fields: ReadonlyMap<string, string>): Part | InvalidSubscription {
  const schema = fields.get('schema') ?? '';
  const stypeIn = fields.get('stype_in') ?? 'raw_symbol';
  const snapshot = fields.get('snapshot') ?? '0';
  const isLast = fields.get('is_last') ?? '1';
  if (!(SCHEMAS as readonly string[]).includes(schema)) return wrong('schema', schema);
  if (!STYPES_IN.includes(stypeIn)) return wrong('stype_in', stypeIn);
  if (snapshot !== '0' && snapshot !== '1') return wrong('snapshot', snapshot);
  if (isLast !== '0' && isLast !== '1') return wrong('is_last', isLast);
  const id = readId(fields.get('id'));
  if (id === undefined) return wrong('id', fields.get('id') ?? '');
  const start = readStart(fields.get('start'));
  if (start === undefined) return wrong('start', fields.get('start') ?? '');
  if (snapshot === '1' && start !== null) {
    return { invalid: 'snapshot and start cannot be asked for together' };
  }
  if (snapshot === '1' && schema !== 'mbo') return { invalid: 'snapshot is for schema mbo only' };
  const named = readSymbols(fields.get('symbols') ?? '', stypeIn);
  if ('invalid' in named) return named;
  const what = { schema: schema as Schema, stypeIn: stypeIn as SType, ...named };
  const subscription = { ...what, snapshot: snapshot === '1', start, id };
  return { subscription, isLast: isLast === '1' };
}

function readSymbols(
  text: string,
  stypeIn: string,
): { symbols: string[]; all: boolean } | InvalidSubscription {
  const symbols = text.split(',');
  if (symbols.includes('')) return wrong('symbols', text);
  if (symbols.length > MAX_LINE_SYMBOLS) {
    return { invalid: `${symbols.length} symbols in a line, at most ${MAX_LINE_SYMBOLS}` };
  }
  const all = symbols.length === 1 && symbols[0] === 'ALL_SYMBOLS';
  if (all && !ALL_STYPES.includes(stypeIn)) {
    return { invalid: `ALL_SYMBOLS cannot be asked for by ${stypeIn}` };
  }
  return { symbols, all };
}

function readId(text: string | undefined): number | null | undefined {
  if (text === undefined) return null;
  const id = Number(text);
  return /^\d+$/.test(text) && id <= MAX_ID ? id : undefined;
}

/** Unix ns or ISO 8601; undefined when it is neither. */
function readStart(text: string | undefined): bigint | null | undefined {
  if (text === undefined) return null;
  if (/^\d+$/.test(text)) return BigInt(text);
  const iso = /^(\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?)?)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/;
  const [, whole, fraction = '', zone = 'Z'] = iso.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const dated = whole.length === 10 ? `${whole}T00:00` : whole;
  const ms = Date.parse(`${dated}${zone}`);
  if (Number.isNaN(ms)) return undefined;
  return BigInt(ms) * NS_PER_MS + BigInt(fraction.padEnd(9, '0'));
}

function wrong(field: string, found: string): InvalidSubscription {
  return { invalid: `invalid ${field} '${found.slice(0, 100)}'` };
}
