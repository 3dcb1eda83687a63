import {
  type Axis,
  type Camera,
  columnAt,
  type PixelBox,
  pan,
  rowAt,
  type Viewport,
  xOfColumn,
  yOfRow,
  zoomAt,
  zoomToBox,
} from './camera.ts';
import { type ColourRange, colourRange, UNKNOWN_RANGE } from './contrast.ts';
import { type AxisLabels, drawAxes, drawCrosshair, drawSpotTag } from './draw-axes.ts';
import { drawBox, drawGaps } from './draw-market.ts';
import {
  afterUserMove,
  FOLLOWING,
  type FollowState,
  type FollowTarget,
  follow,
  type UserMove,
} from './follow.ts';
import { PaintPace } from './paint-pace.ts';
import { formatPrice } from './price-scale.ts';
import { PRICE_AXIS_PX, type Scene, TIME_AXIS_PX } from './scene.ts';
import type { SurfaceEvents, SurfaceSettings, SurfaceSource } from './surface-inputs.ts';
import { SurfaceRenderer } from './surface-renderer.ts';
import { visibleValues } from './visible-values.ts';

/** Least time between two looks at what is visible, for the colour range, ms. */
const RANGE_EVERY_MS = 250;
/** Part of the way to a new colour range that is gone at once. */
const RANGE_EASE = 0.5;
const EVERYTHING: UserMove = { time: true, price: true, zoom: true };
/** Views that can be gone back to. */
const MAX_UNDO = 50;
/** Device pixels per CSS pixel beyond which sharper costs more than it shows. */
const MAX_PIXEL_RATIO = 2;

const targetOf = ({ history, spotRow: row, leadColumns: lead }: SurfaceSource): FollowTarget => ({
  column: history.newestColumn,
  row,
  lead,
});

/**
 * The surface on screen: a GL canvas for the cells and a 2D canvas above it for axes, lines, dots,
 * gaps and crosshair. It paints when something changed, never otherwise.
 */
export class SurfaceView {
  camera: Camera = { right: 0, centre: 0, zoomX: 1, zoomY: 1 };
  followState: FollowState = FOLLOWING;
  crosshair: { column: number; row: number } | null = null;
  box: PixelBox | null = null;
  range: ColourRange = UNKNOWN_RANGE;
  settings: SurfaceSettings;
  /** Labels of the last picture. */
  labels: AxisLabels = { price: [], time: [] };
  readonly host: HTMLElement;
  readonly glCanvas = document.createElement('canvas');
  readonly overlay = document.createElement('canvas');
  private readonly events: SurfaceEvents;
  private readonly source: () => SurfaceSource | null;
  private readonly renderer: SurfaceRenderer;
  private readonly ctx: CanvasRenderingContext2D;
  private readonly undoStack: Camera[] = [];
  private readonly observer: ResizeObserver;
  private size = { width: 1, height: 1, ratio: 1 };
  private readonly pace = new PaintPace(() => this.paint());
  private rangeAt = Number.NEGATIVE_INFINITY;
  private rangeFor = '';
  private centred = false;
  private held = false;

  /** @throws Error in words when the browser cannot draw the surface. */
  constructor(
    host: HTMLElement,
    source: () => SurfaceSource | null,
    settings: SurfaceSettings,
    events: SurfaceEvents,
  ) {
    this.host = host;
    this.source = source;
    this.settings = settings;
    this.events = events;
    this.renderer = new SurfaceRenderer(this.glCanvas, () => this.invalidate());
    this.ctx = this.overlay.getContext('2d')!;
    this.glCanvas.className = 'surface-cells';
    this.overlay.className = 'surface-overlay';
    host.append(this.glCanvas, this.overlay);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(host);
    this.resize();
  }

  /** Releases the canvases. */
  dispose(): void {
    this.observer.disconnect();
    this.pace.stop();
    this.glCanvas.remove();
    this.overlay.remove();
  }

  /** The plot area and its time step. */
  get viewport(): Viewport {
    const time = this.source()?.time;
    return {
      width: Math.max(1, this.size.width - PRICE_AXIS_PX),
      height: Math.max(1, this.size.height - TIME_AXIS_PX),
      columnMs: time?.columnMs ?? 1000,
      baseSeconds: time?.baseSeconds ?? 60,
    };
  }

  /** Bytes uploaded to the GPU so far. */
  get uploadedBytes(): number {
    return this.renderer.uploadedBytes;
  }

  /** Asks for a repaint at the next opportunity; any number of times costs one. */
  invalidate(): void {
    this.pace.request();
  }

