/**
 * The partitions that a session's forecast is made of: which they are, that they belong together,
 * and their hashes.
 */
import { DataError, OperatingError } from '../../core/index.ts';
import type { ParameterInput } from '../../forecast/index.ts';
import {
  datasetName,
  type Layer,
  type LineageInput,
  type PartitionManifest,
  type PartitionRef,
  type Product,
  type ProductType,
  readManifest,
} from '../../lake/index.ts';
import { commandFor } from '../run-stage.ts';

/** Which session of which market. */
export interface MarketSession {
  product: Product;
  /** Futures or equities: there is no forecast of options. */
  productType: ProductType;
  /** Contract or ticker. */
  symbol: string;
  /** Session date, YYYY-MM-DD. */
  dt: string;
}

/** A partition and what its manifest said when it was found. */
export interface FoundPartition {
  ref: PartitionRef;
  manifest: PartitionManifest;
}

/** The partitions of a session; `options` is null where the day has none. */
export interface ForecastPartitions {
  snapshot: FoundPartition;
  surface: FoundPartition;
  microstructure: FoundPartition;
  options: FoundPartition | null;
}

/** Whose resting liquidity counts as an obstacle too. @throws DataError USAGE for options. */
function optionTypeOf(productType: ProductType): ProductType {
  if (productType === 'future_mbo') return 'future_option_mbo';
  if (productType === 'equity_mbo') return 'equity_option_cmbp_1';
  throw new DataError('USAGE', 'there is no forecast of options', {
    found: productType,
    expected: 'future_mbo or equity_mbo',
  });
}

function refOf(
  session: MarketSession,
  layer: Layer,
  productType: ProductType,
  table: string,
): PartitionRef {
  return { layer, productType, table, symbol: session.symbol, dt: session.dt };
}

/** The partitions that a session's forecast reads, whether they are there or not. */
export function forecastRefs(
  session: MarketSession,
): Record<keyof ForecastPartitions, PartitionRef> {
  const { productType } = session;
  return {
    snapshot: refOf(session, 'silver', productType, 'book_snapshot_1s'),
    surface: refOf(session, 'gold', productType, 'physics_surface_1s'),
    microstructure: refOf(session, 'gold', productType, 'microstructure_1s'),
    options: refOf(session, 'gold', optionTypeOf(productType), 'physics_surface_1s'),
  };
}

function named(ref: PartitionRef): string {
  return `${datasetName(ref)} ${ref.symbol} ${ref.dt}`;
}

function isMissing(error: unknown): error is DataError {
  return error instanceof DataError && error.code === 'PARTITION_MISSING';
}

function find(lake: string, ref: PartitionRef): FoundPartition {
  try {
    return { ref, manifest: readManifest(lake, ref) };
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new DataError('PARTITION_MISSING', `${named(ref)} is not there`, {
      expected: `\`${commandFor(ref)}\` to make it`,
    });
  }
}

function findIfThere(lake: string, ref: PartitionRef): FoundPartition | null {
  try {
    return { ref, manifest: readManifest(lake, ref) };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** @throws DataError PARTITION_DAMAGED when `made` was made of another `of` than there is now. */
export function checkMadeOf(made: FoundPartition, of: FoundPartition): void {
  const isSame = (input: LineageInput) =>
    input.role === 'partition' &&
    input.dataset === of.manifest.dataset &&
    input.symbol === of.manifest.symbol &&
    input.dt === of.manifest.dt;
  const stated = made.manifest.inputs.find(isSame);
  if (stated === undefined || stated.sha256 === of.manifest.sha256) return;
  throw new DataError('PARTITION_DAMAGED', `${named(made.ref)} is stale`, {
    found: `one made of another ${named(of.ref)} than is there now`,
    expected: `\`${commandFor(made.ref)}\` to make it anew`,
  });
}

/**
 * Finds the partitions of a session. A day without options has none: that is no error unless they
 * are required.
 * @throws DataError PARTITION_MISSING naming the command that makes what is not there;
 * PARTITION_DAMAGED when a table was made of another snapshot than there is now.
 */
export function findForecastPartitions(
  lake: string,
  session: MarketSession,
  optionsRequired: boolean,
): ForecastPartitions {
  const refs = forecastRefs(session);
  const surface = find(lake, refs.surface);
  const microstructure = find(lake, refs.microstructure);
  const snapshot = find(lake, refs.snapshot);
  const options = optionsRequired ? find(lake, refs.options) : findIfThere(lake, refs.options);
  checkMadeOf(surface, snapshot);
  checkMadeOf(microstructure, snapshot);
  return { snapshot, surface, microstructure, options };
}

/** What parameters say they were made of. */
export function parameterInputs(found: ForecastPartitions): ParameterInput[] {
  const { surface, microstructure, snapshot, options } = found;
  return [surface, microstructure, snapshot, ...(options ? [options] : [])].map(
    ({ manifest: { dt, dataset, symbol, sha256 } }) => ({ dt, dataset, symbol, sha256 }),
  );
}

/** @throws OperatingError PARTITION_BUSY when one was replaced since it was found. */
export function checkUnchanged(lake: string, found: ForecastPartitions): void {
  for (const partition of Object.values(found) as (FoundPartition | null)[]) {
    if (!partition) continue;
    if (readManifest(lake, partition.ref).sha256 === partition.manifest.sha256) continue;
    const message = `${named(partition.ref)} was replaced while it was read`;
    throw new OperatingError('PARTITION_BUSY', message, { retryable: true });
  }
}
