import { signal } from '@preact/signals';
import type { RuntimeConfig } from '../../src/wire/index.ts';
import {
  defaultView,
  formatNumber,
  PageController,
  type PageFacts,
  type ReadOutRow,
} from '../shell/index.ts';
import type { ConnectionWorld } from '../stream/index.ts';
import { drawPriceLines, type SceneLayer, tradeDots } from '../surface/index.ts';
import { SURFACE_FIELDS } from './fields.ts';
import { FrameCodec, type PressureFrame, VACUUM_PRESSURE_STREAM } from './frame-codec.ts';
import { PressureModel } from './session-model.ts';
import { spokenSummary } from './spoken-summary.ts';

/** Smallest trade that is drawn when nothing else is asked for, lots. */
const MIN_SIZE = 5;

/** Numbers under the crosshair, in their order. */
export const READ_OUT: readonly ReadOutRow[] = [
  ['bid_depth', 'bid', 0],
  ['ask_depth', 'ask', 0],
  ['bid_orders', 'bid orders', 0],
  ['ask_orders', 'ask orders', 0],
  ['add_mass', 'add', 1],
  ['pull_mass', 'pull', 1],
  ['fill_mass', 'fill', 1],
  ['v_rest_depth', 'v', 2],
  ['a_rest_depth', 'a', 2],
  ['j_rest_depth', 'j', 3],
  ['pressure_variant', 'P', 2],
  ['vacuum_variant', 'V', 2],
  ['composite', 'comp', 3],
];

/** The vacuum-pressure page's controller. */
export class PressureController extends PageController<RuntimeConfig, PressureFrame> {
  declare readonly model: PressureModel;
  /** Smallest trade drawn, lots; 0 = no dots. */
  readonly minSize = signal(MIN_SIZE);

  constructor(page: URL, world: ConnectionWorld) {
    const plan = {
      name: 'vacuum pressure',
      endpoint: VACUUM_PRESSURE_STREAM,
      codec: new FrameCodec(),
      fields: SURFACE_FIELDS,
      readOut: READ_OUT,
      defaults: defaultView('composite', 'percentile', { min_size: String(MIN_SIZE) }),
      baseSeconds: 60,
      other: { path: '/', label: 'Velocity' },
    };
    super(page, world, plan, new PressureModel());
  }

  /** The page's own parameters. */
  extraView() {
    return { min_size: String(this.minSize.value) };
  }

  /** Takes the page's own parameters; senseless ones are the default. */
  applyExtraView(extra: Readonly<Record<string, string>>): void {
    const size = Number.parseFloat(extra['min_size'] ?? '');
    this.minSize.value = size >= 0 && Number.isFinite(size) ? size : MIN_SIZE;
  }

  protected layers(): readonly SceneLayer[] {
    const size = this.minSize.value;
    return size > 0 ? [tradeDots(this.model.trades, size), drawPriceLines] : [drawPriceLines];
  }

  protected spokenSummary(): string {
    return spokenSummary(this.model, this.state);
  }

  protected healthFacts(): PageFacts {
    const rate = this.model.series.rate(this.model.time.columnMs);
    const row = ['Events a second', formatNumber(rate, 0), 'Book events, event time'] as const;
    return { forecast: null, rows: [row] };
  }
}
