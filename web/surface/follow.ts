import { type Camera, columnsPerPixel, rowsPerPixel, type Viewport } from './camera.ts';

/** Part of the width kept free to the right of the newest column. */
export const RIGHT_MARGIN = 0.06;
/** Spot may wander this part of the height from the middle before the camera moves. */
export const LEAVE_BAND = 0.14;
/** The camera stops moving when spot is within this part of the height from the middle. */
export const ENTER_BAND = 0.02;
/** Part of the way to the middle covered in a frame while re-centring. */
const EASE = 0.18;

/** What the picture does by itself. */
export interface FollowState {
  /** The newest column stays at the right edge. */
  time: boolean;
  /** Spot stays in the middle band. */
  price: boolean;
  /** The camera is on its way back to spot. */
  recentring: boolean;
}

/** Where the picture is to be. */
export interface FollowTarget {
  /** Newest column. */
  column: number;
  /** Row of spot; NaN when unknown. */
  row: number;
  /** Columns kept free to the right of the newest one, when there is room; 0 = the usual margin. */
  lead: number;
}

/** What the user moved, and whether by zooming. */
export interface UserMove {
  time: boolean;
  price: boolean;
  zoom: boolean;
}

/** The word for the mode: where one is, in one glance. */
export type FollowWord = 'Live' | 'Paused' | 'Inspecting';

/** Largest part of the width kept free for what is drawn beyond the newest column. */
const MAX_LEAD = 0.4;

/** Part of the width to keep free to the right of the newest column. */
function marginFor(span: number, lead: number): number {
  return Math.max(RIGHT_MARGIN, Math.min(MAX_LEAD, lead / span));
}

/** Follows both time and price. */
export const FOLLOWING: FollowState = { time: true, price: true, recentring: false };

/**
 * The mode's word: Inspecting when the user has looked away, Paused when the stream stands still.
 */
export function followWord(state: FollowState, paused: boolean): FollowWord {
  if (!state.time || !state.price) return 'Inspecting';
  return paused ? 'Paused' : 'Live';
}

/**
 * Moves the camera for a new column and spot, with hysteresis in price: it starts when spot leaves
 * the middle band and ends when spot is at the middle. `instant` jumps instead of easing (reduced
 * motion, first frame, `Home`).
 */
export function follow(
  camera: Camera,
  viewport: Viewport,
  state: FollowState,
  target: FollowTarget,
  instant: boolean,
): { camera: Camera; state: FollowState } {
  const next = { ...camera };
  let recentring = state.recentring;
  if (state.time) {
    const span = columnsPerPixel(camera, viewport) * viewport.width;
    next.right = target.column + 1 + span * marginFor(span, target.lead);
  }
  if (state.price && Number.isFinite(target.row)) {
    const rows = rowsPerPixel(camera, viewport) * viewport.height;
    const away = target.row - camera.centre;
    if (Math.abs(away) > rows * LEAVE_BAND) recentring = true;
    if (Math.abs(away) <= rows * ENTER_BAND) recentring = false;
    if (instant) next.centre = target.row;
    else if (recentring) next.centre = camera.centre + away * EASE;
    if (instant) recentring = false;
  }
  return { camera: next, state: { ...state, recentring } };
}

/**
 * The state after the user moved the camera: an axis is followed on only when the newest column is
 * still in the right part of the picture, or spot still within the middle band. A pan towards older
 * time always ends following; a zoom does only when it pushes the newest column out of sight.
 */
export function afterUserMove(
  camera: Camera,
  viewport: Viewport,
  moved: UserMove,
  before: FollowState,
  target: FollowTarget,
): FollowState {
  const span = columnsPerPixel(camera, viewport) * viewport.width;
  const rows = rowsPerPixel(camera, viewport) * viewport.height;
  const behind = (camera.right - target.column - 1) / span;
  const margin = marginFor(span, target.lead);
  const least = moved.zoom ? 0 : margin * 0.98;
  const time = moved.time ? behind >= least && behind <= 2.5 * margin : before.time;
  const near = Math.abs(target.row - camera.centre) <= rows * LEAVE_BAND;
  return { time, price: moved.price ? near : before.price, recentring: false };
}
