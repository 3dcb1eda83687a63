import type {
  FrameArrays,
  GridUpdate,
  RuntimeConfig,
  VacuumPressureServerMessage,
} from '../../src/wire/index.ts';
import {
  applyTheme,
  readView,
  surfacePalette,
  type ThemeName,
  type ViewState,
} from '../shell/index.ts';
import { type ConnectionWorld, StreamConnection, streamUrl } from '../stream/index.ts';
import {
  type ColourMapName,
  type ColourRange,
  type ContrastMode,
  type FieldId,
  fieldById,
  followWord,
  formatDuration,
  formatTimeOfDay,
  lookupTable,
  type Scene,
  type SurfaceSettings,
  SurfaceView,
} from '../surface/index.ts';
import { HealthMeter } from './health-meter.ts';
import { createPageState, type PageState } from './page-state.ts';
import { readCell, readingText } from './read-cell.ts';
import { SessionModel } from './session-model.ts';
import {
  addressOfPlace,
  instantOf,
  rowOfPriceText,
  type SharedPlace,
  sharedPlace,
} from './shared-place.ts';
import { spokenSummary } from './spoken-summary.ts';

/** Least time between two updates of the panels, ms. */
const REFRESH_MS = 120;
/** Time between two sentences for screen readers, ms. */
const SPEAK_MS = 5000;
/** How long a notice stays, ms. */
const NOTICE_MS = 9000;

/**
 * Ties the stream, the model, the surface and the panels together. One for the life of the page.
 */
export class PageController {
  readonly state: PageState = createPageState();
  readonly model = new SessionModel();
  readonly health = new HealthMeter();
  readonly connection: StreamConnection;
  view: SurfaceView | null = null;
  /** Called after each paint; the ladder draws then. */
  onPainted: ((scene: Scene) => void) | null = null;
  /** Called after the camera moved. */
  onMoved: (() => void) | null = null;
  /** The view of the address that the page was opened with. */
  readonly initialView: ViewState;
  private readonly page: URL;
  private place: SharedPlace | null;
  private luts = new Map<string, Uint8Array>();
  private refreshedAt = 0;
  private spokenAt = 0;
  private lostAt = 0;
  private firstMs = Number.NaN;
  /** A place asked for that the server has not answered yet: it may have ended in the meantime. */
  private asked: string | null = null;
  private noticeCount = 0;
  private refreshTimer: ReturnType<typeof setTimeout> | null = null;

  /**
   * @param page the page's address: its stream parameters choose the stream, the others the view.
   */
  constructor(page: URL, world: ConnectionWorld) {
    this.initialView = readView(page.searchParams);
    this.page = addressOfPlace(page, this.initialView);
    this.place = sharedPlace(page, this.initialView);
    const { state } = this;
    this.connection = new StreamConnection(
      world,
      {
        status: (status) => {
          state.status.value = status;
          if (status.state === 'waiting' && this.lostAt === 0) this.lostAt = performance.now();
          this.refreshSoon();
          if (status.state === 'ended' && this.asked !== null) this.connection.restart();
        },
        message: (message) => this.takeMessage(message),
        frame: (header, arrays, at) => this.takeFrame(header, arrays, at),
        roundTrip: (ms) => {
          this.health.roundTripMs = ms;
        },
      },
      (resume) => streamUrl(this.page, state.config.value ? state.speed.value : null, resume),
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
    this.connection.send({ type: this.state.paused.value ? 'resume' : 'pause' });
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
      this.model.clear();
      this.view?.forgetPlace();
      this.connection.restart();
      return;
    }
    if (Number.isNaN(this.firstMs)) return;
    this.seekTo(this.firstMs, 'restart');
    if (this.state.paused.value) this.togglePause();
    // A connection that ends before it answers is followed by one that must not be paused again.
    this.state.paused.value = false;
  }

  /** Tells the user something for a few seconds. */
  notify(text: string, kind: 'info' | 'warn' = 'info'): void {
    const notice = { id: ++this.noticeCount, text, kind };
    const { notices } = this.state;
    notices.value = [...notices.value.slice(-2), notice];
    setTimeout(() => {
      notices.value = notices.value.filter((n) => n.id !== notice.id);
    }, NOTICE_MS);
  }

