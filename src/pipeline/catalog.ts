/**
 * Every stage there is: a new one is a new row.
 */
import { bronzeEquityMbo } from './bronze/ingest-equity-mbo.ts';
import { bronzeEquityOptionCmbp1 } from './bronze/ingest-equity-option-cmbp-1.ts';
import { bronzeFutureMbo } from './bronze/ingest-future-mbo.ts';
import { bronzeFutureOptionMbo } from './bronze/ingest-future-option-mbo.ts';
import { goldEquityMicrostructure, goldFutureMicrostructure } from './gold/microstructure.ts';
import {
  goldEquityOptionMicrostructure,
  goldFutureOptionMicrostructure,
} from './gold/microstructure-options.ts';
import { goldEquityMbo, goldFutureMbo } from './gold/price-surface.ts';
import { goldEquityOptionCmbp1, goldFutureOptionMbo } from './gold/strike-surface.ts';
import { silverEquityMbo } from './silver/equity-mbo.ts';
import { silverEquityOptionCmbp1 } from './silver/equity-option-cmbp-1.ts';
import { silverFutureMbo } from './silver/future-mbo.ts';
import { silverFutureOptionMbo } from './silver/future-option-mbo.ts';
import type { Stage } from './stage.ts';

/** All stages; names are unique, and a table has one stage that writes it. */
export const STAGES: readonly Stage[] = [
  bronzeFutureMbo,
  bronzeFutureOptionMbo,
  bronzeEquityMbo,
  bronzeEquityOptionCmbp1,
  silverFutureMbo,
  silverFutureOptionMbo,
  silverEquityMbo,
  silverEquityOptionCmbp1,
  goldFutureMbo,
  goldFutureOptionMbo,
  goldEquityMbo,
  goldEquityOptionCmbp1,
  goldFutureMicrostructure,
  goldEquityMicrostructure,
  goldFutureOptionMicrostructure,
  goldEquityOptionMicrostructure,
];
