import {
  type ConnectionWorld,
  type StreamConfig,
  StreamConnection,
  type StreamFrame,
  type StreamMessage,
  streamUrl,
} from '../stream/index.ts';
import {
  type ColourRange,
  type ContrastMode,
  fieldById,
  followWord,
  formatTimeOfDay,
  type Scene,
  type SceneLayer,
  type SurfaceField,
  type SurfaceSettings,
  type SurfaceSource,
  SurfaceView,
} from '../surface/index.ts';
import { tableFor } from './colour-tables.ts';
import type { PageFacts } from './health.tsx';
import { HealthMeter } from './health-meter.ts';
import { beginsAtEdge, pauseOrPlay, takePlayback } from './live-edge.ts';
import { NoticeBoard } from './notice-board.ts';
import type { PagePlan } from './page-plan.ts';
import { createPageState, type PageState, UNKNOWN_CLOCK } from './page-state.ts';
import { type CellReading, readCell, readingText } from './read-cell.ts';
import type { SessionModel } from './session-model.ts';
import { addressOfPlace, approach, type SharedPlace, sharedPlace } from './shared-place.ts';
import { applyTheme, surfacePalette, type ThemeName } from './themes.ts';
import { readView, type ViewState } from './url-state.ts';

/** Least time between two updates of the panels, ms. */
const REFRESH_MS = 120;
/** Time between two sentences for screen readers, ms. */
const SPEAK_MS = 5000;

/**
 * Ties the stream, the model, the surface and the panels together. One for the life of the page.
 */
export abstract class PageController<
  C extends StreamConfig = StreamConfig,
  F extends StreamFrame = StreamFrame,
