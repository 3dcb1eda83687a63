import type { CopyField } from './parquet-columns.ts';

/** DuckDB's name of the type that a column has in a file, and so in SQL. */
export const DUCKDB_TYPES: Readonly<Record<CopyField['type'], string>> = {
  int8: 'TINYINT',
  uint8: 'UTINYINT',
  int16: 'SMALLINT',
  uint16: 'USMALLINT',
  int32: 'INTEGER',
  uint32: 'UINTEGER',
  int64: 'BIGINT',
  uint64: 'UBIGINT',
  float32: 'FLOAT',
  float64: 'DOUBLE',
  enum: 'VARCHAR',
  dictionary: 'VARCHAR',
  utf8: 'VARCHAR',
  bool: 'BOOLEAN',
};