  private takeMessage(message: Exclude<VacuumPressureServerMessage, GridUpdate>): void {
    const { state, model } = this;
    switch (message.type) {
      case 'runtime_config':
        this.takeConfig(message);
        return;
      case 'playback':
        this.asked = null;
        state.paused.value = message.paused;
        state.speed.value = message.speed;
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

  private takeConfig(config: RuntimeConfig): void {
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
    state.paused.value = config.paused;
    state.speed.value = config.speed;
    if (this.asked !== null) this.connection.send({ type: 'seek', to: this.asked });
    if (wasPaused && !config.paused) this.connection.send({ type: 'pause' });
    this.refreshSoon();
  }

  private takeFrame(header: GridUpdate, arrays: FrameArrays, receivedAt: number): void {
    const { model, state } = this;
    const first = model.history.empty;
    const { missing } = model.takeFrame(header, arrays);
    if (Number.isNaN(this.firstMs)) this.firstMs = model.nowMs;
    if (first) this.view?.forgetPlace();
    if (state.preparing.value) state.preparing.value = null;
    if (this.place) this.approachPlace(this.place);
    if (this.lostAt > 0) this.sayWhatWasMissed(missing + header.skipped, first);
    this.health.frameReceived(header.lag_ms, receivedAt);
    this.view?.invalidate();
  }

  /** Shows the place of a shared link while the stream fills it, and pauses when it is reached. */
  private approachPlace(place: SharedPlace): void {
    const { model, view } = this;
    if (!view) return;
    const { originMs, columnMs } = model.time;
    const instant = instantOf(place.at, originMs, model.time.offsetMs(model.nowMs));
    if (view.followState.time) {
      const centre = rowOfPriceText(model.price, place.price);
      const camera = { ...view.camera, right: (instant - originMs) / columnMs, centre };
      view.lookAt(camera, { time: false, price: false, recentring: false });
    }
    if (model.nowMs < instant) return;
    this.place = null;
    this.connection.send({ type: 'pause' });
    this.setSpeed(place.speed);
  }

  private sayWhatWasMissed(frames: number, first: boolean): void {
    const away = formatDuration(performance.now() - this.lostAt);
    this.lostAt = 0;
    if (first) return;
    if (frames === 0) this.notify(`Reconnected after ${away}. Nothing was missed.`);
    else this.notify(`Reconnected after ${away}. Missed ${frames} frames.`, 'warn');
  }

  private source() {
    return this.model.config ? { ...this.surfaceData(), midInt: this.midInt() } : null;
  }

  private surfaceData() {
    const { history, trades, gaps, price, time, spotRow } = this.model;
    return { history, trades, gaps, price, time, spotRow };
  }

  private midInt(): string | null {
    const header = this.model.header;
    return header?.mid_price_int ?? header?.spot_ref_price_int ?? null;
  }

  private settings(): SurfaceSettings {
    const { state } = this;
    const theme = state.theme.value as ThemeName;
    const field = state.field.value as FieldId;
    const diverging =
      state.divergingMap.value || (theme === 'light' ? 'blue-white-orange' : 'blue-black-orange');
    const map = fieldById(field).signed ? diverging : state.sequentialMap.value;
    let lut = this.luts.get(map);
    if (!lut) {
      lut = lookupTable(map as ColourMapName);
      this.luts.set(map, lut);
    }
    return {
      field,
      lut,
      contrast: state.contrast.value as ContrastMode,
      locked: state.locked.value,
      minTradeSize: state.minSize.value > 0 ? state.minSize.value : null,
      palette: surfacePalette(theme),
      reducedMotion: matchMedia('(prefers-reduced-motion: reduce)').matches,
    };
  }

  private painted(scene: Scene, range: ColourRange): void {
    this.health.painted(performance.now());
    this.onPainted?.(scene);
    const old = this.state.range.value;
    if (
      old.low !== range.low ||
      old.high !== range.high ||
      old.mode !== range.mode ||
      old.signed !== range.signed
    ) {
      this.state.range.value = range;
    }
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
    );
    this.readCrosshair();
    if (this.refreshedAt - this.spokenAt > SPEAK_MS) {
      this.spokenAt = this.refreshedAt;
      state.spoken.value = spokenSummary(model, state);
    }
  }

  private readCrosshair(): void {
    const cell = this.view?.crosshair;
    this.state.reading.value = cell ? readCell(this.model, cell.column, cell.row) : null;
  }
}
