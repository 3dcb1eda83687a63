/**
 * What the four ingests have in common: a raw day in, a partition for each contract found out.
 */
import { DataError } from '../../core/index.ts';
import { rtypeOf } from '../../dbn/index.ts';
import {
  type Definitions,
  findDefinitionFiles,
  readDefinitions,
  requireDefinitionFiles,
} from '../../feed/index.ts';
import {
  type DefinitionVenue,
  dateToUnixNs,
  type RawDay,
  rawDefinitionFolder,
  type TableRef,
} from '../../lake/index.ts';
import type {
  Counters,
  PublishedPartition,
  Stage,
  StageInput,
  StageIo,
  StageReport,
  StageTask,
} from '../stage.ts';
import type { BatchRows } from './batch-rows.ts';
import { DayCoverage } from './day-coverage.ts';
import type { DaySource } from './day-source.ts';
import { InstrumentNames } from './instrument-names.ts';
import { InstrumentRoutes, type Placement } from './instrument-routes.ts';
import { type DayForm, dayFiles, openDay } from './open-day.ts';
import { RecordSpill } from './record-spill.ts';
import { readHead, type Split, spilledPartition, streamPartition } from './split-records.ts';
import { temporaryPath } from './temporary-path.ts';

/** Symbols named in a SYMBOL_NOT_FOUND message. */
const MAX_SYMBOLS_NAMED = 12;

/** What sets one ingest apart from the others. */
export interface Ingest extends DayForm {
  /** Name and version of its stage. */
  name: string;
  version: number;
  table: TableRef;
  venue: DefinitionVenue;
  /** Without definitions of the day nothing can be made; otherwise they are used where found. */
  definitionsRequired: boolean;
  /** Says where instruments go; may count in `notes` what it meets. */
  place(names: InstrumentNames, task: StageTask, notes: Counters): (id: number) => Placement;
  /** Makes the rows of a partition. */
  makeRows(originNs: bigint): BatchRows;
  /** What its rows are of, in words. */
  wanted: string;
  /** Why a day of known instruments may hold nothing that is wanted; null: that is an error. */
  emptyDay: string | null;
}

interface Files {
  records: RawDay[];
  definitions: string[];
}

function filesOf(ingest: Ingest, task: StageTask): Files {
  const find = ingest.definitionsRequired ? requireDefinitionFiles : findDefinitionFiles;
  return {
    records: dayFiles(task),
    definitions: find(task.lake, ingest.venue, task.dt),
  };
}

/** The stage of an ingest. */
export function ingestStage(ingest: Ingest): Stage {
  const { name, version, table } = ingest;
  return {
    name,
    layer: 'bronze',
    productType: table.productType,
    version,
    outputs: [table],
    inputs: (task) => ingestInputs(ingest, task),
    run: (task, io) => runIngest(ingest, task, io),
  };
}

/**
 * What a task of the ingest reads.
 * @throws DataError SYMBOL_NOT_FOUND, DATE_NOT_FOUND naming what there is; DEFINITIONS when they
 * are needed and missing.
 */
function ingestInputs(ingest: Ingest, task: StageTask): StageInput[] {
  const { records, definitions } = filesOf(ingest, task);
  return [
    ...records.map(({ path }) => ({ kind: 'raw', role: 'records', path }) as const),
    ...definitions.map((path) => ({ kind: 'raw', role: 'definitions', path }) as const),
  ];
}

/**
 * Runs an ingest: the largest partition is published while the day is read, then the others. The
 * day is read to its end before any of them is published.
 * @throws DataError, OperatingError; nothing is published of a damaged file.
 */
async function runIngest(ingest: Ingest, task: StageTask, io: StageIo): Promise<StageReport> {
  const { records, definitions: paths } = filesOf(ingest, task);
  const definitions = paths.length > 0 ? await readDefinitions(paths) : null;
  for (const { path } of records) await io.noteRaw(path, 'records');
  for (const path of paths) await io.noteRaw(path, 'definitions');
  const source = await openDay(records, task, ingest);
  const spill = new RecordSpill(temporaryPath(task, 'spill'), ingest.recordBytes);
  try {
    return await new IngestRun(ingest, task, io, source, spill, definitions).run();
  } finally {
    spill.close();
    source.close();
  }
}

/** One day on its way. */
class IngestRun {
  private readonly ingest: Ingest;
  private readonly task: StageTask;
  private readonly io: StageIo;
  private readonly source: DaySource;
  private readonly names: InstrumentNames;
  private readonly coverage: DayCoverage;
  private readonly notes: Counters = {};
  private readonly split: Split;
  private readonly published: PublishedPartition[] = [];

