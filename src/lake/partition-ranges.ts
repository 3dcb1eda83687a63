/**
 * Parts of a partition, asked for again and again: the rows of a range of its first key column, in
 * the order of the file. DuckDB reads only the row groups that can hold them.
 */
import { createHash } from 'node:crypto';
import { open as openFile } from 'node:fs/promises';
import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { DataError, OperatingError } from '../core/index.ts';
import type { PartitionManifest } from './manifest.ts';
import { sqlName, sqlText } from './parquet-database.ts';
import type { WritableVector } from './parquet-vector.ts';
import { fileIdentity, type ResolvedPartition, resolvePartition } from './partition-files.ts';
import { datasetName, type PartitionRef } from './partition-ref.ts';
import { ColumnCopy, type WantedColumn, wantedColumns, wantedSql } from './read-columns.ts';
import { makeSlotView, type SlotView } from './read-ring.ts';
import type { TableContract } from './table-contract.ts';
import type { ColumnRequest, TableRows } from './table-rows.ts';
import { type ColumnTexts, checkFileColumns, readingFile, readTexts } from './table-scan.ts';

/** Bytes hashed between two turns of the event loop. */
const HASH_TURN_BYTES = 512 * 1024;

/** A partition that is open for ranges. It holds no file between two calls. */
export interface PartitionRanges {
  readonly manifest: PartitionManifest;
  /** Which file it reads: another one after any replacement. */
  readonly identity: string;
  /**
   * The rows whose first key column is in [from, to), in arrays of the caller's own.
   * @throws DataError PARTITION_DAMAGED, CONTRACT; OperatingError PARTITION_BUSY when the file is
   * another one by now.
   */
  read(from: bigint, to: bigint): Promise<TableRows>;
  /**
   * Compares the file's bytes with the manifest, in turns that leave the thread to others.
   * @throws DataError PARTITION_DAMAGED; OperatingError PARTITION_BUSY, FILE_READ
   */
  checkBytes(): Promise<void>;
}

class Ranges implements PartitionRanges {
  readonly manifest: PartitionManifest;
  readonly identity: string;
  private readonly connection: DuckDBConnection;
  private readonly name: string;
  private readonly place: ResolvedPartition;
  private readonly wanted: readonly WantedColumn[];
  private readonly texts: ColumnTexts;
  private readonly sql: string;
  private readonly key: string;

  constructor(
    connection: DuckDBConnection,
    name: string,
    place: ResolvedPartition,
    wanted: readonly WantedColumn[],
    texts: ColumnTexts,
    key: string,
  ) {
    this.manifest = place.manifest;
    this.identity = place.identity;
    this.connection = connection;
    this.name = name;
    this.place = place;
    this.wanted = wanted;
    this.texts = texts;
    const columns = wanted.map((w, k) => wantedSql(w, texts[k]!)).join(', ');
    const source = `read_parquet(${sqlText(place.dataPath)}, hive_partitioning = false)`;
    this.sql = `SELECT ${columns} FROM ${source}`;
    this.key = sqlName(key);
  }

  async read(from: bigint, to: bigint): Promise<TableRows> {
    const chunks = await this.reading(() => this.chunksOf(from, to));
    const rows = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
    const copies = this.wanted.map((w) => new ColumnCopy(w, this.name));
    const views = this.wanted.map((w) => makeSlotView(w.slot, rows));
    const anyAbsent = this.wanted.map(() => false);
    let at = 0;
    for (const chunk of chunks) {
      const count = chunk.rowCount;
      for (let k = 0; k < views.length; k++) {
        const vector = chunk.getColumnVector(k) as unknown as WritableVector;
        if (copies[k]!.copy(vector, views[k]!, at, count, at)) anyAbsent[k] = true;
      }
      at += count;
    }
    return this.rowsOf(rows, views, anyAbsent);
  }

  async checkBytes(): Promise<void> {
    const { dataPath, manifest } = this.place;
    const found = await this.reading(() => hashInTurns(dataPath));
    if (found === manifest.sha256) return;
    const expected = manifest.sha256;
    throw new DataError('PARTITION_DAMAGED', this.name, { file: dataPath, found, expected });
  }

  private rowsOf(rows: number, views: SlotView[], anyAbsent: boolean[]): TableRows {
    return {
      rows,
      columns: views.map((v) => v.values),
      high: views.map((v) => v.high),
      nulls: views.map((v, k) => (anyAbsent[k] ? v.absent : null)),
      texts: this.wanted.map((w, k) => (w.field.type === 'dictionary' ? this.texts[k]! : null)),
    };
  }

  private async chunksOf(from: bigint, to: bigint): Promise<DuckDBDataChunk[]> {
    const within = `${this.key} >= ${from} AND ${this.key} < ${to}`;
    const result = await this.connection.stream(`${this.sql} WHERE ${within}`);
    const chunks: DuckDBDataChunk[] = [];
    for (;;) {
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) return chunks;
      chunks.push(chunk);
    }
  }

  /** What was read while the file was replaced is nothing. */
  private async reading<T>(read: () => Promise<T>): Promise<T> {
    const { dataPath, identity } = this.place;
    let answer: T | undefined;
    let failure: unknown = null;
    try {
      answer = await readingFile(dataPath, read);
    } catch (error) {
      failure = error;
    }
    if (fileIdentity(dataPath) !== identity) {
      const message = `${this.name}: replaced since it was opened`;
      throw new OperatingError('PARTITION_BUSY', message, { retryable: true });
    }
    if (failure !== null) throw failure;
    return answer as T;
  }
}

async function hashInTurns(path: string): Promise<string> {
  const hash = createHash('sha256');
  const buffer = new Uint8Array(HASH_TURN_BYTES);
  const file = await openFile(path, 'r').catch((cause) => {
    throw new OperatingError('FILE_READ', `${path}: ${(cause as Error).message}`, { cause });
  });
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

/**
 * Opens a published partition for ranges. Length, manifest and columns are checked at once; its
 * bytes only by `checkBytes`, for that takes as long as reading the whole file.
 * @param connection of the caller, who keeps and closes it.
 * @throws DataError PARTITION_MISSING, PARTITION_DAMAGED, CONTRACT; OperatingError PARTITION_BUSY
 */
export async function openPartitionRanges(
  connection: DuckDBConnection,
  lake: string,
  ref: PartitionRef,
  contract: TableContract,
  requests: readonly ColumnRequest[],
): Promise<PartitionRanges> {
  const name = `${datasetName(ref)} ${ref.symbol} ${ref.dt}`;
  const place = resolvePartition(lake, ref, false);
  if (place.manifest.contractSha256 !== contract.sha256) {
    throw new DataError('CONTRACT', name, {
      found: `rows made under another contract, ${place.manifest.contractSha256.slice(0, 12)}`,
      expected: `${contract.sha256.slice(0, 12)}; \`spymaster pipeline run\` makes them anew`,
    });
  }
  const wanted = wantedColumns(contract.fields, requests, name);
  const texts = await readingFile(place.dataPath, async () => {
    await checkFileColumns(connection, place.dataPath, contract.fields, name);
    const asked = wanted.map((w) => w.field);
    return readTexts(connection, place.dataPath, asked);
  });
  return new Ranges(connection, name, place, wanted, texts, contract.key[0]!);
}
