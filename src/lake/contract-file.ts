/**
 * Contracts as files: `contracts/{layer}/{product_type}/{table}.avsc`, an Avro record whose fields
 * carry `parquet`, `unit`, `formula` and `inputs` beside their Avro type.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DataError } from '../core/index.ts';
import { packageRoot } from './config-folder.ts';
import { datasetName, LAYERS, type TableRef } from './partition-ref.ts';
import { PRODUCT_TYPES } from './raw-paths.ts';
import type { ContractField, TableContract } from './table-contract.ts';

/** Avro types that a column type may be stated as. */
const AVRO_OF: Readonly<Record<ContractField['type'], readonly string[]>> = {
  int8: ['int'],
  uint8: ['int'],
  int16: ['int'],
  uint16: ['int'],
  int32: ['int'],
  uint32: ['long'],
  int64: ['long'],
  uint64: ['long'],
  float32: ['float'],
  float64: ['double'],
  enum: ['enum'],
  dictionary: ['string'],
  bool: ['boolean'],
};

type AvroType = string | { type: string; symbols?: string[] } | AvroType[];

interface AvroField {
  name: string;
  type: AvroType;
  doc?: string;
  parquet?: string;
  unit?: string;
  formula?: string;
  inputs?: string[];
}

interface AvroRecord {
  grain?: string;
  key?: string[];
  fields?: AvroField[];
}

/** The folder of the contracts that come with this package. */
export function shippedContractFolder(): string {
  return join(packageRoot(), 'contracts');
}

/** Where a table's contract lies. */
export function contractPath(ref: TableRef, folder: string = shippedContractFolder()): string {
  return join(folder, ref.layer, ref.productType, `${ref.table}.avsc`);
}

/** Every table that has a contract, by layer, product type and name. */
export function listContracts(folder: string = shippedContractFolder()): TableRef[] {
  return LAYERS.flatMap((layer) =>
    PRODUCT_TYPES.flatMap((productType) => {
      const place = join(folder, layer, productType);
      const files = existsSync(place) ? readdirSync(place) : [];
      const tables = files.filter((f) => f.endsWith('.avsc')).sort();
      return tables.map((f) => ({ layer, productType, table: f.slice(0, -'.avsc'.length) }));
    }),
  );
}

function isOneOf<T extends string>(list: Readonly<Record<T, unknown>>, text: string): text is T {
  return Object.hasOwn(list, text);
}

function readField(file: string, field: AvroField): ContractField {
  const refuse = (found: string, expected: string): never => {
    throw new DataError('CONTRACT', `column ${field.name}`, { file, found, expected });
  };
  const union = Array.isArray(field.type) ? field.type : [field.type];
  const nullable = union.includes('null');
  const rest = union.filter((t) => t !== 'null');
  const inner = rest[0];
  if (rest.length !== 1 || inner === undefined || Array.isArray(inner)) {
    return refuse('a union', 'one type, or null and one type');
  }
  const avro = typeof inner === 'string' ? inner : inner.type;
  const type = field.parquet ?? '';
  if (!isOneOf(AVRO_OF, type)) return refuse(`parquet "${type}"`, Object.keys(AVRO_OF).join(' '));
  if (!AVRO_OF[type].includes(avro)) return refuse(`${avro} for ${type}`, AVRO_OF[type].join());
  return {
    name: field.name,
    type,
    nullable,
    symbols: typeof inner === 'string' ? [] : (inner.symbols ?? []),
    doc: field.doc ?? '',
    unit: field.unit ?? '',
    formula: field.formula ?? '',
    inputs: field.inputs ?? [],
  };
}

function parseRecord(file: string, text: string): AvroRecord {
  try {
    const schema = JSON.parse(text) as AvroRecord;
    const avro = createRequire(import.meta.url)('avsc') as typeof import('avsc');
    avro.Type.forSchema(schema as Parameters<typeof avro.Type.forSchema>[0]);
    return schema;
  } catch (error) {
    throw new DataError('CONTRACT', 'not an Avro schema', {
      file,
      found: (error as Error).message,
    });
  }
}

/**
 * The contract of a table.
 * @param folder where contracts lie; those of this package by default.
 * @throws DataError CONTRACT when there is none, or it is no Avro record with the attributes that a
 * contract needs.
 */
export function loadContract(ref: TableRef, folder?: string): TableContract {
  const file = contractPath(ref, folder);
  if (!existsSync(file)) {
    throw new DataError('CONTRACT', `${datasetName(ref)} has no contract`, { file });
  }
  const text = readFileSync(file, 'utf8');
  const record = parseRecord(file, text);
  const fields = (record.fields ?? []).map((f) => readField(file, f));
  const key = record.key ?? [];
  const unknown = key.find((k) => !fields.some((f) => f.name === k && !f.nullable));
  if (unknown !== undefined || fields.length === 0) {
    throw new DataError('CONTRACT', 'not a contract', {
      file,
      found: unknown === undefined ? 'no fields' : `key column "${unknown}"`,
      expected: 'fields, and a key of columns that are never absent',
    });
  }
  return {
    layer: ref.layer,
    productType: ref.productType,
    table: ref.table,
    grain: record.grain ?? '',
    key,
    fields,
    sha256: createHash('sha256').update(text).digest('hex'),
  };
}
