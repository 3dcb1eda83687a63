/**
 * Columns on their way out of DuckDB: what SQL gives for each request, and its copy into a slot.
 */
import { DataError } from '../core/index.ts';
import { firstNonFinite } from './parquet-columns.ts';
import { sqlName } from './parquet-database.ts';
import type { WritableVector } from './parquet-vector.ts';
import type { ColumnKind, SlotColumn, SlotView } from './read-ring.ts';
import type { ContractField } from './table-contract.ts';
import type { ColumnRequest } from './table-rows.ts';
import { codesOf, markAbsent } from './table-scan.ts';

/** A request and the column it means. */
export interface WantedColumn {
  request: ColumnRequest;
  field: ContractField;
  slot: SlotColumn;
}

function kindOf(field: ContractField, request: ColumnRequest): ColumnKind {
  switch (field.type) {
    case 'int64':
    case 'uint64':
      return request.as === 'lanes' ? 'lanes' : 'float64';
    case 'enum':
    case 'bool':
      return 'uint8';
    case 'dictionary':
      return 'uint32';
    default:
      return field.type;
  }
}

/**
 * Finds the columns of requests.
 * @throws DataError CONTRACT when a column is not in the contract.
 */
export function wantedColumns(
  fields: readonly ContractField[],
  requests: readonly ColumnRequest[],
  table: string,
): WantedColumn[] {
  return requests.map((request) => {
    const field = fields.find((f) => f.name === request.name);
    if (!field) {
      throw new DataError('CONTRACT', table, {
        found: `a request for column ${request.name}`,
        expected: fields.map((f) => f.name).join(' '),
      });
    }
    const slot = { kind: kindOf(field, request), nullable: field.nullable };
    return { request, field, slot };
  });
}

/** SQL of a wanted column. */
export function wantedSql(wanted: WantedColumn, texts: readonly string[]): string {
  const { field, request, slot } = wanted;
  const name = sqlName(field.name);
  if (field.type === 'enum' || field.type === 'dictionary') return codesOf(field, texts);
  if (field.type === 'bool') return `${name}::UTINYINT`;
  if (field.type !== 'int64' && field.type !== 'uint64') return name;
  if (slot.kind === 'lanes') return name;
  const wide = field.type === 'uint64' ? `${name}::HUGEINT` : name;
  return request.origin ? `(${wide} - (${request.origin}))::DOUBLE` : `${name}::DOUBLE`;
}

/** Copies a vector of a wanted column into a slot, from row `at` of it on. */
export class ColumnCopy {
  private readonly wanted: WantedColumn;
  private readonly table: string;
  private readonly absent = new Uint8Array(2048);

  constructor(wanted: WantedColumn, table: string) {
    this.wanted = wanted;
    this.table = table;
  }

  /**
   * @param firstRow number of the first row in the table, for errors.
   * @returns whether any value is absent.
   * @throws DataError CONTRACT
   */
  copy(vector: WritableVector, out: SlotView, at: number, rows: number, firstRow: number): boolean {
    const { items } = vector;
    if (out.high) {
      splitLanes(items, out.values as Uint32Array, out.high, at, rows);
    } else {
      (out.values as Uint8Array).set((items as Uint8Array).subarray(0, rows), at);
    }
    const absent = out.absent ? out.absent.subarray(at, at + rows) : this.absent;
    const any = markAbsent(vector, rows, absent);
    if (any) this.clear(out, absent, at, rows, firstRow);
    this.check(out, at, rows, firstRow);
    return any;
  }

  private clear(
    out: SlotView,
    absent: Uint8Array,
    at: number,
    rows: number,
    firstRow: number,
  ): void {
    if (!out.absent) this.refuse(firstRow + absent.indexOf(1), 'no value', 'a value in every row');
    for (let i = 0; i < rows; i++) {
      if (!absent[i]) continue;
      out.values[at + i] = 0;
      if (out.high) out.high[at + i] = 0;
    }
  }

  private check(out: SlotView, at: number, rows: number, firstRow: number): void {
    const { values } = out;
    if (values instanceof Float32Array) {
      const words = new Uint32Array(values.buffer, values.byteOffset + at * 4, rows);
      this.refuseNonFinite(firstNonFinite(words, rows, false), firstRow);
    } else if (values instanceof Float64Array && this.wanted.field.type === 'float64') {
      const words = new Uint32Array(values.buffer, values.byteOffset + at * 8, rows * 2);
      this.refuseNonFinite(firstNonFinite(words, rows, true), firstRow);
    } else if (values instanceof Float64Array) {
      const bad = firstInexact(values, at, rows);
      if (bad < 0) return;
      const expected = 'below 2^53; ask for an origin or for lanes';
      this.refuse(firstRow + bad, String(values[at + bad]), expected);
    }
  }

  private refuseNonFinite(bad: number, firstRow: number): void {
    if (bad >= 0) this.refuse(firstRow + bad, 'NaN or infinity', 'a finite number');
  }

  private refuse(row: number, found: string, expected: string): void {
    const message = `${this.table}, column ${this.wanted.field.name}`;
    throw new DataError('CONTRACT', message, { row, found, expected });
  }
}

function firstInexact(values: Float64Array, at: number, rows: number): number {
  for (let i = 0; i < rows; i++) {
    if (Math.abs(values[at + i]!) > Number.MAX_SAFE_INTEGER) return i;
  }
  return -1;
}

function splitLanes(
  items: WritableVector['items'],
  low: Uint32Array,
  high: Uint32Array,
  at: number,
  rows: number,
): void {
  const lanes = new Uint32Array(items.buffer, items.byteOffset, rows * 2);
  for (let i = 0; i < rows; i++) {
    low[at + i] = lanes[2 * i]!;
    high[at + i] = lanes[2 * i + 1]!;
  }
}
