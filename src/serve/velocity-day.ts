/**
 * A day of the lake as the velocity stream shows it: what there is of it, and its windows, a block
 * at a time. Runs on the reading thread.
 */
import { createHash } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DataError, isKnownError, NS_PER_SECOND } from '../core/index.ts';
import { ACTIVITY_STEP_SECONDS } from '../feed/index.ts';
import { readyForecast } from '../forecast/index.ts';
import {
  type ColumnRequest,
  datasetName,
  dateToUnixNs,
  loadContract,
  openPartitionRanges,
  type PartitionRanges,
  type PartitionRef,
  type Product,
  type ProductType,
  type TableRows,
} from '../lake/index.ts';
import { checkMadeOf, commandFor, forecastRefs, microstructureColumns } from '../pipeline/index.ts';
import type { ForecastNotice } from '../wire/index.ts';
import type { VelocityBlock } from './velocity-block.ts';
import { encodeBlock } from './velocity-encode.ts';
import { type ForecastSource, forecastBlock } from './velocity-forecasts.ts';
import { type ForecastBasis, forecastBasis } from './velocity-parameters.ts';
import { bookColumns, optionColumns, strikeTicks } from './velocity-surfaces.ts';
import { eventsOfRow, secondOfRow, velocitySnapshotColumns } from './velocity-windows.ts';

/** Which day, as the reading thread is asked for it. */
export interface VelocityDayRequest {
  lake: string;
  productType: ProductType;
  /** Contract or ticker. */
  symbol: string;
  dt: string;
  product: Product;
  allowUnproven: boolean;
}

/** What the server has to know of a day. */
export interface VelocityDayFacts {
  /** Names everything that its frames depend on, 16 hex digits. */
  key: string;
  /** Seconds of the first and last window's end. */
  first: number;
  last: number;
  /** Second of the first bar, and events a bar of `ACTIVITY_STEP_SECONDS`. */
  activity: { start: number; events: number[] };
  options: { available: boolean; symbol: string | null; reason: string };
  forecast: ForecastNotice;
}

/** An open day. */
export interface VelocityDay {
  readonly facts: VelocityDayFacts;
  /** Which files it reads: others after any replacement. */
  readonly files: string;
  /**
   * Windows that end in [from, to) s.
   * @throws DataError PARTITION_DAMAGED, CONTRACT; OperatingError PARTITION_BUSY
   */
  block(session: string, from: number, to: number): Promise<VelocityBlock>;
  /** Compares every file's bytes with its manifest. @throws DataError PARTITION_DAMAGED */
  checkBytes(): Promise<void>;
}

interface DayTables {
  snapshot: PartitionRanges;
  surface: PartitionRanges;
  options: PartitionRanges | null;
  microstructure: PartitionRanges | null;
}

function missing(ref: PartitionRef): DataError {
  return new DataError('PARTITION_MISSING', `${datasetName(ref)} ${ref.symbol} ${ref.dt}`, {
    found: 'nothing published',
    expected: `\`${commandFor(ref)}\` to make it`,
  });
}

const isMissing = (error: unknown) => isKnownError(error) && error.code === 'PARTITION_MISSING';

/** Opens the tables of a day; options and microstructure may be absent. */
async function openTables(
  connection: DuckDBConnection,
  request: VelocityDayRequest,
): Promise<DayTables> {
  const { lake, dt } = request;
  const originNs = dateToUnixNs(dt);
  const refs = forecastRefs(request);
  const open = (ref: PartitionRef, columns: ColumnRequest[]) =>
    openPartitionRanges(connection, lake, ref, loadContract(ref), columns);
  const needed = (ref: PartitionRef, columns: ColumnRequest[]) =>
    open(ref, columns).catch((error) => {
      throw isMissing(error) ? missing(ref) : error;
    });
  const wanted = (ref: PartitionRef, columns: ColumnRequest[]) =>
    open(ref, columns).catch((error) => {
      if (isMissing(error)) return null;
      throw error;
    });
  const surface = await needed(refs.surface, bookColumns(originNs));
  const snapshot = await needed(refs.snapshot, velocitySnapshotColumns(originNs));
  const at = { ref: refs.snapshot, manifest: snapshot.manifest };
  checkMadeOf({ ref: refs.surface, manifest: surface.manifest }, at);
  return {
    snapshot,
    surface,
    options: await wanted(refs.options, optionColumns(originNs)),
    microstructure: await wanted(refs.microstructure, microstructureColumns(originNs)),
  };
}

/** All rows of a table of one row a second. */
function wholeDay(table: PartitionRanges): Promise<TableRows> {
  const { keyMin, keyMax } = table.manifest;
  if (keyMin === null || keyMax === null) return table.read(0n, 0n);
  return table.read(BigInt(keyMin), BigInt(keyMax) + 1n);
}