  /** Takes other settings and repaints. */
  configure(settings: SurfaceSettings): void {
    this.settings = settings;
    this.rangeAt = Number.NEGATIVE_INFINITY;
    this.invalidate();
  }

  /** Data were cleared: the next frame centres the camera anew. */
  forgetPlace(): void {
    this.centred = false;
    this.followState = FOLLOWING;
    this.undoStack.length = 0;
    this.invalidate();
  }

  /** Back to the newest column and spot, and follow again; zoom stays. */
  goLive(): void {
    this.followState = FOLLOWING;
    this.centred = false;
    const source = this.source();
    if (source) this.followSource(source);
    this.moved();
  }

  /** Follow on or off (off stays where it is). */
  toggleFollow(): void {
    if (this.followState.time && this.followState.price) {
      this.followState = { time: false, price: false, recentring: false };
      this.moved();
    } else this.goLive();
  }

  /** Zoom 1 on both axes, following. */
  reset(): void {
    this.remember();
    this.camera = { ...this.camera, zoomX: 1, zoomY: 1 };
    this.goLive();
  }

  /** Looks at a place: from a shared link. */
  lookAt(camera: Camera, followState: FollowState): void {
    this.camera = camera;
    this.followState = followState;
    this.centred = true;
    this.moved();
  }

  /** Zooms an axis at a pixel of the plot (default: the crosshair, else the middle). */
  zoom(axis: Axis, factor: number, at?: number): void {
    const v = this.viewport;
    const fallback = axis === 'time' ? v.width / 2 : v.height / 2;
    this.userMove(zoomAt(this.camera, v, axis, factor, at ?? fallback), {
      time: axis === 'time',
      price: axis === 'price',
      zoom: true,
    });
  }

  /** While the user holds the picture it follows nothing. */
  hold(held: boolean): void {
    this.held = held;
    this.invalidate();
  }

  /** Moves the picture by CSS pixels. */
  pan(dx: number, dy: number): void {
    this.userMove(pan(this.camera, this.viewport, dx, dy), {
      time: dx !== 0,
      price: dy !== 0,
      zoom: false,
    });
  }

  /** Zooms to a rectangle of the plot; `undo` brings the present view back. */
  zoomToBox(box: PixelBox): void {
    this.remember();
    this.userMove(zoomToBox(this.camera, this.viewport, box), EVERYTHING);
  }

  /** Keeps the present view for `undo`. */
  remember(): void {
    this.undoStack.push(this.camera);
    if (this.undoStack.length > MAX_UNDO) this.undoStack.shift();
  }

  /** Goes back to the view before the last box zoom or reset; false when there is none. */
  undo(): boolean {
    const camera = this.undoStack.pop();
    if (camera) this.userMove(camera, EVERYTHING);
    return camera !== undefined;
  }

  /** Puts the crosshair on the cell under a pixel of the plot; null takes it away. */
  pointAt(point: { x: number; y: number } | null): void {
    this.setCrosshair(point && this.cellAt(point.x, point.y));
  }

  /** Puts the crosshair on a cell. */
  setCrosshair(cell: { column: number; row: number } | null): void {
    this.crosshair = cell;
    this.events.crosshairMoved(cell);
    this.invalidate();
  }

  /** Cell under a pixel of the plot. */
  cellAt(x: number, y: number): { column: number; row: number } {
    const v = this.viewport;
    const row = Math.round(rowAt(this.camera, v, y));
    return { column: Math.floor(columnAt(this.camera, v, x)), row };
  }

  /** Box zoom by key: the first press starts a box at the crosshair, the second zooms to it. */
  boxKey(): void {
    if (this.box) {
      const box = this.box;
      this.setBox(null);
      this.zoomToBox(box);
      return;
    }
    const at = this.crosshairPixel();
    if (at) this.setBox({ x0: at.x, y0: at.y, x1: at.x, y1: at.y });
  }

  /** Stretches the box being drawn to the crosshair. */
  extendBox(): void {
    const at = this.crosshairPixel();
    if (this.box && at) this.setBox({ ...this.box, x1: at.x, y1: at.y });
  }

  /** Shows the rectangle of a box zoom while it is drawn. */
  setBox(box: PixelBox | null): void {
    this.box = box;
    this.invalidate();
  }

  /** Paints now and returns both layers as one picture, in device pixels. */
  picture(): HTMLCanvasElement {
    this.paint();
    const out = document.createElement('canvas');
    out.width = this.overlay.width;
    out.height = this.overlay.height;
    const ctx = out.getContext('2d')!;
    ctx.drawImage(this.glCanvas, 0, 0);
    ctx.drawImage(this.overlay, 0, 0);
    return out;
  }

