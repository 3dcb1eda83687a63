/**
 * Columns on their way into DuckDB's vectors: converted, checked against their field and hashed, a
 * vector at a time and without an object, text or bigint per row.
 */
import type { DuckDBType } from '@duckdb/node-api';
import { DataError } from '../core/index.ts';
import type { DuckDb } from './parquet-database.ts';
import { CodedTexts, type TextImage } from './parquet-texts.ts';
import type { VectorItems, WritableVector } from './parquet-vector.ts';
import type { ContractField } from './table-contract.ts';
import { ColumnHash, hashText } from './table-hash.ts';
import type { TableValues } from './table-rows.ts';

/** Rows of one DuckDB vector. */
export const VECTOR_ROWS = 2048;

/** What a column of a file is. */
export type CopyType = ContractField['type'] | 'utf8';

/** One column of a file that is written. */
export interface CopyField {
  name: string;
  type: CopyType;
  nullable: boolean;
  /** Texts of an `enum`. */
  symbols: readonly string[];
}

/** Values of a column, of whatever kind. */
export type CopyValues = TableValues | readonly string[];

/** What a copy held. */
export interface CopySummary {
  rows: number;
  hashes: readonly ColumnHash[];
  least: bigint | null;
  greatest: bigint | null;
}

/** DuckDB's type that a column is handed over as. */
export function duckTypeOf(duck: DuckDb, field: CopyField): DuckDBType {
  if (field.type === 'enum') return duck.ENUM([...field.symbols]);
  return {
    int8: duck.TINYINT,
    uint8: duck.UTINYINT,
    int16: duck.SMALLINT,
    uint16: duck.USMALLINT,
    int32: duck.INTEGER,
    uint32: duck.UINTEGER,
    int64: duck.BIGINT,
    uint64: duck.UBIGINT,
    float32: duck.FLOAT,
    float64: duck.DOUBLE,
    dictionary: duck.VARCHAR,
    utf8: duck.VARCHAR,
    bool: duck.UTINYINT,
  }[field.type];
}

/** Memory of a vector of each type. */
const ITEMS: Readonly<Record<CopyType, new (length: number) => VectorItems>> = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
  enum: Uint8Array,
  bool: Uint8Array,
  dictionary: Uint8Array,
  utf8: Uint8Array,
};

/** 32-bit words of a value of a type, as it is hashed. */
export function wordsPerValue(type: CopyType): 1 | 2 {
  return type === 'int64' || type === 'uint64' || type === 'float64' ? 2 : 1;
}

/** Numbers widened, or viewed, as the words that are hashed. */
export function wordsOf(items: VectorItems, rows: number, scratch: Uint32Array): Uint32Array {
  const bytes = items.BYTES_PER_ELEMENT;
  if (bytes >= 4) return new Uint32Array(items.buffer, items.byteOffset, (rows * bytes) / 4);
  scratch.set((items as Uint8Array).subarray(0, rows));
  return scratch;
}

/** Writes whole Numbers plus `bias` as 64-bit lanes; false when one of them was not exact. */
function fillLanes(
  lanes: Uint32Array,
  from: Float64Array,
  at: number,
  rows: number,
  bias: bigint,
): boolean {
  const biasLo = Number(BigInt.asUintN(32, bias));
  const biasHi = Number(BigInt.asIntN(32, bias >> 32n));
  let exact = true;
  for (let i = 0; i < rows; i++) {
    const value = from[at + i]!;
    const hi = Math.floor(value / 4294967296);
    const rest = value - hi * 4294967296;
    const lo = rest + biasLo;
    const carry = lo >= 4294967296 ? 1 : 0;
    lanes[2 * i] = lo - carry * 4294967296;
    lanes[2 * i + 1] = hi + biasHi + carry;
    if (rest !== Math.floor(rest) || Math.abs(value) > Number.MAX_SAFE_INTEGER) exact = false;
  }
  return exact;
}

function joinLanes(out: Uint32Array, low: Uint32Array, high: Uint32Array, at: number, n: number) {
  for (let i = 0; i < n; i++) {
    out[2 * i] = low[at + i]!;
    out[2 * i + 1] = high[at + i]!;
  }
}

/** Row of the first value that is NaN or infinite; -1 when all are finite. */
export function firstNonFinite(words: Uint32Array, rows: number, double: boolean): number {
  const mask = double ? 0x7ff00000 : 0x7f800000;
  const stride = double ? 2 : 1;
  for (let i = 0, at = stride - 1; i < rows; i++, at += stride) {
    if ((words[at]! & mask) === mask) return i;
  }
  return -1;
}

