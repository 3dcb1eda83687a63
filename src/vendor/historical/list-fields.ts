/**
 * The fields of a schema's records in an encoding. Source: Databento docs, metadata.list_fields.
 */
import {
  csvHeader,
  type DbnVersion,
  type Field,
  layoutOf,
  rtypeOf,
  type Schema,
} from '../../dbn/index.ts';

/** The type that the vendor names, by the field's type. */
const TYPE_NAMES: Record<Field['type'], string> = {
  u8: 'uint8_t',
  i8: 'int8_t',
  u16: 'uint16_t',
  i16: 'int16_t',
  u32: 'uint32_t',
  i32: 'int32_t',
  u64: 'uint64_t',
  i64: 'int64_t',
  price: 'int64_t',
  time: 'uint64_t',
  char: 'char',
  text: 'char',
  zero: 'char',
};
const HEADER_FIELDS = [
  { name: 'length', type: 'uint8_t' },
  { name: 'rtype', type: 'uint8_t' },
  { name: 'publisher_id', type: 'uint16_t' },
  { name: 'instrument_id', type: 'uint32_t' },
  { name: 'ts_event', type: 'uint64_t' },
];

/** Name and type of each field, in the order of the encoding. */
export function listFields(schema: Schema, encoding: 'dbn' | 'csv' | 'json', version: DbnVersion) {
  const rtype = rtypeOf(schema);
  const layout = layoutOf(rtype, version)!;
  const lying = [...layout.fields].sort((a, b) => a.at - b.at);
  const own = lying.filter((f) => f.type !== 'zero').map(namedType);
  const levels = Array.from({ length: layout.levels?.count ?? 0 }, (_, n) =>
    layout
      .levels!.fields.filter((f) => f.type !== 'zero')
      .map((f) => namedType({ ...f, name: `${f.name}_${String(n).padStart(2, '0')}` })),
  ).flat();
  const binary = [...HEADER_FIELDS, ...own, ...levels];
  if (encoding === 'dbn') return binary;
  const types = new Map(binary.map((f) => [f.name, f.type]));
  const names = csvHeader(rtype, version).split(',');
  return names.map((name) => ({ name, type: types.get(name)! }));
}

function namedType(field: Pick<Field, 'name' | 'type' | 'size'>) {
  const length = field.type === 'text' ? `[${field.size}]` : '';
  return { name: field.name, type: TYPE_NAMES[field.type] + length };
}
