import { DataError } from '../../core/index.ts';
import {
  type DbnRecord,
  encodeRecord,
  rtypeOf,
  type Schema,
  UNDEF_PRICE,
  UNDEF_TIMESTAMP,
} from '../../dbn/index.ts';
import { nanoOfDecimal } from './nano-of-decimal.ts';
import { columnNames } from './parquet-table.ts';

const LEVEL_SUFFIX = '_00';
const NULLABLE: readonly string[] = ['price', 'bid_px_00', 'ask_px_00'];
/** Prices whose integers are remembered. */
const MAX_PRICES_KNOWN = 100_000;

/** Rows of a Parquet file as records. */
export class ParquetRecords {
  private readonly names: readonly string[];
  private readonly rtype: number;
  private readonly fixed: boolean;
  private readonly known = new Map<number, bigint>();
  private row = 0;

  /** @param fixed prices are integers of 1e-9. */
  constructor(schema: Schema, fixed: boolean) {
    this.names = columnNames(schema);
    this.rtype = rtypeOf(schema);
    this.fixed = fixed;
  }

  /** Records of the rows of a chunk. @throws DataError CONTRACT naming row and column. */
  encode(columns: readonly (readonly unknown[])[], rows: number): Uint8Array {
    const records: Uint8Array[] = [];
    for (let i = 0; i < rows; i++, this.row++) {
      records.push(encodeRecord(this.recordAt(columns, i)));
    }
    return Buffer.concat(records);
  }

  private recordAt(columns: readonly (readonly unknown[])[], i: number): DbnRecord {
    const record: Record<string, unknown> = { rtype: this.rtype };
    const level: Record<string, unknown> = {};
    for (const [k, name] of this.names.entries()) {
      const value = this.valueOf(name, columns[k]![i]);
      if (name.endsWith(LEVEL_SUFFIX)) level[name.slice(0, -LEVEL_SUFFIX.length)] = value;
      else record[name] = value;
    }
    if (Object.keys(level).length > 0) record['levels'] = [level];
    return record as unknown as DbnRecord;
  }

  private valueOf(name: string, value: unknown): bigint | number | string {
    if (NULLABLE.includes(name)) return this.priceOf(value);
    if (value === null) {
      if (name === 'ts_event') return UNDEF_TIMESTAMP;
      throw this.refuse(name, 'no value', 'one in every row');
    }
    if (typeof value === 'string' && value.length !== 1) {
      throw this.refuse(name, JSON.stringify(value.slice(0, 20)), 'one letter');
    }
    return value as bigint | string;
  }

  private refuse(name: string, found: string, expected: string): DataError {
    const column = `column ${name} of the Parquet file`;
    return new DataError('CONTRACT', column, { row: this.row, found, expected });
  }

  private priceOf(value: unknown): bigint {
    if (value === null || Number.isNaN(value)) return UNDEF_PRICE;
    if (this.fixed) return value as bigint;
    const price = value as number;
    let nano = this.known.get(price);
    if (nano === undefined) {
      nano = nanoOfDecimal(String(price));
      if (this.known.size < MAX_PRICES_KNOWN) this.known.set(price, nano);
    }
    return nano;
  }
}
