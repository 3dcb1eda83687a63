/**
 * What `spymaster live …` asks the gateway for, from flags and settings.
 */
import { OperatingError } from '../core/index.ts';
import { SCHEMAS, type Schema, type SType } from '../dbn/index.ts';
import type { Settings } from './settings.ts';

/** Flags that say which records. */
export interface LiveChoice {
  dataset: string;
  symbols?: string;
  stypeIn?: SType;
  schema: string;
}

/** The gateway of the settings; undefined for the dataset's own. */
export function liveGateway(settings: Settings): { host: string; port: number } | undefined {
  const text = settings.databento_live_gateway;
  if (text === '') return undefined;
  const at = text.lastIndexOf(':');
  return { host: text.slice(0, at), port: Number(text.slice(at + 1)) };
}

/** The gateway is the vendor's own. */
export function isVendor(settings: Settings): boolean {
  const gateway = liveGateway(settings);
  return !gateway || gateway.host.endsWith('.databento.com');
}

/** Where records come from, in words: honest about what is not the vendor. */
export function gatewayName(settings: Settings): string {
  const gateway = liveGateway(settings);
  if (!gateway) return "the vendor's gateway";
  const { host, port } = gateway;
  if (isVendor(settings)) return `${host}:${port}`;
  return `${host}:${port}, which is not the vendor: its records are what it was given`;
}

/** What is looked at when nothing is asked for: the most traded contract of ES. */
const FRONT_ES = { dataset: 'GLBX.MDP3', symbols: 'ES.v.0', stypeIn: 'continuous' } as const;

/** Symbols and what they are; without any, the front ES where the dataset has it. */
export function symbolChoice({ dataset, symbols, stypeIn }: LiveChoice): {
  symbols: readonly string[] | 'ALL_SYMBOLS';
  stypeIn: SType;
} {
  if (symbols === undefined && dataset === FRONT_ES.dataset) {
    return { symbols: [FRONT_ES.symbols], stypeIn: FRONT_ES.stypeIn };
  }
  return { symbols: liveSymbols(symbols ?? ''), stypeIn: stypeIn ?? 'raw_symbol' };
}

/** The symbols of a list; `ALL_SYMBOLS` for all. @throws OperatingError USAGE for an empty list. */
function liveSymbols(list: string): readonly string[] | 'ALL_SYMBOLS' {
  if (list === 'ALL_SYMBOLS') return list;
  const symbols = list.split(',').flatMap((s) => (s.trim() === '' ? [] : [s.trim()]));
  if (symbols.length > 0) return symbols;
  throw new OperatingError('USAGE', '--symbols: none; give a comma list, such as ESH6,NQH6');
}

/** The schemas of a list. @throws OperatingError USAGE naming those there are. */
export function liveSchemas(list: string): Schema[] {
  return list.split(',').map((text) => {
    const schema = SCHEMAS.find((s) => s === text.trim());
    if (schema) return schema;
    const message = `--schema: no "${text.slice(0, 40)}"; there are ${SCHEMAS.join(' ')}`;
    throw new OperatingError('USAGE', message);
  });
}
