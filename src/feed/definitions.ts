/**
 * Instrument definitions of a day: what an instrument id stands for.
 */
import { DataError } from '../core/index.ts';
import { columnsOf, layoutOf, type RecordRun, RTYPE } from '../dbn/index.ts';
import { openRecords } from './record-file.ts';

/** What the venue says about an instrument. */
export interface InstrumentDefinition {
  instrumentId: number;
  symbol: string;
  /** A letter of `INSTRUMENT_CLASS`. */
  instrumentClass: string;
  /** Symbol of the underlying; empty when there is none. */
  underlying: string;
  /** Instrument id of the underlying; 0 when there is none. */
  underlyingId: number;
  /** 1e-9 currency; INT64_MAX when undefined. */
  strike: bigint;
  /** Unix ns; UINT64_MAX when undefined. */
  expiration: bigint;
  /** When it was captured, Unix ns. */
  tsRecv: bigint;
}

const FIELDS = [
  'instrument_id',
  'raw_symbol',
  'instrument_class',
  'underlying',
  'underlying_id',
  'security_update_action',
];
const DELETED = 'D'.charCodeAt(0);

function describe(d: InstrumentDefinition): string {
  const letters = d.instrumentClass === '' ? '?' : d.instrumentClass;
  return `"${d.symbol}" class ${letters}, strike ${d.strike}, expiration ${d.expiration}`;
}

function sameTerms(a: InstrumentDefinition, b: InstrumentDefinition): boolean {
  return (
    a.symbol === b.symbol &&
    a.instrumentClass === b.instrumentClass &&
    a.underlying === b.underlying &&
    a.strike === b.strike &&
    a.expiration === b.expiration
  );
}

/** Definitions by instrument id: of several of one instrument, the one captured last. */
export class Definitions {
  private readonly byId = new Map<number, InstrumentDefinition>();
  /** By id: another definition of the same moment that says something else. */
  private readonly others = new Map<number, InstrumentDefinition>();
  private readonly files: readonly string[];

  /** @param files where they come from, for messages. */
  constructor(files: readonly string[]) {
    this.files = files;
  }

  /** Instruments that are defined. */
  get size(): number {
    return this.byId.size;
  }

  /** All definitions, in the order in which instruments were first met. */
  *all(): Generator<InstrumentDefinition> {
    for (const id of this.byId.keys()) yield this.get(id)!;
  }

  /**
   * The definition of an instrument; null when there is none.
   * @throws DataError DEFINITIONS when two of the same moment contradict each other.
   */
  get(instrumentId: number): InstrumentDefinition | null {
    const one = this.byId.get(instrumentId) ?? null;
    const other = this.others.get(instrumentId);
    if (!one || !other) return one;
    throw new DataError('DEFINITIONS', `instrument ${instrumentId} is defined twice`, {
      file: this.files.join(', '),
      found: `${describe(one)} and ${describe(other)}, both captured at ${one.tsRecv}`,
      expected: 'one definition a moment; fetch the file again',
    });
  }

  /** Takes a definition. */
  add(d: InstrumentDefinition): void {
    const known = this.byId.get(d.instrumentId);
    if (known && known.tsRecv > d.tsRecv) return;
    if (known && known.tsRecv === d.tsRecv) {
      if (!sameTerms(known, d)) this.others.set(d.instrumentId, d);
      return;
    }
    this.others.delete(d.instrumentId);
    this.byId.set(d.instrumentId, d);
  }
}

function addRun(definitions: Definitions, run: RecordRun): void {
  const columns = columnsOf(run, { fields: FIELDS }) as Record<string, Uint32Array & string[]>;
  const at = new Map(layoutOf(run.rtype, run.version)!.fields.map((f) => [f.name, f.at]));
  const view = new DataView(run.bytes.buffer, run.bytes.byteOffset, run.bytes.byteLength);
  for (let i = 0; i < run.count; i++) {
    const instrumentId = columns['instrument_id']![i]!;
    const gone = columns['security_update_action']![i] === DELETED;
    const base = run.start + i * run.stride;
    const d: InstrumentDefinition = {
      instrumentId,
      symbol: String(columns['raw_symbol']![i]),
      instrumentClass: String.fromCharCode(columns['instrument_class']![i]!).replace('\0', ''),
      underlying: String(columns['underlying']![i]),
      underlyingId: columns['underlying_id']![i]!,
      strike: view.getBigInt64(base + at.get('strike_price')!, true),
      expiration: view.getBigUint64(base + at.get('expiration')!, true),
      // What a deletion says counts only where nothing else was said.
      tsRecv: gone ? 0n : view.getBigUint64(base + at.get('ts_recv')!, true),
    };
    definitions.add(d);
  }
}

/**
 * Reads definition files, raw or compressed; records of other types are passed over.
 * @throws DataError DBN_SCHEMA when a file holds no definitions; from the decoder, naming the file;
 * DEFINITIONS when one is cut short, for what it lacks cannot be known.
 */
export async function readDefinitions(paths: readonly string[]): Promise<Definitions> {
  const definitions = new Definitions(paths);
  for (const path of paths) {
    const file = await openRecords(path);
    try {
      checkSchema(file.metadata.schema, path);
      for (let run = file.next(); run; run = file.next()) {
        if (run.rtype === RTYPE.DEFINITION) addRun(definitions, run);
      }
      if (file.end?.truncated) {
        throw new DataError('DEFINITIONS', 'the file of definitions is cut short', {
          file: path,
          offset: file.end.offset,
          expected: 'the rest of it; fetch the file again',
        });
      }
    } finally {
      file.close();
    }
  }
  return definitions;
}

function checkSchema(schema: string | null, file: string): void {
  if (schema === 'definition' || schema === null) return;
  throw new DataError('DBN_SCHEMA', 'not instrument definitions', {
    file,
    found: `schema ${schema}`,
    expected: 'schema definition',
  });
}
