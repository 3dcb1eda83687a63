/**
 * Rows of a Parquet file through DuckDB, a vector at a time, as the table's contract says they are.
 */
import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { DataError, isKnownError } from '../core/index.ts';
import { DUCKDB_TYPES } from './duckdb-types.ts';
import type { CopyField, CopySummary } from './parquet-columns.ts';
import { firstNonFinite, wordsOf, wordsPerValue } from './parquet-columns.ts';
import { sqlName, sqlText } from './parquet-database.ts';
import type { WritableVector } from './parquet-vector.ts';
import { ColumnHash, hashText } from './table-hash.ts';
import { KeyTrack } from './table-key.ts';

/** Texts of each dictionary column, sorted; empty for others. */
export type ColumnTexts = readonly (readonly string[])[];

async function rowsOf(connection: DuckDBConnection, sql: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql)).getRows();
}

/**
 * Runs what reads a file and tells errors as what they mean.
 * @throws DataError PARTITION_DAMAGED when the bytes are not readable.
 */
export async function readingFile<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isKnownError(error)) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new DataError('PARTITION_DAMAGED', 'not readable', {
      file: path,
      found: message.split('\n')[0]!,
    });
  }
}

/**
 * Compares names, order and types of a file's columns with the contract.
 * @throws DataError CONTRACT naming the first column that differs.
 */
export async function checkFileColumns(
  connection: DuckDBConnection,
  path: string,
  fields: readonly CopyField[],
  table: string,
): Promise<void> {
  const sql = `DESCRIBE SELECT * FROM read_parquet(${sqlText(path)}, hive_partitioning = false)`;
  const found = (await rowsOf(connection, sql)).map((r) => `${r[0]} ${r[1]}`);
  const expected = fields.map((f) => `${f.name} ${DUCKDB_TYPES[f.type]}`);
  for (let i = 0; i < Math.max(found.length, expected.length); i++) {
    if (found[i] === expected[i]) continue;
    throw new DataError('CONTRACT', `${table}, column ${i + 1}`, {
      file: path,
      found: found[i] ?? 'no column',
      expected: expected[i] ?? 'no column',
    });
  }
}

/** Texts that occur in the dictionary columns of a file, sorted. */
export async function readTexts(
  connection: DuckDBConnection,
  path: string,
  fields: readonly CopyField[],
): Promise<ColumnTexts> {
  const texts: string[][] = [];
  for (const field of fields) {
    if (field.type !== 'dictionary') {
      texts.push([]);
      continue;
    }
    const name = sqlName(field.name);
    const source = `read_parquet(${sqlText(path)}, hive_partitioning = false)`;
    const sql = `SELECT DISTINCT ${name} FROM ${source} WHERE ${name} IS NOT NULL ORDER BY 1`;
    texts.push((await rowsOf(connection, sql)).map((r) => String(r[0])));
  }
  return texts;
}

/** Texts of a column beyond which looking one up in a list takes longer than a hash of each row. */
const MAX_LISTED_TEXTS = 1024;

/**
 * SQL that gives a column's texts as codes. A function of one column is computed once for each
 * entry of the file's dictionary, where a cast is computed for each row: five times as fast.
 */
export function codesOf(field: CopyField, texts: readonly string[]): string {
  const list = field.type === 'enum' ? field.symbols : texts;
  const name = sqlName(field.name);
  const type = field.type === 'enum' ? 'UTINYINT' : 'UINTEGER';
  const members = list.map(sqlText).join(', ');
  if (list.length > MAX_LISTED_TEXTS) return `enum_code(${name}::ENUM(${members}))::${type}`;
  return `(list_position([${members}]::VARCHAR[], ${name}) - 1)::${type}`;
}

function selectedValue(field: CopyField, texts: readonly string[]): string {
  if (field.type === 'enum' || field.type === 'dictionary') return codesOf(field, texts);
  if (field.type === 'bool') return `${sqlName(field.name)}::UTINYINT`;
  return sqlName(field.name);
}

/** Chunks of a query on a file, in the order of its rows. */
export async function* scanFile(
  connection: DuckDBConnection,
  path: string,
  columns: readonly string[],
): AsyncGenerator<DuckDBDataChunk> {
  const source = `read_parquet(${sqlText(path)}, hive_partitioning = false)`;
  const result = await connection.stream(`SELECT ${columns.join(', ')} FROM ${source}`);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) return;
    yield chunk;
  }
}

/**
 * Which rows of a vector have no value.
 * @param absent filled with 1 where there is none.
 * @returns whether any has none.
 */
