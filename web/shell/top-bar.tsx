import type { ComponentChildren } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { formatPrice, formatTimeOfDay } from '../surface/index.ts';
import { msOfNs } from './exchange-clock.ts';
import { HealthChip } from './health.tsx';
import { returnToLive } from './live-edge.ts';
import { otherPage } from './other-page.ts';
import type { PageController } from './page-controller.ts';
import { SeekBar, Transport } from './transport.tsx';

const MINUTE_MS = 60_000;

const MODE_TITLES = {
  replay: 'Recorded data, played back',
  live: 'Data as it happens',
  synthetic: 'Made by the market generator: no real market',
} as const;

/** The session's activity as bars that span the whole range. */
function activityBars(c: PageController, startMs: number, endMs: number): number[] {
  const activity = c.state.activity.value;
  if (!activity || !(endMs > startMs)) return [];
  const stepMs = activity.step_seconds * 1000;
  const shift = Math.round((msOfNs(activity.start_ns) - startMs) / stepMs);
  const bars = new Array<number>(Math.max(1, Math.ceil((endMs - startMs) / stepMs))).fill(0);
  activity.events.forEach((n, i) => {
    if (i + shift >= 0 && i + shift < bars.length) bars[i + shift] = n;
  });
  return bars;
}

/** The way to the other page, with what both understand of this one's address. */
function OtherPageLink({ controller: c }: { controller: PageController }) {
  const { state } = c;
  const config = state.config.value;
  const page = new URL(location.href);
  if (config) {
    for (const name of ['product_type', 'symbol', 'dt'] as const) {
      page.searchParams.set(name, config[name]);
    }
  }
  page.searchParams.set('theme', state.theme.value);
  const { path, label } = c.plan.other;
  return (
    <a class="other-page" href={otherPage(page, path)} title={`The ${label} page, same session`}>
      {label}
    </a>
  );
}

/** The end of what can be sought, ms since epoch; a live stream's grows, minute by minute. */
function useRangeEnd({ state }: PageController): number {
  const farthest = useRef(Number.NaN);
  const config = state.config.value;
  const told = msOfNs(config?.range_end_ns ?? null);
  if (config?.mode !== 'live') return told;
  const newest = Math.ceil(state.nowMs.value / MINUTE_MS) * MINUTE_MS;
  for (const ms of [told, newest]) {
    if (!(ms <= farthest.current) && Number.isFinite(ms)) farthest.current = ms;
  }
  return farthest.current;
}

function Session({ controller: c }: { controller: PageController }) {
  const { state } = c;
  const config = state.config.value;
  const startMs = msOfNs(config?.range_start_ns ?? null);
  const endMs = useRangeEnd(c);
  const bars = useMemo(
    () => activityBars(c, startMs, endMs),
    [state.activity.value, startMs, endMs],
  );
  const seconds = endMs > startMs ? Math.floor((endMs - startMs) / 1000) : 0;
  const now = state.nowMs.value;
  return (
    <SeekBar
      seconds={seconds}
      position={Number.isFinite(now) && seconds > 0 ? Math.floor((now - startMs) / 1000) : 0}
      activity={bars}
      theme={state.theme.value}
      text={(s) =>
        seconds > 0 ? formatTimeOfDay(c.model.clock.localMs(startMs + s * 1000), false) : '–'
      }
      disabled={state.status.value.state !== 'streaming'}
      onSeek={(s) => c.seekTo(startMs + s * 1000)}
    />
  );
}

/**
 * Instrument, mode, clock, transport, session slider and health, always in the same places; what
 * only one page has comes first.
 */
export function TopBar({
  controller: c,
  children,
}: {
  controller: PageController;
  children?: ComponentChildren;
}) {
  const { state } = c;
  const config = state.config.value;
  const header = state.header.value;
  const clock = state.clock.value;
  return (
    <header class="top-bar">
      {children}
      <div class="instrument">
        <span class="symbol">{config?.symbol ?? '–'}</span>
        <span class="dim">{config?.dt ?? ''}</span>
        {config && (
          <span class={`mode mode-${config.mode}`} title={MODE_TITLES[config.mode]}>
            {config.mode.toUpperCase()}
          </span>
        )}
      </div>
      <span class="last num" title="Middle of best bid and ask">
        {formatPrice(c.model.price, header?.mid_price_int ?? null)}
      </span>
      <time class="clock num" title={`Exchange time, ${config?.time_zone ?? 'zone unknown'}`}>
        {clock.time} <span class="dim">{clock.zone}</span>
      </time>
      <Transport
        paused={state.paused.value}
        speed={state.speed.value}
        disabled={!config}
        following={state.following.value}
        onLive={() => returnToLive(c)}
        onRestart={() => c.restart()}
        onPause={() => c.togglePause()}
        onSpeed={(speed) => c.setSpeed(speed)}
      />
      <Session key={config?.session ?? ''} controller={c} />
      <OtherPageLink controller={c} />
      <HealthChip
        facts={state.health.value}
        open={state.healthOpen.value}
        onToggle={() => {
          state.healthOpen.value = !state.healthOpen.value;
        }}
      />
    </header>
  );
}
