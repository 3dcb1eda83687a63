/**
 * Where the files of a job go: `{table's folder}/{job id}/`, where bronze finds them as they are.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../../core/index.ts';
import {
  type DefinitionVenue,
  type ProductType,
  type RawTable,
  rawDefinitionFolder,
  rawTableFolder,
  SYNTHETIC_MARKER,
} from '../../lake/index.ts';

/** What of a job decides where its files go. */
export interface JobPlace {
  dataset: string;
  schema: string;
  symbol: string;
  /** Futures only: `futures` or `futures_options`. */
  kind?: string | undefined;
}

/** Venues whose definitions the lake has a folder for. */
const VENUES: Record<string, DefinitionVenue> = {
  'GLBX.MDP3': 'glbx',
  'XNAS.ITCH': 'xnas',
  'OPRA.PILLAR': 'opra',
};

const TABLES: Record<string, RawTable> = {
  mbo: 'market_by_order_dbn',
  'cmbp-1': 'cmbp_1',
  statistics: 'statistics',
};

function productTypeOf({ dataset, kind }: JobPlace): ProductType | null {
  const venue = VENUES[dataset];
  if (venue === 'glbx') return kind === 'futures' ? 'future_mbo' : 'future_option_mbo';
  if (venue === 'xnas') return 'equity_mbo';
  return venue === 'opra' ? 'equity_option_cmbp_1' : null;
}

/** The folder of such data in a lake; null where the lake has no place for it. */
export function rawFolderOf(lake: string, place: JobPlace): string | null {
  const venue = VENUES[place.dataset];
  if (venue && place.schema === 'definition') return rawDefinitionFolder(lake, venue);
  const productType = productTypeOf(place);
  const table = TABLES[place.schema];
  const isQuotes = table === 'cmbp_1';
  const takesQuotes = productType === 'equity_option_cmbp_1';
  const fits = table === 'statistics' || isQuotes === takesQuotes;
  if (!productType || !table || !fits) return null;
  return rawTableFolder(lake, productType, place.symbol, table);
}

/**
 * The folder that a job's folder goes into.
 * @throws DataError USAGE when the lake has no place for such data.
 */
export function jobFolder(lake: string, place: JobPlace): string {
  const folder = rawFolderOf(lake, place);
  if (folder !== null) return folder;
  throw new DataError('USAGE', 'the lake has no table for this data', {
    found: `schema ${place.schema} of ${place.dataset}`,
    expected: 'mbo or statistics of GLBX.MDP3 and XNAS.ITCH, cmbp-1 or statistics of OPRA.PILLAR',
  });
}

/**
 * Refuses a folder that the synthetic market wrote to: real and made data never mix.
 * @throws DataError USAGE naming the folder.
 */
export function refuseSynthetic(folder: string): void {
  if (!existsSync(folder)) return;
  const inside = readdirSync(folder, { withFileTypes: true }).filter((e) => e.isDirectory());
  const folders = [folder, ...inside.map((entry) => join(folder, entry.name))];
  const made = folders.find((path) => existsSync(join(path, SYNTHETIC_MARKER)));
  if (made === undefined) return;
  throw new DataError('USAGE', `${made} holds synthetic data; choose another --lake`);
}
