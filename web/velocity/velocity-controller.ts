import { signal } from '@preact/signals';
import type { VelocityConfig } from '../../src/wire/index.ts';
import {
  type CellReading,
  defaultView,
  PageController,
  type PageFacts,
  type ReadOutRow,
} from '../shell/index.ts';
import type { ConnectionWorld } from '../stream/index.ts';
import {
  drawPriceLines,
  fieldById,
  type SceneLayer,
  type SurfaceField,
  type SurfaceSettings,
} from '../surface/index.ts';
import { WALL_SHARE } from './dense-columns.ts';
import { forecastLayer } from './draw-forecast.ts';
import { SIDES, type SideChoice, type SideQuantity, SURFACE_FIELDS } from './fields.ts';
import { createLayerState, readLayers, shownOpacity, writeLayers } from './layers.ts';
import type { OptionsBars } from './options-bars.ts';
import { readAfter, readBeyond, readOptions } from './read-layers.ts';
import { spokenSummary } from './spoken-summary.ts';
import { BASE_SECONDS, VelocityModel } from './velocity-model.ts';
import { VELOCITY_STREAM, type VelocityWindow, WindowCodec } from './window-codec.ts';

/** Columns kept free at the right: thirty for the forecast, the rest for air. */
const LEAD_COLUMNS = 34;

const bothSides = (name: SideQuantity) => [`${name}_ask`, `${name}_bid`] as const;

/** Numbers under the crosshair, in their order: those of asks, then of bids. */
export const READ_OUT: readonly ReadOutRow[] = [
  [bothSides('liquidity_velocity'), 'u ask | bid', 3],
  [bothSides('pressure_grad'), 'pressure', 3],
  [bothSides('u_wave_energy'), 'energy', 3],
  [bothSides('Omega'), 'Ω', 2],
  [bothSides('nu'), 'ν', 1],
];

/** The velocity page's controller. */
export class VelocityController extends PageController<VelocityConfig, VelocityWindow> {
  declare readonly model: VelocityModel;
  readonly layerState = createLayerState();
  /** Which side of the book the surface shows. */
  readonly side = signal<SideChoice>('book');
  readonly bars: OptionsBars;

  /** @param bars draws the options' layer; needs a document. */
  constructor(page: URL, world: ConnectionWorld, bars: OptionsBars) {
    const plan = {
      name: 'velocity',
      endpoint: VELOCITY_STREAM,
      codec: new WindowCodec(),
      fields: SURFACE_FIELDS,
      readOut: READ_OUT,
      defaults: defaultView('liquidity_velocity', 'log', { side: 'book', off: '', opacity: '' }),
      baseSeconds: BASE_SECONDS,
      other: { path: '/vacuum-pressure.html', label: 'Vacuum pressure' },
    };
    super(page, world, plan, new VelocityModel());
    this.bars = bars;
  }

  /** The field that the surface shows, of the chosen side. */
  override get field(): SurfaceField {
    const field = fieldById(SURFACE_FIELDS, this.state.field.value);
    const side = this.side.value;
    const column = side === 'book' ? field.column : `${field.column}_${side.slice(0, 3)}`;
    return { ...field, column };
  }

  /** Shows another side of the book. */
  showSide(side: SideChoice): void {
    this.side.value = side;
    this.configure();
  }

  /** The page's own parameters. */
  extraView() {
    return { side: this.side.value, ...writeLayers(this.layerState) };
  }

  /** Takes the page's own parameters; senseless ones are the default. */
  applyExtraView(extra: Readonly<Record<string, string>>): void {
    this.side.value = SIDES.find((side) => side === extra['side']) ?? 'book';
    readLayers(this.layerState, extra['off'] ?? '', extra['opacity'] ?? '');
  }

  /** What the forecast is worth, for the stamp of a picture. */
  override provenance(): string[] {
    const forecast = this.state.config.value?.forecast;
    const version = forecast?.parameters_version;
    return [`forecast ${forecast?.status ?? '–'}${version ? ` ${version}` : ''}`];
  }

  protected override get leadColumns(): number {
    return LEAD_COLUMNS;
  }

  protected override look(): Pick<SurfaceSettings, 'opacity' | 'contour'> {
    const walls = shownOpacity(this.layerState, 'walls');
    return {
      opacity: shownOpacity(this.layerState, 'futures'),
      contour: walls > 0 ? { column: 'wall', level: WALL_SHARE, opacity: walls } : null,
    };
  }

  protected layers(): readonly SceneLayer[] {
    const { model, layerState, view } = this;
    const out: SceneLayer[] = [];
    const options = shownOpacity(layerState, 'options');
    if (options > 0 && view) {
      const { lut, contrast, locked } = view.settings;
      const field = fieldById(SURFACE_FIELDS, this.state.field.value);
      const look = { quantity: field.id, field, lut, contrast, locked, opacity: options };
      out.push(this.bars.layer(model.strikes, look));
    }
    const spot = shownOpacity(layerState, 'spot');
    if (spot > 0) {
      out.push((ctx, scene) => {
        ctx.globalAlpha = spot;
        drawPriceLines(ctx, scene);
        ctx.globalAlpha = 1;
      });
    }
    return [...out, ...this.forecastLayers(shownOpacity(layerState, 'forecast'))];
  }

  /** The newest forecast and, for comparison with what came, the one made under the crosshair. */
  private forecastLayers(opacity: number): SceneLayer[] {
    const { model, view } = this;
    const pointed = view?.crosshair ? model.forecastAt(view.crosshair.column) : null;
    const both = new Set([pointed, model.forecast]);
    return [...both].flatMap((forecast) => {
      const mid = forecast ? model.midAt(forecast.seq) : Number.NaN;
      const shown = opacity > 0 && forecast?.available && Number.isFinite(mid);
      return shown ? [forecastLayer(forecast, mid, opacity)] : [];
    });
  }

  protected override readExtra(cell: CellReading): CellReading['extra'] {
    const { model } = this;
    return [...readOptions(model, cell), ...readBeyond(model, cell), ...readAfter(model, cell)];
  }

  protected spokenSummary(): string {
    return spokenSummary(this.model, this.state);
  }

  protected healthFacts(): PageFacts {
    const { config, forecast } = this.model;
    const status = forecast?.status ?? config?.forecast.status ?? null;
    const reason = forecast?.reason || config?.forecast.reason;
    const options = config?.options;
    return {
      forecast: status ?? '–',
      rows: [
        ['Forecast', status ?? '–', reason || 'What was proven on days held out'],
        ['Options', options ? (options.symbol ?? 'none') : '–', options?.reason || 'Their surface'],
      ],
    };
  }
}