function firstAbove(items: Uint8Array, rows: number, most: number): number {
  for (let i = 0; i < rows; i++) if (items[i]! > most) return i;
  return -1;
}

function isFloat(type: CopyType): boolean {
  return type === 'float32' || type === 'float64';
}

/** Values of a column, converted and checked, that wait for a vector. */
export class ColumnImage {
  /** As DuckDB's vector holds them; of texts, nothing. */
  readonly items: VectorItems;
  /** What was hashed, of the last preparation. */
  words: Uint32Array;
  /** Per row 1 where there is no value. */
  readonly absent = new Uint8Array(VECTOR_ROWS);
  anyAbsent = false;
  /** Texts of a `utf8` column. */
  texts: readonly (string | null)[] = [];
  /** Texts of a `dictionary` column. */
  readonly coded: TextImage = { firsts: [], source: new Uint16Array(VECTOR_ROWS) };
  readonly scratch = new Uint32Array(VECTOR_ROWS);

  constructor(type: CopyType) {
    this.items = new ITEMS[type](type === 'dictionary' || type === 'utf8' ? 0 : VECTOR_ROWS);
    this.words = this.scratch;
  }
}

/** One column of a file that is being written. */
export class ColumnFeed {
  /** Of all values so far. */
  readonly hash = new ColumnHash();
  private readonly field: CopyField;
  private readonly table: string;
  private readonly coded: CodedTexts;

  /** @param table how the table is called in errors. */
  constructor(duck: DuckDb, field: CopyField, table: string) {
    this.field = field;
    this.coded = new CodedTexts(duck);
    this.table = table;
  }

  /** Room for a vector's rows. */
  makeImage(): ColumnImage {
    return new ColumnImage(this.field.type);
  }

  /**
   * Converts, checks and hashes `rows` values from `at` on.
   * @param firstRow number of the first row in the table, for errors.
   * @throws DataError CONTRACT naming column and row.
   */
  prepare(
    image: ColumnImage,
    values: CopyValues,
    nulls: Uint8Array | null,
    bias: bigint,
    at: number,
    rows: number,
    firstRow: number,
  ): void {
    const { nullable, type } = this.field;
    if (nulls && !nullable) this.refuseNulls(nulls, at, rows, firstRow);
    image.words = this.convert(image, values, nulls, bias, at, rows, firstRow);
    image.anyAbsent = false;
    if (nulls) this.clearAbsent(image, nulls, at, rows);
    else if (nullable) image.absent.fill(0, 0, rows);
    this.check(image.words, rows, firstRow);
    this.hash.add(image.words, rows, wordsPerValue(type), nullable ? image.absent : null);
  }

  /** Fills a vector with what was prepared. */
  pour(image: ColumnImage, vector: WritableVector, rows: number): void {
    const { type } = this.field;
    if (image.anyAbsent) markNulls(vector, image.absent, rows);
    if (type === 'dictionary') {
      this.coded.pour(image.coded, vector, rows);
      return;
    }
    if (type === 'utf8') {
      for (let i = 0; i < rows; i++) vector.setItem(i, image.texts[i]!);
    } else (vector.items as Uint8Array).set((image.items as Uint8Array).subarray(0, rows));
    vector.flush();
  }

  private convert(
    image: ColumnImage,
    values: CopyValues,
    nulls: Uint8Array | null,
    bias: bigint,
    at: number,
    rows: number,
    firstRow: number,
  ): Uint32Array {
    const { type } = this.field;
    if (type === 'utf8') return copyTexts(image, values as string[], nulls, at, rows);
    if (type === 'dictionary') return this.copyCoded(image, values, nulls, at, rows, firstRow);
    if (type === 'int64' || type === 'uint64') {
      return this.fillWhole(image, values, nulls, bias, at, rows, firstRow);
    }
    const given = values as Uint8Array;
    if (given.constructor !== image.items.constructor || given.length < at + rows) {
      const expected = `${image.items.constructor.name}, long enough`;
      this.refuse(firstRow, describeValues(values), expected);
    }
    (image.items as Uint8Array).set(given.subarray(at, at + rows));
    return wordsOf(image.items, rows, image.scratch);
  }