  constructor(
    ingest: Ingest,
    task: StageTask,
    io: StageIo,
    source: DaySource,
    spill: RecordSpill,
    definitions: Definitions | null,
  ) {
    this.ingest = ingest;
    this.task = task;
    this.io = io;
    this.source = source;
    this.coverage = new DayCoverage(dateToUnixNs(task.dt));
    this.names = new InstrumentNames(task.dt, source.metadata, definitions);
    const routes = new InstrumentRoutes(ingest.place(this.names, task, this.notes));
    this.split = {
      next: () => this.next(),
      rtype: rtypeOf(ingest.schema),
      routes,
      spill,
      others: { records: 0 },
      onMappings: (run) => {
        this.names.addMappings(run);
        routes.forgetUnmapped();
      },
    };
  }

  async run(): Promise<StageReport> {
    const { split, published } = this;
    const { partitions } = split.routes;
    const largest = readHead(split);
    if (largest >= 0) await this.publish(largest, streamPartition);
    for (const k of bySymbol(partitions)) {
      if (k !== largest) await this.publish(k, spilledPartition);
    }
    const nothing = published.length === 0 ? { nothing: this.nothing() } : {};
    this.io.progress(1);
    return { published, ...nothing, counters: this.counters(), rowsRead: this.recordsRead() };
  }

  private next() {
    this.io.progress(this.source.progress());
    const run = this.source.next();
    if (run?.rtype === this.split.rtype) this.coverage.watch(run);
    return run;
  }

  private async publish(k: number, batchesOf: typeof streamPartition): Promise<void> {
    const { ingest, task, split, io } = this;
    const rows = ingest.makeRows(dateToUnixNs(task.dt));
    const ref = { ...ingest.table, symbol: split.routes.partitions[k]!.symbol, dt: task.dt };
    const counters = () => ({ ...this.counters(), ...rows.counts });
    this.published.push(await io.publish(ref, batchesOf(split, k, rows), counters));
  }

  /** Why nothing is published, in words. @throws DataError where that cannot be right. */
  private nothing(): string {
    const { emptyDay } = this.ingest;
    const { unmapped_records: unmapped, other_product_records: others } =
      this.split.routes.leftOutRecords;
    const records = this.recordsRead();
    if (unmapped > 0 && unmapped === records) throw this.unnamed();
    const known = records - unmapped - others;
    if (emptyDay === null || (known === 0 && records > 0)) throw this.nothingWanted();
    return `${emptyDay} (${this.leftOutInWords() || 'no record'})`;
  }

  /** Counts of records that are left out; empty without any. */
  private leftOutInWords(): string {
    return Object.entries(this.counters())
      .filter(([name, n]) => name.endsWith('_records') && n > 0)
      .map(([name, n]) => `${n} ${name.replaceAll('_', ' ')}`)
      .join(', ');
  }

  private counters(): Counters {
    return {
      ...this.split.routes.leftOutRecords,
      ...this.notes,
      other_rtype_records: this.split.others.records,
      ...this.source.counters(),
      covered_seconds: this.coverage.seconds,
    };
  }

  private recordsRead(): number {
    const { routes } = this.split;
    const left = Object.values(routes.leftOutRecords).reduce((a, b) => a + b, 0);
    return routes.partitions.reduce((sum, p) => sum + p.records, left);
  }

  private unnamed(): DataError {
    const { ingest, task, names } = this;
    const compact = task.dt.replaceAll('-', '');
    const folder = rawDefinitionFolder(task.lake, ingest.venue);
    const found = names.empty
      ? 'neither symbol mappings in the header nor definitions of the day'
      : 'mappings or definitions, but of other instruments or days';
    return new DataError('DEFINITIONS', `nothing names the instruments of ${task.symbol}`, {
      file: dayFiles(task)[0]!.path,
      found,
      expected: `the schema "definition" of the day as *${compact}*.dbn or .dbn.zst in ${folder}`,
    });
  }

  private nothingWanted(): DataError {
    const { ingest, task, names } = this;
    const counted = this.leftOutInWords();
    const symbols = names.symbols();
    const more = symbols.length > MAX_SYMBOLS_NAMED ? ' ...' : '';
    const known = symbols.slice(0, MAX_SYMBOLS_NAMED).join(', ') + more;
    return new DataError('SYMBOL_NOT_FOUND', `nothing of ${task.symbol} on ${task.dt}`, {
      file: dayFiles(task)[0]!.path,
      found: `${counted || 'no record'}${known === '' ? '' : `; symbols ${known}`}`,
      expected: ingest.wanted,
    });
  }
}

function bySymbol(partitions: readonly { symbol: string }[]): number[] {
  const numbers = partitions.map((_, k) => k);
  return numbers.sort((a, b) => (partitions[a]!.symbol < partitions[b]!.symbol ? -1 : 1));
}