export function markAbsent(vector: WritableVector, rows: number, absent: Uint8Array): boolean {
  const { data } = vector.validity;
  if (!data) {
    absent.fill(0, 0, rows);
    return false;
  }
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length * 2);
  let any = 0;
  for (let i = 0; i < rows; i++) {
    const gone = ((bits[i >> 5]! >>> (i & 31)) & 1) ^ 1;
    absent[i] = gone;
    any |= gone;
  }
  return any === 1;
}

/** What a file holds, read from end to end. */
class ContentRead {
  rows = 0;
  readonly hashes: readonly ColumnHash[];
  readonly track: KeyTrack;
  private readonly fields: readonly CopyField[];
  private readonly table: string;
  private readonly textHashes: readonly Uint32Array[];
  private readonly scratch: readonly Uint32Array[];
  private absent = new Uint8Array(0);

  constructor(
    fields: readonly CopyField[],
    key: readonly string[],
    table: string,
    texts: ColumnTexts,
  ) {
    this.fields = fields;
    this.table = table;
    this.hashes = fields.map(() => new ColumnHash());
    this.track = new KeyTrack(fields, key, table);
    this.textHashes = texts.map((list) => Uint32Array.from(list, hashText));
    this.scratch = fields.map(() => new Uint32Array(4096));
  }

  take(chunk: DuckDBDataChunk): void {
    const rows = chunk.rowCount;
    if (rows > this.absent.length) this.absent = new Uint8Array(rows);
    const words = this.fields.map((_, k) => this.takeColumn(chunk, k, rows));
    this.track.take(words, rows, this.rows);
    this.rows += rows;
  }

  private takeColumn(chunk: DuckDBDataChunk, k: number, rows: number): Uint32Array {
    const field = this.fields[k]!;
    const vector = chunk.getColumnVector(k) as unknown as WritableVector;
    const words = wordsOf(vector.items, rows, this.scratch[k]!);
    const anyAbsent = markAbsent(vector, rows, this.absent);
    if (anyAbsent && !field.nullable) {
      const row = this.rows + this.absent.indexOf(1);
      const message = `${this.table}, column ${field.name}`;
      throw new DataError('CONTRACT', message, { row, found: 'no value', expected: 'a value' });
    }
    if (anyAbsent) clearRows(words, rows, wordsPerValue(field.type), this.absent);
    this.checkFinite(field, words, rows);
    if (field.type === 'dictionary') toTextHashes(words, rows, this.textHashes[k]!);
    if (anyAbsent && field.type === 'dictionary') clearRows(words, rows, 1, this.absent);
    const absent = field.nullable ? this.absent : null;
    this.hashes[k]!.add(words, rows, wordsPerValue(field.type), absent);
    return words;
  }

  private checkFinite(field: CopyField, words: Uint32Array, rows: number): void {
    if (field.type !== 'float32' && field.type !== 'float64') return;
    const bad = firstNonFinite(words, rows, field.type === 'float64');
    if (bad < 0) return;
    throw new DataError('CONTRACT', `${this.table}, column ${field.name}`, {
      row: this.rows + bad,
      found: 'NaN or infinity',
      expected: 'a finite number',
    });
  }
}

function toTextHashes(words: Uint32Array, rows: number, hashes: Uint32Array): void {
  for (let i = 0; i < rows; i++) words[i] = hashes[words[i]!]!;
}

function clearRows(words: Uint32Array, rows: number, wide: number, absent: Uint8Array): void {
  for (let i = 0; i < rows; i++) {
    if (!absent[i]) continue;
    words[i * wide] = 0;
    if (wide === 2) words[i * 2 + 1] = 0;
  }
}

/**
 * Reads a file from end to end and says what it holds, as `copyToParquet` says what it wrote.
 * @throws DataError CONTRACT or PARTITION_DAMAGED.
 */
export function readContent(
  connection: DuckDBConnection,
  path: string,
  fields: readonly CopyField[],
  key: readonly string[],
  table: string,
): Promise<CopySummary> {
  return readingFile(path, async () => {
    await checkFileColumns(connection, path, fields, table);
    const texts = await readTexts(connection, path, fields);
    const content = new ContentRead(fields, key, table, texts);
    const columns = fields.map((f, k) => selectedValue(f, texts[k]!));
    for await (const chunk of scanFile(connection, path, columns)) content.take(chunk);
    const { rows, hashes, track } = content;
    return { rows, hashes, least: track.least, greatest: track.greatest };
  });
}
