/**
 * What the four ingests have in common: raw day in, a partition for each contract found out.
 */
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { DataError } from '../../core/index.ts';
import { rtypeOf, type Schema } from '../../dbn/index.ts';
import { type Definitions, findDefinitionFiles, readDefinitions } from '../../feed/index.ts';
import {
  type DefinitionVenue,
  dateToUnixNs,
  findRawDay,
  type PartitionRef,
  type TableRef,
} from '../../lake/index.ts';
import type {
  Counters,
  PublishedPartition,
  StageInput,
  StageIo,
  StageReport,
  StageTask,
} from '../stage.ts';
import type { BatchRows } from './batch-rows.ts';
import { type DaySource, openDay } from './day-source.ts';
import { InstrumentNames } from './instrument-names.ts';
import { InstrumentRoutes, type Placement } from './instrument-routes.ts';
import { RecordSpill } from './record-spill.ts';
import { readHead, type Split, spilledPartition, streamPartition } from './split-records.ts';

/** What sets one ingest apart from the others. */
export interface Ingest {
  table: TableRef;
  schema: Schema;
  /** Bytes of a record without a trailer. */
  recordBytes: number;
  venue: DefinitionVenue;
  /** Nothing can be made without definitions. */
  definitionsRequired: boolean;
  place(names: InstrumentNames, task: StageTask): (instrumentId: number) => Placement;
  /** Makes the rows of a partition. */
  makeRows(originNs: bigint): BatchRows;
}

/** What a task of the ingest reads. @throws DataError SYMBOL_NOT_FOUND, DATE_NOT_FOUND */
export function ingestInputs(ingest: Ingest, task: StageTask): StageInput[] {
  const { lake, productType, symbol, dt } = task;
  const records = findRawDay(lake, productType, symbol, dt);
  const definitions = findDefinitionFiles(lake, ingest.venue, dt);
  return [
    { kind: 'raw', role: 'records', path: records.path },
    ...definitions.map((path) => ({ kind: 'raw', role: 'definitions', path }) as const),
  ];
}

/** Runs an ingest. @throws DataError, OperatingError; nothing is published of a damaged file. */
export async function runIngest(
  ingest: Ingest,
  task: StageTask,
  io: StageIo,
): Promise<StageReport> {
  const { lake, productType, symbol, dt } = task;
  const records = findRawDay(lake, productType, symbol, dt);
  const definitionFiles = findDefinitionFiles(lake, ingest.venue, dt);
  const definitions = definitionFiles.length > 0 ? await readDefinitions(definitionFiles) : null;
  await io.noteRaw(records.path, 'records');
  for (const path of definitionFiles) await io.noteRaw(path, 'definitions');
  const source = await openDay(records.path, ingest.schema);
  const spill = new RecordSpill(spillPath(ingest, task), ingest.recordBytes);
  try {
    return await split(ingest, task, io, { source, spill, definitions });
  } finally {
    spill.close();
    source.close();
  }
}

interface Opened {
  source: DaySource;
  spill: RecordSpill;
  definitions: Definitions | null;
}

function spillPath(ingest: Ingest, { lake, symbol, dt }: StageTask): string {
  const { layer, productType } = ingest.table;
  const name = `.spill-${symbol}-${dt}-${process.pid}-${threadId}`;
  return join(lake, layer, `product_type=${productType}`, name);
}

async function split(
  ingest: Ingest,
  task: StageTask,
  io: StageIo,
  opened: Opened,
): Promise<StageReport> {
  const { source, spill, definitions } = opened;
  const names = new InstrumentNames(task.dt, source.metadata, definitions);
  const routes = new InstrumentRoutes(ingest.place(names, task));
  const one: Split = {
    next: () => source.next(),
    rtype: rtypeOf(ingest.schema),
    routes,
    spill,
    others: { records: 0 },
    onOther: (run) => {
      names.addMappings(run);
      routes.forgetUnmapped();
    },
  };
  const largest = readHead(one);
  const published: PublishedPartition[] = [];
  const publish = async (k: number, isLargest: boolean) => {
    const rows = ingest.makeRows(dateToUnixNs(task.dt));
    const ref: PartitionRef = {
      ...ingest.table,
      symbol: routes.partitions[k]!.symbol,
      dt: task.dt,
    };
    const batches = isLargest ? streamPartition(one, k, rows) : spilledPartition(one, k, rows);
    const counters = () => ({ ...fileCounters(one, source), ...rows.counts });
    published.push(await io.publish(ref, batches, counters));
  };
  if (largest >= 0) await publish(largest, true);
  for (const k of bySymbol(routes)) if (k !== largest) await publish(k, false);
  if (published.length === 0) throw nothingFound(task, names, one);
  return { published, counters: fileCounters(one, source), rowsRead: recordsOf(one) };
}

function bySymbol(routes: InstrumentRoutes): number[] {
  const symbols = routes.partitions.map((p) => p.symbol);
  return [...symbols.keys()].sort((a, b) => (symbols[a]! < symbols[b]! ? -1 : 1));
}

function fileCounters(one: Split, source: DaySource): Counters {
  return {
    ...one.routes.leftOutRecords,
    other_rtype_records: one.others.records,
    ...source.counters(),
  };
}

function recordsOf({ routes }: Split): number {
  const left = Object.values(routes.leftOutRecords).reduce((a, b) => a + b, 0);
  return routes.partitions.reduce((sum, p) => sum + p.records, left);
}
function nothingFound(task: StageTask, names: InstrumentNames, one: Split): DataError {
  if (names.empty && one.routes.leftOutRecords.unmapped_records > 0) {
    return new DataError('DEFINITIONS', 'nothing says what the instruments of the file are', {
      found: 'neither symbol mappings nor definitions',
      expected: 'definitions of the day',
    });
  }
  return new DataError('SYMBOL_NOT_FOUND', `no records of ${task.symbol} on ${task.dt}`);
}
