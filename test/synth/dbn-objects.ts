import { DbnDecoder, type DbnRecord, decodeRecord, type Metadata } from '../../src/dbn/index.ts';

/** A whole stream as objects. */
export function objectsOf(pieces: Iterable<Uint8Array>): {
  metadata: Metadata;
  records: DbnRecord[];
} {
  const decoder = new DbnDecoder();
  decoder.write(new Uint8Array(Buffer.concat([...pieces])));
  const records: DbnRecord[] = [];
  for (let run = decoder.next(); run; run = decoder.next()) {
    for (let i = 0; i < run.count; i++) records.push(decodeRecord(run, i));
  }
  if (decoder.end().truncated) throw new Error('the stream ends within a record');
  return { metadata: decoder.metadata!, records };
}