/** Without microstructure there are no features, and without them no forecast. */
function noticeOf(basis: ForecastBasis, hasFeatures: boolean, ref: PartitionRef): ForecastNotice {
  const { notice } = basis;
  if (hasFeatures || !notice.available) return notice;
  return { ...notice, available: false, reason: missing(ref).message };
}

function activityOf(snapshots: TableRows): VelocityDayFacts['activity'] {
  const start = Math.floor(secondOfRow(snapshots, 0) / ACTIVITY_STEP_SECONDS);
  const events: number[] = [];
  for (let row = 0; row < snapshots.rows; row++) {
    // A window's events lie before its end.
    const bar = Math.floor((secondOfRow(snapshots, row) - 1) / ACTIVITY_STEP_SECONDS) - start;
    while (events.length <= bar) events.push(0);
    if (bar >= 0) events[bar] = events[bar]! + eventsOfRow(snapshots, row);
  }
  return { start: start * ACTIVITY_STEP_SECONDS, events };
}

class OpenDay implements VelocityDay {
  readonly facts: VelocityDayFacts;
  readonly files: string;
  private readonly tables: DayTables;
  private readonly source: ForecastSource;
  private readonly basis: ForecastBasis;
  private readonly originNs: bigint;

  constructor(
    tables: DayTables,
    source: ForecastSource,
    basis: ForecastBasis,
    facts: VelocityDayFacts,
  ) {
    this.facts = facts;
    this.files = Object.values(tables)
      .map((table: PartitionRanges | null) => table?.identity ?? '')
      .join(' ');
    this.tables = tables;
    this.source = source;
    this.basis = basis;
    this.originNs = dateToUnixNs(source.name.dt);
  }

  async block(session: string, from: number, to: number): Promise<VelocityBlock> {
    const at = (second: number) => this.originNs + BigInt(second) * BigInt(NS_PER_SECOND);
    const book = await this.tables.surface.read(at(from), at(to));
    const options = (await this.tables.options?.read(at(from), at(to))) ?? null;
    const strikes = options ? strikeTicks(options, this.source.tick) : new Int32Array(0);
    const rows = { book, options, strikes };
    const told = forecastBlock(this.source, rows, from, to);
    const { snapshots } = this.source;
    const { originNs } = this;
    const notice = this.facts.forecast;
    const { provenSeconds, allowUnproven } = this.basis;
    const content = { session, originNs, snapshots, rows, told, notice, provenSeconds };
    return encodeBlock({ ...content, allowUnproven }, from, to);
  }

  async checkBytes(): Promise<void> {
    const { snapshot, surface, options, microstructure } = this.tables;
    for (const table of [snapshot, microstructure, options, surface]) await table?.checkBytes();
  }
}

function optionFacts(tables: DayTables, ref: PartitionRef): VelocityDayFacts['options'] {
  if (tables.options) return { available: true, symbol: ref.symbol, reason: '' };
  return { available: false, symbol: null, reason: missing(ref).message };
}

function keyOf(tables: DayTables, forecast: ForecastNotice, symbol: string): string {
  const parts = [symbol, JSON.stringify(forecast)];
  const { snapshot, surface, options, microstructure } = tables;
  for (const table of [snapshot, surface, options, microstructure]) {
    parts.push(table?.manifest.sha256 ?? '');
  }
  return createHash('sha256').update(parts.join('|')).digest('hex').slice(0, 16);
}

/**
 * Opens a day. Manifests, lengths and columns are checked now; the bytes by `checkBytes`.
 * @param connection of the caller, who keeps and closes it.
 * @throws DataError PARTITION_MISSING naming the command that makes what is not there,
 * PARTITION_DAMAGED, CONTRACT
 */
export async function openVelocityDay(
  connection: DuckDBConnection,
  request: VelocityDayRequest,
): Promise<VelocityDay> {
  const { productType, symbol, dt, product } = request;
  const refs = forecastRefs(request);
  const tables = await openTables(connection, request);
  const snapshots = await wholeDay(tables.snapshot);
  if (snapshots.rows === 0) throw missing(refs.snapshot);
  const microstructure = tables.microstructure && (await wholeDay(tables.microstructure));
  const basis = forecastBasis({ ...request, root: product.root });
  const forecast = noticeOf(basis, microstructure !== null, refs.microstructure);
  const facts: VelocityDayFacts = {
    key: keyOf(tables, forecast, symbol),
    first: secondOfRow(snapshots, 0),
    last: secondOfRow(snapshots, snapshots.rows - 1),
    activity: activityOf(snapshots),
    options: optionFacts(tables, refs.options),
    forecast,
  };
  const source: ForecastSource = {
    name: { root: product.root, dt, symbol, productType },
    tick: product.tickSizeInt,
    bucketTicks: product.bucketTicks,
    snapshots,
    microstructure,
    ready: forecast.available && basis.parameters ? readyForecast(basis.parameters) : null,
  };
  return new OpenDay(tables, source, basis, facts);
}
