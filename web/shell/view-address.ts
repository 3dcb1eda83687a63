import { effect } from '@preact/signals';
import {
  CONTRAST_MODES,
  DIVERGING_MAPS,
  formatRowPrice,
  SEQUENTIAL_MAPS,
} from '../surface/index.ts';
import type { PageController } from './page-controller.ts';
import { THEME_NAMES } from './themes.ts';
import { type ViewState, writeView } from './url-state.ts';

/** Time between two writes of the address, ms: browsers refuse too many. */
const WRITE_MS = 800;

function oneOf(value: string, allowed: readonly string[], fallback: string): string {
  return allowed.includes(value) ? value : fallback;
}

/** Makes the page look as its address says. Unknown names fall back to the defaults. */
export function applyView(controller: PageController): void {
  const { state, initialView: view, plan } = controller;
  const fields = plan.fields.map((f) => f.id);
  state.field.value = oneOf(view.field, fields, plan.defaults.field);
  state.sequentialMap.value = oneOf(view.map, SEQUENTIAL_MAPS, 'cividis');
  state.divergingMap.value = oneOf(view.diverging, DIVERGING_MAPS, '');
  state.contrast.value = oneOf(view.contrast, CONTRAST_MODES, plan.defaults.contrast);
  state.theme.value = oneOf(view.theme, THEME_NAMES, 'dark');
  controller.applyExtraView(view.extra);
}

/** The view as it is now. */
export function currentView(controller: PageController): ViewState {
  const { state, view, model } = controller;
  const camera = view?.camera;
  const following = view?.followState.time ?? true;
  let place: ViewState['place'] = null;
  if (camera && !following && !model.history.empty) {
    const ms = model.time.originMs + camera.right * model.time.columnMs;
    const day = 86_400_000;
    const at = (((model.clock.localMs(ms) % day) + day) % day) / 1000;
    place = { at, price: formatRowPrice(model.price, Math.round(camera.centre)) };
  }
  return {
    field: state.field.value,
    map: state.sequentialMap.value,
    diverging: state.divergingMap.value,
    contrast: state.contrast.value,
    theme: state.theme.value,
    extra: controller.extraView(),
    zoomX: camera?.zoomX ?? 1,
    zoomY: camera?.zoomY ?? 1,
    place,
  };
}

/** Keeps the address in step with the view, so that it can be sent to a colleague at any time. */
export function keepAddress(controller: PageController): void {
  const { state, plan } = controller;
  let planned = false;
  const write = () => {
    planned = false;
    const now = new URLSearchParams(location.search);
    const params = writeView(now, currentView(controller), plan.defaults);
    if (state.config.value) params.set('speed', String(state.speed.value));
    const query = params.toString();
    const next = `${location.pathname}${query ? `?${query}` : ''}`;
    if (next !== location.pathname + location.search) history.replaceState(null, '', next);
  };
  const soon = () => {
    if (planned) return;
    planned = true;
    setTimeout(write, WRITE_MS);
  };
  effect(() => {
    for (const s of [state.field, state.sequentialMap, state.divergingMap, state.contrast]) {
      void s.value;
    }
    for (const s of [state.theme, state.speed, state.follow]) void s.value;
    controller.extraView();
    soon();
  });
  controller.onMoved = soon;
}
