/**
 * The table of tables: `config/datasets.yaml`, read once and validated as a whole.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { DataError } from '../core/index.ts';
import { shippedConfigFolder } from './config-folder.ts';
import { LAYERS, type TableRef } from './partition-ref.ts';
import { PRODUCT_TYPES } from './raw-paths.ts';

/** A table as the configuration states it. */
export interface Dataset {
  /** `gold.future_mbo.physics_surface_1s`. */
  name: string;
  /** What it is called elsewhere; null for a table that is one file (the contract selection). */
  table: TableRef | null;
  /** Below the lake, `/` between folders; `{symbol}` and `{dt}` stand for a partition's own. */
  path: string;
  partitionKeys: readonly string[];
  /** Below the package, `contracts/….avsc`. */
  contract: string;
  /** Stage, or command, that writes it. */
  stage: string;
}

const datasetRow = z.strictObject({
  layer: z.enum([...LAYERS, 'selection']),
  path: z.string().regex(/^(?!\/)(?!.*\.\.)[\w/={}.-]+$/, 'expected a path below the lake'),
  partition_keys: z.array(z.enum(['symbol', 'dt'])),
  contract: z.string().regex(/^contracts\/[\w/]+\.avsc$/, 'expected contracts/….avsc'),
  stage: z.string().min(1),
});
const datasetFile = z.strictObject({ datasets: z.record(z.string(), datasetRow) });

function invalid(file: string, key: string, message: string): DataError {
  return new DataError('CONFIG', `${file}: ${key || 'the file'}: ${message}`);
}

function tableOf(name: string): TableRef | null {
  const [layerName, typeName, table, ...more] = name.split('.');
  const layer = LAYERS.find((l) => l === layerName);
  const productType = PRODUCT_TYPES.find((t) => t === typeName);
  if (!layer || !productType || !table || more.length > 0) return null;
  return { layer, productType, table };
}

function toDataset(file: string, name: string, row: z.infer<typeof datasetRow>): Dataset {
  const table = tableOf(name);
  if ((table?.layer ?? 'selection') !== row.layer) {
    throw invalid(
      file,
      `datasets.${name}`,
      'expected a name LAYER.PRODUCT_TYPE.TABLE of its layer',
    );
  }
  for (const key of row.partition_keys) {
    if (row.path.includes(`{${key}}`)) continue;
    throw invalid(file, `datasets.${name}.path`, `does not hold {${key}}`);
  }
  const { path, contract, stage } = row;
  return { name, table, path, partitionKeys: row.partition_keys, contract, stage };
}

function readYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const said = (cause as Error).message.split('\n')[0];
    throw invalid(file, '', `cannot be read as YAML (${said})`);
  }
}

/**
 * Reads `datasets.yaml` of a configuration folder (default: the one shipped with the
 * package).
 * @throws DataError CONFIG naming the file and the key that is wrong.
 */
export function loadDatasets(configFolder: string = shippedConfigFolder()): readonly Dataset[] {
  const file = join(configFolder, 'datasets.yaml');
  const parsed = datasetFile.safeParse(readYaml(file));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(file, issue?.path.join('.') ?? '', issue?.message ?? 'not valid');
  }
  return Object.entries(parsed.data.datasets).map(([name, row]) => toDataset(file, name, row));
}