  private fillWhole(
    { items }: ColumnImage,
    values: CopyValues,
    nulls: Uint8Array | null,
    bias: bigint,
    at: number,
    rows: number,
    firstRow: number,
  ): Uint32Array {
    const lanes = new Uint32Array(items.buffer, items.byteOffset, rows * 2);
    if ('low' in values) {
      joinLanes(lanes, values.low, values.high, at, rows);
    } else if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
      lanes.set(new Uint32Array(values.buffer, values.byteOffset + at * 8, rows * 2));
    } else if (
      values instanceof Float64Array ||
      values instanceof Int32Array ||
      values instanceof Uint32Array
    ) {
      const exact = fillLanes(lanes, values as Float64Array, at, rows, bias);
      if (!exact) this.refuseInexact(values as Float64Array, nulls, at, rows, firstRow);
    } else {
      this.refuse(firstRow, describeValues(values), 'Numbers, bigints or low and high halves');
    }
    return lanes;
  }

  private copyCoded(
    { coded, scratch }: ColumnImage,
    values: CopyValues,
    nulls: Uint8Array | null,
    at: number,
    rows: number,
    firstRow: number,
  ): Uint32Array {
    if (!('codes' in values)) return this.refuse(firstRow, describeValues(values), 'codes, texts');
    const bad = this.coded.prepare(values, nulls, at, rows, scratch, coded);
    if (bad < 0) return scratch;
    const found = `code ${values.codes[at + bad]}`;
    return this.refuse(firstRow + bad, found, `a code below ${values.texts.length}`);
  }

  private clearAbsent(image: ColumnImage, nulls: Uint8Array, at: number, rows: number): void {
    const { words, absent } = image;
    const wide = wordsPerValue(this.field.type);
    for (let i = 0; i < rows; i++) {
      const gone = nulls[at + i]! ? 1 : 0;
      absent[i] = gone;
      if (!gone) continue;
      image.anyAbsent = true;
      words[i * wide] = 0;
      if (wide === 2) words[i * 2 + 1] = 0;
    }
  }

  private check(words: Uint32Array, rows: number, firstRow: number): void {
    const { type, symbols } = this.field;
    if (isFloat(type)) {
      const bad = firstNonFinite(words, rows, type === 'float64');
      if (bad >= 0) this.refuse(firstRow + bad, 'NaN or infinity', 'a finite number');
    } else if (type === 'enum' || type === 'bool') {
      const most = type === 'bool' ? 1 : symbols.length - 1;
      const bad = firstAbove(words as unknown as Uint8Array, rows, most);
      if (bad >= 0) this.refuse(firstRow + bad, `code ${words[bad]}`, `at most ${most}`);
    }
  }

  private refuseNulls(nulls: Uint8Array, at: number, rows: number, firstRow: number): void {
    for (let i = 0; i < rows; i++) {
      if (nulls[at + i]) this.refuse(firstRow + i, 'no value', 'a value in every row');
    }
  }

  private refuseInexact(
    values: Float64Array,
    nulls: Uint8Array | null,
    at: number,
    rows: number,
    firstRow: number,
  ): void {
    for (let i = 0; i < rows; i++) {
      if (nulls?.[at + i] || Number.isSafeInteger(values[at + i])) continue;
      this.refuse(firstRow + i, String(values[at + i]), 'a whole number below 2^53');
    }
  }

  private refuse(row: number, found: string, expected: string): never {
    const message = `${this.table}, column ${this.field.name}`;
    throw new DataError('CONTRACT', message, { row, found, expected });
  }
}

function copyTexts(
  image: ColumnImage,
  texts: readonly string[],
  nulls: Uint8Array | null,
  at: number,
  rows: number,
): Uint32Array {
  const { scratch } = image;
  const copy = Array.from({ length: rows }, (_, i) => (nulls?.[at + i] ? null : texts[at + i]!));
  copy.forEach((text, i) => {
    scratch[i] = text === null ? 0 : hashText(text);
  });
  image.texts = copy;
  return scratch;
}

function markNulls(vector: WritableVector, absent: Uint8Array, rows: number): void {
  // Makes the bits, all set.
  vector.validity.setItemValid(0, false);
  vector.validity.setItemValid(0, true);
  const { buffer, byteOffset } = vector.validity.data!;
  const bits = new Uint32Array(buffer, byteOffset);
  for (let i = 0; i < rows; i++) {
    if (absent[i]) bits[i >> 5] = bits[i >> 5]! & ~(1 << (i & 31));
  }
}

function describeValues(values: CopyValues): string {
  const length = 'length' in values ? ` of ${values.length}` : '';
  return `${values.constructor.name}${length}`;
}
