import type { ContrastMode } from '../surface/index.ts';

/** What of the view stands in the address: read at start, written back as it changes. */
export interface ViewState {
  field: string;
  /** Sequential and diverging map; empty = by theme. */
  map: string;
  diverging: string;
  contrast: string;
  theme: string;
  /** What only this page has, as text, by parameter. */
  extra: Readonly<Record<string, string>>;
  zoomX: number;
  zoomY: number;
  /**
   * Inspected place: right edge as seconds of the exchange's day, middle price as text; null =
   * following.
   */
  place: { at: number; price: string } | null;
}

/** The view of an address without parameters: the arguments are the page's own. */
export function defaultView(
  field: string,
  contrast: ContrastMode,
  extra: Readonly<Record<string, string>>,
): ViewState {
  return {
    field,
    map: 'cividis',
    diverging: '',
    contrast,
    theme: 'dark',
    extra,
    zoomX: 1,
    zoomY: 1,
    place: null,
  };
}

const TEXTS = ['field', 'map', 'diverging', 'contrast', 'theme'] as const;
const NUMBERS = { zoomX: 'zoom_x', zoomY: 'zoom_y' } as const;

function timeText(seconds: number): string {
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  const ms = String(Math.round((seconds % 1) * 1000)).padStart(3, '0');
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}.${ms}`;
}

/** Seconds of the day of HH:MM, HH:MM:SS or HH:MM:SS.mmm; NaN for anything else. */
export function secondsOfTime(text: string): number {
  const m = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d(?:\.\d{1,3})?))?$/.exec(text);
  return m ? Number(m[1]) * 3600 + Number(m[2]) * 60 + Number(m[3] ?? 0) : Number.NaN;
}

/** Reads the view's parameters; what is missing or senseless is the default. */
export function readView(params: URLSearchParams, defaults: ViewState): ViewState {
  const view = { ...defaults };
  for (const name of TEXTS) view[name] = params.get(name) ?? view[name];
  for (const [name, parameter] of Object.entries(NUMBERS)) {
    const value = Number.parseFloat(params.get(parameter) ?? '');
    if (Number.isFinite(value) && value > 0) view[name as keyof typeof NUMBERS] = value;
  }
  const extra = Object.entries(defaults.extra).map(([name, text]) => [
    name,
    params.get(name) ?? text,
  ]);
  view.extra = Object.fromEntries(extra);
  const at = secondsOfTime(params.get('at') ?? '');
  const price = params.get('price') ?? '';
  if (Number.isFinite(at) && /^-?\d+(\.\d+)?$/.test(price)) view.place = { at, price };
  return view;
}

/**
 * The address's parameters with the view's in them; defaults are left out, other parameters kept.
 */
export function writeView(
  params: URLSearchParams,
  view: ViewState,
  defaults: ViewState,
): URLSearchParams {
  const out = new URLSearchParams(params);
  const put = (name: string, value: string, fallback: string) => {
    if (value === fallback) out.delete(name);
    else out.set(name, value);
  };
  for (const name of TEXTS) put(name, view[name], defaults[name]);
  for (const [name, text] of Object.entries(view.extra)) put(name, text, defaults.extra[name]!);
  for (const [name, parameter] of Object.entries(NUMBERS)) {
    const key = name as keyof typeof NUMBERS;
    put(parameter, String(Number(view[key].toFixed(3))), String(defaults[key]));
  }
  put('at', view.place ? timeText(view.place.at) : '', '');
  put('price', view.place?.price ?? '', '');
  return out;
}
