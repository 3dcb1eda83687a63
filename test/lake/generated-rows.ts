/**
 * Rows for any table, made of its contract alone: keys in order, every type up to its extremes,
 * absent values in every nullable column.
 */
import {
  type ContractField,
  type Lineage,
  loadContract,
  type PartitionManifest,
  type PartitionRef,
  publishPartition,
  type TableBatch,
  type TableContract,
  type TableValues,
} from '../../src/lake/index.ts';

/** First window's end: 2026-01-05T14:30:01Z, ns since 1970. */
export const FIRST_WINDOW_NS = 1_767_623_401_000_000_000n;
/** Every how manieth row of a nullable column is absent. */
const ABSENT_EVERY = 5;
const TEXTS = ['ESH6', 'C0 ~', 'naïve ✓', ''];

const BITS: Partial<Record<ContractField['type'], number>> = {
  uint8: 8,
  uint16: 16,
  uint32: 32,
  int32: 32,
  int16: 16,
  int8: 8,
};

/** Places of a row in the table's key: the first column counts on, the others alternate. */
function keyDigit(contract: TableContract, name: string, row: number): number {
  const place = contract.key.indexOf(name);
  const behind = contract.key.length - 1 - place;
  const digit = Math.floor(row / 2 ** behind);
  return place === 0 ? digit : digit % 2;
}

/** The value of a column in a row, as it is meant: null, bigint, number, text or boolean. */
export function valueAt(
  contract: TableContract,
  field: ContractField,
  row: number,
): bigint | number | string | boolean | null {
  if (field.nullable && row % ABSENT_EVERY === 3) return null;
  const isKey = contract.key.includes(field.name);
  const n = isKey ? keyDigit(contract, field.name, row) : row;
  switch (field.type) {
    case 'enum':
      return field.symbols[n % field.symbols.length] as string;
    case 'dictionary':
      return TEXTS[n % TEXTS.length] as string;
    case 'bool':
      return n % 2 === 1;
    case 'float32':
      return Math.fround((((n * 37) % 1000) - 500) / 7);
    case 'float64':
      return ((n * 37) % 1000) / 7;
    case 'uint64':
      return (1n << 64n) - 1n - BigInt(n);
    case 'int64':
      return field.unit.startsWith('ns ')
        ? FIRST_WINDOW_NS + BigInt(n) * 1_000_000_000n
        : isKey
          ? BigInt(n) * 250_000_000n
          : BigInt(n % 1000) * -9_000_000_000_000_001n;
    default: {
      const top = 2 ** (BITS[field.type] as number);
      const signed = field.type.startsWith('int');
      if (isKey || n > 1) return (signed ? n - 1 : n) % (top / 2);
      return n === 0 ? (signed ? -top / 2 : 0) : signed ? top / 2 - 1 : top - 1;
    }
  }
}

function columnOf(contract: TableContract, field: ContractField, rows: number): TableValues {
  const at = (row: number) => valueAt(contract, field, row) ?? 0;
  const numbers = () => Array.from({ length: rows }, (_, row) => Number(at(row)));
  switch (field.type) {
    case 'enum':
      return Uint8Array.from({ length: rows }, (_, r) => field.symbols.indexOf(String(at(r))));
    case 'dictionary': {
      const codes = Uint8Array.from({ length: rows }, (_, r) =>
        Math.max(0, TEXTS.indexOf(String(at(r)))),
      );
      return { codes, texts: TEXTS };
    }
    case 'bool':
      return Uint8Array.from(numbers());
    case 'float32':
      return Float32Array.from(numbers());
    case 'float64':
      return Float64Array.from(numbers());
    case 'uint64':
      return BigUint64Array.from({ length: rows }, (_, row) => BigInt(at(row)));
    case 'int64':
      return BigInt64Array.from({ length: rows }, (_, row) => BigInt(at(row)));
    case 'int8':
      return Int8Array.from(numbers());
    case 'uint8':
      return Uint8Array.from(numbers());
    case 'int16':
      return Int16Array.from(numbers());
    case 'uint16':
      return Uint16Array.from(numbers());
    case 'int32':
      return Int32Array.from(numbers());
    case 'uint32':
      return Uint32Array.from(numbers());
  }
}

/** One batch of `rows` generated rows. */
export function generatedBatch(contract: TableContract, rows: number): TableBatch {
  const nulls = contract.fields.map((field) =>
    field.nullable
      ? Uint8Array.from({ length: rows }, (_, row) => (row % ABSENT_EVERY === 3 ? 1 : 0))
      : null,
  );
  return { rows, columns: contract.fields.map((f) => columnOf(contract, f, rows)), nulls };
}

const LINEAGE: Lineage = { stage: 'generated', stageVersion: 1, configSha256: '', inputs: [] };

/** Publishes a partition of generated rows. */
export function publishGenerated(
  lake: string,
  ref: PartitionRef,
  rows: number,
): Promise<PartitionManifest> {
  const contract = loadContract(ref);
  return publishPartition({
    lake,
    ref,
    contract,
    batches: rows > 0 ? [generatedBatch(contract, rows)] : [],
    lineage: LINEAGE,
    counters: () => ({}),
  });
}
