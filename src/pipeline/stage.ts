/**
 * What every stage is: a named step from partitions (or raw files) to partitions.
 */
import type {
  ColumnRequest,
  Layer,
  PartitionRef,
  Product,
  ProductType,
  SessionChoice,
  TableBatch,
  TableReader,
  TableRef,
} from '../lake/index.ts';

/** What a stage is asked to make. */
export interface StageTask {
  lake: string;
  productType: ProductType;
  /** Bronze: root or ticker. Silver and gold: contract or ticker. */
  symbol: string;
  /** Session date, YYYY-MM-DD. */
  dt: string;
  product: Product;
  session: SessionChoice;
}

/** Where an input lies. */
export type StageInput =
  | { kind: 'partition'; ref: PartitionRef }
  | { kind: 'raw'; role: 'records' | 'definitions'; path: string };

/** What a stage left out or met, by name: never negative. */
export type Counters = Record<string, number>;

/** A partition that was published. */
export interface PublishedPartition {
  ref: PartitionRef;
  rows: number;
  bytes: number;
  /** Sha256 of the data file, hex. */
  sha256: string;
}

/** What a run of a stage did. */
export interface StageReport {
  published: PublishedPartition[];
  /** Of an ingest that published nothing, for the day has nothing to publish: why, in words. */
  nothing?: string;
  counters: Counters;
  /** Rows or records read, for rates. */
  rowsRead: number;
}

/** What a stage may do with the lake; whoever runs it decides how. */
export interface StageIo {
  /**
   * Opens a published partition for reading and notes it in the lineage. Batches come in the order
   * of the file.
   * @throws DataError PARTITION_MISSING, PARTITION_DAMAGED, CONTRACT
   */
  open(ref: PartitionRef, columns: readonly ColumnRequest[]): Promise<TableReader>;
  /** Notes a raw file in the lineage: it is read by the stage itself. */
  noteRaw(path: string, role: 'records' | 'definitions'): Promise<void>;
  /**
   * Writes a partition by the publish protocol, with everything noted so far as its lineage.
   * `batches` is pulled synchronously; `counters` is read once it is exhausted.
   */
  publish(
    ref: PartitionRef,
    batches: Iterable<TableBatch>,
    counters: () => Counters,
  ): Promise<PublishedPartition>;
  /** Says how far the stage is, 0..1, now and then. */
  progress(part: number): void;
}

/** One step of the pipeline. */
export interface Stage {
  /** Published name, such as `silver_compute_book_states_1s`. */
  name: string;
  layer: Layer;
  productType: ProductType;
  /** What tells it from the first stage of its layer and product type; that one has none. */
  part?: string;
  /** Raised whenever the same inputs give other bits: partitions made before are then stale. */
  version: number;
  /** Model constants that its output depends on: a change of one makes partitions stale. */
  constants?: Readonly<Record<string, number | string>>;
  /** Tables it writes; every one for every task that it is given. */
  outputs: readonly TableRef[];
  /**
   * What a task reads.
   * @throws DataError DATE_NOT_FOUND, SYMBOL_NOT_FOUND when raw files are not there.
   */
  inputs(task: StageTask): StageInput[];
  run(task: StageTask, io: StageIo): Promise<StageReport>;
}
