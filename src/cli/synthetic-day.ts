/**
 * What a day of the synthetic market consists of, by kind of product: one row a product type.
 */
import type { FrameCompressor } from '../dbn/index.ts';
import type { DefinitionVenue, ProductType } from '../lake/index.ts';
import {
  EQUITY_DATASET,
  equityDay,
  FUTURES_DATASET,
  FutureOptionDay,
  FuturesDay,
  frontSymbol,
  futuresSpecs,
  OPRA_DATASET,
  type PricePath,
  ShareOptionDay,
  synthesizeDefinitions,
  synthesizeOptionStatistics,
  synthesizePath,
  synthesizeShareDefinitions,
  synthesizeShareOptionDefinitions,
  synthesizeStatistics,
  type TruthColumns,
} from '../synth/index.ts';

/** Root whose path drives every product that has none of its own. */
const DRIVER = 'ES';

/** One day of one root. */
export interface SyntheticDay {
  /** `future_mbo` when absent. */
  productType?: ProductType;
  root: string;
  /** Session date, YYYY-MM-DD. */
  dt: string;
  seed: number;
  /** How far the book tells the next move, 0..1. */
  signal: number;
  /** Mean records a second in the busy session. */
  rate: number;
  /** Part of the UTC day, ns since 00:00; the whole when absent. */
  startNs?: number;
  endNs?: number;
}

/** The files of a day. */
export interface DayFiles {
  /** Pieces of the record file, drawn while they are walked, once. */
  pieces: Iterable<Uint8Array>;
  /** How far the pieces are, ns of day. */
  at: () => number;
  definitions: () => Uint8Array[];
  /** To be called when the pieces were walked; null when the kind has none. */
  statistics: (() => Uint8Array[]) | null;
  truth: (() => TruthColumns) | null;
  /** The driver's path, whole when the pieces were walked. */
  path: PricePath;
}

/** How the day of a kind of product is made. */
export interface DayMaker {
  dataset: string;
  schema: 'mbo' | 'cmbp-1';
  venue: DefinitionVenue;
  /** What a day is about: the front contract or the ticker. */
  symbolOf: (day: SyntheticDay) => string;
  /** Draws a day; `path` is that of the driver's day of the same flags, when it is known. */
  make: (day: SyntheticDay, compress: FrameCompressor, path: PricePath | undefined) => DayFiles;
}

const pathOf = (day: SyntheticDay) => synthesizePath(DRIVER, day);

/** How the day of each kind of product is made. */
export const DAY_MAKERS: Readonly<Record<ProductType, DayMaker>> = {
  future_mbo: {
    dataset: FUTURES_DATASET,
    schema: 'mbo',
    venue: 'glbx',
    symbolOf: ({ root, dt }) => frontSymbol(root, dt),
    make: (day, compress) => {
      const { root, dt } = day;
      const market = new FuturesDay(futuresSpecs(root, dt), { ...day, compress });
      return {
        pieces: market.pieces(),
        at: () => market.nowNs,
        definitions: () => synthesizeDefinitions(root, dt, compress),
        statistics: () => synthesizeStatistics(market.markets, day, compress),
        truth: () => market.takeTruth(),
        path: market.path,
      };
    },
  },
  future_option_mbo: {
    dataset: FUTURES_DATASET,
    schema: 'mbo',
    venue: 'glbx',
    symbolOf: ({ root, dt }) => `${frontSymbol(root, dt)} options`,
    make: (day, compress, known) => {
      const { root, dt } = day;
      const path = known ?? pathOf(day);
      const market = new FutureOptionDay(root, path, { ...day, compress });
      return {
        pieces: market.pieces(),
        at: () => market.nowNs,
        definitions: () => synthesizeDefinitions(root, dt, compress),
        statistics: () =>
          synthesizeOptionStatistics(
            FUTURES_DATASET,
            market.quoted,
            day,
            compress,
            market.settlement,
          ),
        truth: null,
        path,
      };
    },
  },
  equity_mbo: {
    dataset: EQUITY_DATASET,
    schema: 'mbo',
    venue: 'xnas',
    symbolOf: ({ root }) => root,
    make: (day, compress, known) => {
      const path = known ?? pathOf(day);
      const market = equityDay(day.root, path, { ...day, compress });
      return {
        pieces: market.pieces(),
        at: () => market.nowNs,
        definitions: () => synthesizeShareDefinitions(day.root, day.dt, compress),
        statistics: null,
        truth: null,
        path,
      };
    },
  },
  equity_option_cmbp_1: {
    dataset: OPRA_DATASET,
    schema: 'cmbp-1',
    venue: 'opra',
    symbolOf: ({ root }) => `${root} options`,
    make: (day, compress, known) => {
      const { root, dt } = day;
      const path = known ?? pathOf(day);
      const market = new ShareOptionDay(root, path, { ...day, compress });
      return {
        pieces: market.pieces(),
        at: () => market.nowNs,
        definitions: () => synthesizeShareOptionDefinitions(root, dt, compress),
        statistics: () => synthesizeOptionStatistics(OPRA_DATASET, market.quoted, day, compress),
        truth: null,
        path,
      };
    },
  },
};
