/**
 * An Arrow IPC stream from columns, batch by batch, as any Arrow library reads it.
 */
import type { ParquetBatch, ParquetField, ParquetType, ParquetValues } from '../lake/index.ts';
import type { Output } from './output.ts';

type Arrow = typeof import('apache-arrow');

function arrowType(arrow: Arrow, type: ParquetType) {
  return {
    int8: new arrow.Int8(),
    uint8: new arrow.Uint8(),
    int16: new arrow.Int16(),
    uint16: new arrow.Uint16(),
    int32: new arrow.Int32(),
    uint32: new arrow.Uint32(),
    int64: new arrow.Int64(),
    float32: new arrow.Float32(),
    float64: new arrow.Float64(),
    utf8: new arrow.Utf8(),
  }[type];
}

function validity(nulls: Uint8Array | null | undefined, rows: number) {
  const bitmap = new Uint8Array((rows + 7) >> 3);
  let nullCount = 0;
  for (let i = 0; i < rows; i++) {
    if (nulls?.[i]) nullCount++;
    else bitmap[i >> 3]! |= 1 << (i & 7);
  }
  return { nullCount, nullBitmap: bitmap };
}

function wholeNumbers(values: ParquetValues, rows: number, bias: bigint): BigInt64Array {
  if (values instanceof BigInt64Array) return values.slice(0, rows);
  const out = new BigInt64Array(rows);
  for (let i = 0; i < rows; i++) out[i] = BigInt(values[i] as number) + bias;
  return out;
}

function columnData(arrow: Arrow, field: ParquetField, batch: ParquetBatch, c: number) {
  const { rows } = batch;
  const values = batch.columns[c]!;
  const type = arrowType(arrow, field.type);
  const { nullCount, nullBitmap } = validity(batch.nulls?.[c], rows);
  const data =
    field.type === 'int64'
      ? wholeNumbers(values, rows, batch.bias?.[c] ?? 0n)
      : (values as Float64Array).slice(0, rows);
  const made = { type, length: rows, nullCount, data, ...(nullCount > 0 ? { nullBitmap } : {}) };
  return arrow.makeData(made as Parameters<typeof arrow.makeData>[0]);
}

/**
 * Writes batches as one Arrow IPC stream.
 * @returns rows written.
 */
export async function writeArrowStream(
  output: Output,
  fields: readonly ParquetField[],
  batches: Iterable<ParquetBatch>,
): Promise<number> {
  const arrow = await import('apache-arrow');
  const schema = new arrow.Schema(
    fields.map((f) => new arrow.Field(f.name, arrowType(arrow, f.type), true)),
  );
  const writer = new arrow.RecordBatchStreamWriter();
  const pieces = writer[Symbol.asyncIterator]();
  let rows = 0;
  const pump = (async () => {
    for (let p = await pieces.next(); !p.done; p = await pieces.next()) {
      await output.write(p.value as Uint8Array);
    }
  })();
  writer.reset(undefined, schema);
  for (const batch of batches) {
    const children = fields.map((field, c) => columnData(arrow, field, batch, c));
    const type = new arrow.Struct(schema.fields);
    const data = arrow.makeData({ type, length: batch.rows, nullCount: 0, children });
    writer.write(new arrow.RecordBatch(schema, data));
    rows += batch.rows;
    await new Promise((done) => setImmediate(done));
  }
  writer.finish();
  await pump;
  return rows;
}