  private crosshairPixel(): { x: number; y: number } | null {
    if (!this.crosshair) return null;
    const v = this.viewport;
    return {
      x: xOfColumn(this.camera, v, this.crosshair.column + 0.5),
      y: yOfRow(this.camera, v, this.crosshair.row),
    };
  }

  private userMove(camera: Camera, moved: UserMove): void {
    const source = this.source();
    this.camera = camera;
    if (source) {
      const { viewport, followState } = this;
      this.followState = afterUserMove(camera, viewport, moved, followState, targetOf(source));
    }
    this.moved();
  }

  private moved(): void {
    this.rangeAt = Math.min(this.rangeAt, performance.now() - RANGE_EVERY_MS / 2);
    this.events.moved();
    this.invalidate();
  }

  private resize(): void {
    const box = this.host.getBoundingClientRect();
    const ratio = Math.min(MAX_PIXEL_RATIO, window.devicePixelRatio || 1);
    this.size = { width: box.width, height: box.height, ratio };
    const v = this.viewport;
    this.glCanvas.width = Math.round(v.width * ratio);
    this.glCanvas.height = Math.round(v.height * ratio);
    this.glCanvas.style.width = `${v.width}px`;
    this.glCanvas.style.height = `${v.height}px`;
    this.overlay.width = Math.round(box.width * ratio);
    this.overlay.height = Math.round(box.height * ratio);
    this.overlay.style.width = `${box.width}px`;
    this.overlay.style.height = `${box.height}px`;
    this.invalidate();
  }

  private paint(): void {
    const source = this.source();
    if (!source) return;
    this.followSource(source);
    this.updateRange(source);
    const scene = this.scene(source);
    const { settings } = this;
    this.renderer.draw(source.history, {
      camera: this.camera,
      viewport: scene.viewport,
      column: settings.field.column,
      range: this.range,
      lut: settings.lut,
      opacity: settings.opacity,
      contour: settings.contour,
      palette: settings.palette,
      pixelRatio: this.size.ratio,
    });
    this.paintOverlay(scene, source);
    this.events.painted(scene, this.range);
  }

  private followSource(source: SurfaceSource): void {
    if (source.history.empty || this.held) return;
    const target = targetOf(source);
    const instant = !this.centred || this.settings.reducedMotion;
    const next = follow(this.camera, this.viewport, this.followState, target, instant);
    if (Number.isFinite(target.row)) this.centred = true;
    this.camera = next.camera;
    this.followState = next.state;
    if (next.state.recentring) queueMicrotask(() => this.invalidate());
  }

  private updateRange(source: SurfaceSource): void {
    const { settings } = this;
    const { field } = settings;
    const key = `${field.id} ${settings.contrast}`;
    const now = performance.now();
    if (settings.locked && key === this.rangeFor) return;
    if (key === this.rangeFor && now - this.rangeAt < RANGE_EVERY_MS) return;
    const values = visibleValues(source.history, this.camera, this.viewport, field.column);
    if (values.length === 0) return;
    const next = colourRange(values, settings.contrast, field.signed, field.bound, field.knee);
    const ease = key !== this.rangeFor || settings.reducedMotion ? 1 : RANGE_EASE;
    const mix = (from: number, to: number) => (ease === 1 ? to : from + (to - from) * ease);
    const { low, high } = this.range;
    this.range = { ...next, low: mix(low, next.low), high: mix(high, next.high) };
    this.rangeFor = key;
    this.rangeAt = now;
  }

  private scene(source: SurfaceSource): Scene {
    return {
      history: source.history,
      gaps: source.gaps,
      price: source.price,
      time: source.time,
      camera: this.camera,
      viewport: this.viewport,
      palette: this.settings.palette,
      crosshair: this.crosshair,
      box: this.box,
    };
  }

  private paintOverlay(scene: Scene, { midInt, layers }: SurfaceSource): void {
    const { ctx, size } = this;
    const { width, height } = scene.viewport;
    ctx.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
    ctx.clearRect(0, 0, size.width, size.height);
    this.labels = drawAxes(ctx, scene);
    ctx.save();
    ctx.beginPath();
    ctx.rect(0, 0, width, height);
    ctx.clip();
    drawGaps(ctx, scene);
    for (const layer of layers) layer(ctx, scene);
    drawBox(ctx, scene);
    ctx.restore();
    drawSpotTag(ctx, scene, midInt, formatPrice(scene.price, midInt));
    drawCrosshair(ctx, scene);
  }
}
