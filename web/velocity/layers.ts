import { type Signal, signal } from '@preact/signals';

/** What a layer is called, and what it shows. */
export interface LayerFacts {
  id: string;
  label: string;
  /** One line for the panel. */
  says: string;
  /** Opacity at first, percent. */
  opacity: number;
}

/** Layers of the picture, from the ground up. Their keys are Alt 1 to 5 in this order. */
export const LAYERS = [
  { id: 'futures', label: 'Futures', says: 'the chosen field, a column a second', opacity: 100 },
  { id: 'walls', label: 'Walls', says: 'outline: 60 % of the strongest Ω on its way', opacity: 90 },
  { id: 'options', label: 'Options', says: 'bars at strikes: call above, put dotted', opacity: 90 },
  { id: 'spot', label: 'Spot', says: 'mid; bid solid, ask dashed', opacity: 100 },
  { id: 'forecast', label: 'Forecast', says: 'path, 50 % and 80 % band, 30 s ahead', opacity: 100 },
] as const satisfies readonly LayerFacts[];

/** Identifier of a layer. */
export type LayerId = (typeof LAYERS)[number]['id'];

/** Whether each layer is on, and how opaque, percent. */
export type LayerState = Readonly<
  Record<LayerId, { on: Signal<boolean>; opacity: Signal<number> }>
>;

/** Every layer on, at its first opacity. */
export function createLayerState(): LayerState {
  const entries = LAYERS.map(({ id, opacity }) => [
    id,
    { on: signal(true), opacity: signal<number>(opacity) },
  ]);
  return Object.fromEntries(entries);
}

/** Opacity as drawn, 0 to 1: 0 when the layer is off. */
export function shownOpacity(layers: LayerState, id: LayerId): number {
  const { on, opacity } = layers[id];
  return on.value ? opacity.value / 100 : 0;
}

/** The layers as two texts of an address: those that are off, and opacities that were changed. */
export function writeLayers(layers: LayerState): { off: string; opacity: string } {
  const off = LAYERS.filter(({ id }) => !layers[id].on.value).map(({ id }) => id);
  const changed = LAYERS.filter(({ id, opacity }) => layers[id].opacity.value !== opacity);
  const opacity = changed.map(({ id }) => `${id}:${layers[id].opacity.value}`);
  return { off: off.join(','), opacity: opacity.join(',') };
}

/** Takes the texts of an address; what is senseless in them is left out. */
export function readLayers(layers: LayerState, off: string, opacity: string): void {
  const given = new Map(opacity.split(',').map((part) => part.split(':') as [string, string]));
  for (const { id, opacity: usual } of LAYERS) {
    layers[id].on.value = !off.split(',').includes(id);
    const value = Math.round(Number(given.get(id) || Number.NaN));
    layers[id].opacity.value = value >= 0 && value <= 100 ? value : usual;
  }
}
