import { formatTimeOfDay, type PriceScale, rowNano, type SurfaceView } from '../surface/index.ts';
import type { SessionModel } from './session-model.ts';
import type { ViewState } from './url-state.ts';

const DAY_MS = 86_400_000;

/** A place that a link asks for: the page plays up to it as fast as it can, then pauses. */
export interface SharedPlace {
  /** Right edge of the view, seconds of the exchange's day. */
  at: number;
  /** Middle of the view, as text. */
  price: string;
  /** Speed to play on with. */
  speed: number;
}

/** The place in a view, if it has one. */
export function sharedPlace(page: URL, view: ViewState): SharedPlace | null {
  if (!view.place) return null;
  const speed = Number(page.searchParams.get('speed') ?? 1);
  return { ...view.place, speed: Number.isFinite(speed) ? speed : 1 };
}

/**
 * The address whose stream fills the shared view: it starts at the view's left edge.
 * `baseSeconds`: event time across the surface at zoom 1.
 */
export function addressOfPlace(page: URL, view: ViewState, baseSeconds: number): URL {
  if (!view.place) return page;
  const out = new URL(page.href);
  const start = Math.max(0, Math.floor(view.place.at - baseSeconds / view.zoomX));
  out.searchParams.set('start_time', formatTimeOfDay(start * 1000, false));
  out.searchParams.set('speed', '0');
  return out;
}

/**
 * Instant of seconds of the exchange's day within the session that begins at `originMs` (00:00
 * UTC), ms.
 */
function instantOf(seconds: number, originMs: number, offsetMs: number): number {
  const since = (((seconds * 1000 - offsetMs) % DAY_MS) + DAY_MS) % DAY_MS;
  return originMs + since;
}

/** Row of a price given as text. */
function rowOfPriceText(scale: PriceScale, price: string): number {
  return Math.floor(Math.round(Number(price) * 1e9) / rowNano(scale));
}

/** Shows the place of a shared link while the stream fills it; true when it is reached. */
export function approach(place: SharedPlace, model: SessionModel, view: SurfaceView): boolean {
  const { originMs, columnMs } = model.time;
  const instant = instantOf(place.at, originMs, model.time.offsetMs(model.nowMs));
  if (view.followState.time) {
    const centre = rowOfPriceText(model.price, place.price);
    const camera = { ...view.camera, right: (instant - originMs) / columnMs, centre };
    view.lookAt(camera, { time: false, price: false, recentring: false });
  }
  return model.nowMs >= instant;
}