> {
  readonly plan: PagePlan<C, F>;
  readonly model: SessionModel<C, F>;
  readonly state: PageState<C, F['header']> = createPageState();
  readonly health = new HealthMeter();
  readonly connection: StreamConnection<C, F>;
  view: SurfaceView | null = null;
  /** Called after each paint; the ladder draws then. */
  onPainted: ((scene: Scene) => void) | null = null;
  /** Called after the camera moved. */
  onMoved: (() => void) | null = null;
  /** The view of the address that the page was opened with. */
  readonly initialView: ViewState;
  private readonly notices = new NoticeBoard(this.state.notices);
  private readonly page: URL;
  private place: SharedPlace | null;
  private refreshedAt = 0;
  private spokenAt = 0;
  private firstMs = Number.NaN;
  /** A place asked for that the server has not answered yet: it may have ended in the meantime. */
  private asked: string | null = null;
  private refreshTimer: ReturnType<typeof setTimeout> | null = null;

  /**
   * @param page the page's address: its stream parameters choose the stream, the others the view.
   */
  constructor(page: URL, world: ConnectionWorld, plan: PagePlan<C, F>, model: SessionModel<C, F>) {
    this.plan = plan;
    this.model = model;
    this.initialView = readView(page.searchParams, plan.defaults);
    this.page = addressOfPlace(page, this.initialView, plan.baseSeconds);
    this.place = sharedPlace(page, this.initialView);
    const { state } = this;
    this.connection = new StreamConnection(
      world,
      plan.codec,
      {
        status: (status) => {
          state.status.value = status;
          if (status.state === 'waiting') this.notices.lost();
          this.refreshSoon();
          if (status.state === 'ended' && this.asked !== null) this.connection.restart();
        },
        message: (message) => this.takeMessage(message),
        frame: (frame, at) => this.takeFrame(frame, at),
        roundTrip: (ms) => {
          this.health.roundTripMs = ms;
        },
      },
      (resume) => {
        const speed = state.config.value ? state.speed.value : null;
        return streamUrl(plan.endpoint, this.page, speed, resume);
      },
    );
  }

  /** Puts the surface into its place on the page. */
  attachSurface(host: HTMLElement): void {
    try {
      this.view = new SurfaceView(host, () => this.source(), this.settings(), {
        painted: (scene, range) => this.painted(scene, range),
        moved: () => {
          this.onMoved?.();
          this.refreshSoon();
        },
        crosshairMoved: () => this.readCrosshair(),
      });
    } catch (e) {
      this.state.broken.value = e instanceof Error ? e.message : String(e);
      return;
    }
    const { zoomX, zoomY } = this.initialView;
    this.view.camera = { ...this.view.camera, zoomX, zoomY };
  }

  /** What is drawn over the cells. */
  protected abstract layers(): readonly SceneLayer[];
  /** What only this page has in its address. */
  abstract extraView(): Readonly<Record<string, string>>;
  /** Makes the page look as its part of the address says. */
  abstract applyExtraView(extra: Readonly<Record<string, string>>): void;
  /** Price, mode and what matters most on this page in a sentence, for the live region. */
  protected abstract spokenSummary(): string;
  /** What only this page's health has. */
  protected abstract healthFacts(): PageFacts;

  /** Further words for the stamp of a picture. */
  provenance(): string[] {
    return [];
  }

  /** Further numbers of a cell. */
  protected readExtra(_cell: CellReading): CellReading['extra'] {
    return [];
  }

  /** The surface's look beyond field, colours and theme. */
  protected look(): Pick<SurfaceSettings, 'opacity' | 'contour'> {
    return { opacity: 1, contour: null };
  }

  /** Columns kept free for what is drawn beyond the newest one. */
  protected get leadColumns(): number {
    return 0;
  }

  /** The field that the surface shows. */
  get field(): SurfaceField {
    return fieldById(this.plan.fields, this.state.field.value);
  }

  /** Exact numbers of a cell. */
  reading(column: number, row: number): CellReading {
    const cell = readCell(this.model, column, row);
    return { ...cell, extra: this.readExtra(cell) };
  }

  /** Shows another field. */
  showField(id: string): void {
    this.state.field.value = id;
    this.configure();
  }

  /** Keeps the colour range as it is, or lets it follow what is visible again. */
  toggleLock(): void {
    this.state.locked.value = !this.state.locked.value;
    this.configure();
  }

  /** Copies the numbers under the crosshair. */
  copyReading(): void {
    const reading = this.state.reading.value;
    if (!reading) return;
    navigator.clipboard?.writeText(readingText(reading)).then(
      () => this.notify('Copied the numbers under the crosshair.'),
      () => this.notify('The browser did not allow copying.', 'warn'),
    );
  }

  /** Takes away what is being drawn, then the crosshair. */
  cancel(): void {
    this.state.healthOpen.value = false;
    if (this.view?.box) this.view.setBox(null);
    else this.view?.setCrosshair(null);
  }

  /** Goes forward or back by seconds of event time. */
  seekBy(seconds: number): void {
    if (Number.isFinite(this.model.nowMs)) this.seekTo(this.model.nowMs + seconds * 1000);
  }

  /** Applies what the user chose: field, colours, theme, dots. */
  configure(): void {
    applyTheme(this.state.theme.value as ThemeName, document.documentElement);
    this.view?.configure(this.settings());
  }

  /** Pauses or plays. */
  togglePause(): void {
    pauseOrPlay(this);
  }

  /** Sets the playback speed; 0 is as fast as it goes. */
  setSpeed(value: number): void {
    this.state.speed.value = value;
    this.connection.send({ type: 'speed', value });
  }

  /** Goes to an instant, ms since epoch, whole seconds of exchange time. */
  seekTo(epochMs: number, kind: 'seek' | 'restart' = 'seek'): void {
    const local = Math.floor(this.model.clock.localMs(epochMs) / 1000) * 1000;
    this.model.expectJump(kind);
    this.asked = formatTimeOfDay(local, false);
    const sent = this.connection.send({ type: 'seek', to: this.asked });
    if (!sent && this.state.status.value.state === 'ended') this.connection.restart();
    this.view?.goLive();
  }

  /**
   * Plays again from where the page began, with an empty picture. After the end it connects anew.
   */
  restart(): void {
    const ended = ['ended', 'failed'].includes(this.state.status.value.state);
    if (ended) {
      this.restartStream();
      return;
    }
    if (Number.isNaN(this.firstMs)) return;
    this.seekTo(this.firstMs, 'restart');
    if (this.state.paused.value) this.togglePause();
    // A connection that ends before it answers is followed by one that must not be paused again.
    this.state.paused.value = false;
  }

  /** Empties the picture and connects anew: the stream begins where the address says. */
  restartStream(): void {
    const { state } = this;
    this.model.clear();
    this.view?.setCrosshair(null);
    this.view?.forgetPlace();
    this.firstMs = Number.NaN;
    this.asked = null;
    this.notices.forgetLoss();
    state.header.value = null;
    state.nowMs.value = Number.NaN;
    state.clock.value = UNKNOWN_CLOCK;
    this.connection.restart();
    this.refreshSoon();
  }

  /** Tells the user something for a few seconds. */
  notify(text: string, kind: 'info' | 'warn' = 'info'): void {
    this.notices.notify(text, kind);
  }

  private takeMessage(message: StreamMessage<C>): void {
    const { state, model } = this;
    switch (message.type) {
      case 'runtime_config':
        this.takeConfig(message as C);
        return;
      case 'playback':
        this.asked = null;
        takePlayback(state, message, (text) => this.notify(text, 'warn'));
        this.refreshSoon();
        return;
      case 'preparing':
        state.preparing.value = message;
        return;
      case 'session_activity':
        state.activity.value = message;
        return;
      case 'gap':
        model.takeGap(message);
        this.notify(`Missed: ${message.reason}`, 'warn');
        return;
      default:
        return;
    }
  }

  private takeConfig(config: C): void {
    const { state, model } = this;
    const resumed = !model.history.empty && state.config.value !== null;
    const wasPaused = state.paused.value && resumed;
    const other = model.takeConfig(config);
    if (other) {
      this.firstMs = Number.NaN;
      this.view?.forgetPlace();
      if (resumed)
        this.notify('The server has another session now: the picture starts anew.', 'warn');
    }
    state.config.value = config;
    state.following.value = beginsAtEdge(config, this.page);
    state.paused.value = config.paused;
    state.speed.value = config.speed;
    if (this.asked !== null) this.connection.send({ type: 'seek', to: this.asked });
    if (wasPaused && !config.paused) this.connection.send({ type: 'pause' });
    this.refreshSoon();
  }

  private takeFrame(frame: F, receivedAt: number): void {
    const { model, state } = this;
    const { header } = frame;
    const first = model.history.empty;
    const { missing } = model.takeFrame(frame);
    if (Number.isNaN(this.firstMs)) this.firstMs = model.nowMs;
    if (first) this.view?.forgetPlace();
    if (state.preparing.value) state.preparing.value = null;
    if (this.place) this.approachPlace(this.place);
    this.notices.back(missing + header.skipped, first);
    this.health.frameReceived(header.lag_ms, receivedAt);
    this.view?.invalidate();
  }

  private approachPlace(place: SharedPlace): void {
    if (!this.view || !approach(place, this.model, this.view)) return;
    this.place = null;
    this.connection.send({ type: 'pause' });
    this.setSpeed(place.speed);
  }

  private source(): SurfaceSource | null {
    const { history, gaps, price, time, spotRow, header, config } = this.model;
    if (!config) return null;
    const midInt = header?.mid_price_int ?? header?.spot_ref_price_int ?? null;
    const layers = this.layers();
    return { history, gaps, price, time, spotRow, midInt, leadColumns: this.leadColumns, layers };
  }

  private settings(): SurfaceSettings {
    const { state, field } = this;
    const theme = state.theme.value as ThemeName;
    const maps = [state.sequentialMap.value, state.divergingMap.value] as const;
    return {
      field,
      lut: tableFor(field, theme, ...maps),
      contrast: state.contrast.value as ContrastMode,
      locked: state.locked.value,
      ...this.look(),
      palette: surfacePalette(theme),
      reducedMotion: matchMedia('(prefers-reduced-motion: reduce)').matches,
    };
  }

  private painted(scene: Scene, range: ColourRange): void {
    this.health.painted(performance.now());
    this.onPainted?.(scene);
    const { range: shown } = this.state;
    const same = (['low', 'high', 'mode', 'signed', 'knee'] as const).every(
      (name) => shown.value[name] === range[name],
    );
    if (!same) shown.value = range;
    this.refreshSoon();
  }

  private refreshSoon(): void {
    if (this.refreshTimer !== null) return;
    const wait = Math.max(0, this.refreshedAt + REFRESH_MS - performance.now());
    this.refreshTimer = setTimeout(() => {
      this.refreshTimer = null;
      this.refresh();
    }, wait);
  }

  private refresh(): void {
    const { state, model } = this;
    this.refreshedAt = performance.now();
    state.header.value = model.header;
    state.nowMs.value = model.nowMs;
    if (Number.isFinite(model.nowMs)) {
      const time = formatTimeOfDay(model.clock.localMs(model.nowMs), true).slice(0, -1);
      state.clock.value = { time: time.slice(0, -1), zone: model.clock.zoneName(model.nowMs) };
    }
    if (this.view) state.follow.value = followWord(this.view.followState, state.paused.value);
    state.health.value = this.health.facts(
      model,
      state.status.value,
      this.view?.uploadedBytes ?? 0,
      this.healthFacts(),
    );
    this.readCrosshair();
    if (this.refreshedAt - this.spokenAt > SPEAK_MS) {
      this.spokenAt = this.refreshedAt;
      state.spoken.value = this.spokenSummary();
    }
  }

  private readCrosshair(): void {
    const cell = this.view?.crosshair;
    this.state.reading.value = cell ? this.reading(cell.column, cell.row) : null;
  }
}
