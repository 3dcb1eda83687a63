import { useEffect, useMemo, useRef } from 'preact/hooks';
import { drawLadder, ForcePanel, NetEdgePanel, SmallLine } from '../panels/index.ts';
import {
  keyBindings,
  PageFrame,
  Surface,
  surfacePalette,
  type ThemeName,
  Toolbar,
  TopBar,
} from '../shell/index.ts';
import type { Scene } from '../surface/index.ts';
import { IMBALANCE_ROWS } from './flow-series.ts';
import { ownKeys } from './own-keys.ts';
import type { PressureController } from './pressure-controller.ts';

/** Least time between two drawings of the ladder, ms: faster than this nobody reads it. */
const LADDER_MS = 80;
/** Time across a small line, ms. */
const FLOW_SPAN_MS = 120_000;

function Ladder({ controller: c }: { controller: PressureController }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let drawnAt = 0;
    c.onPainted = (scene: Scene) => {
      const el = canvas.current;
      const now = performance.now();
      if (!el || now - drawnAt < LADDER_MS) return;
      drawnAt = now;
      const ratio = Math.min(2, devicePixelRatio);
      const width = el.clientWidth;
      el.width = width * ratio;
      el.height = el.clientHeight * ratio;
      const ctx = el.getContext('2d')!;
      ctx.scale(ratio, ratio);
      drawLadder(ctx, scene, c.model.arrays, c.model.spotRow, width);
    };
    return () => {
      c.onPainted = null;
    };
  }, [c]);
  return (
    <section class="ladder" aria-label="Ladder">
      <canvas
        ref={canvas}
        role="img"
        aria-label="Depth ladder: stacked, pulled and filled lots, bids, price and asks"
      />
    </section>
  );
}

function SidePanel({ controller: c }: { controller: PressureController }) {
  const { state, model } = c;
  const header = state.header.value;
  const theme = state.theme.value as ThemeName;
  const palette = useMemo(() => surfacePalette(theme), [theme]);
  const { series } = model;
  const line = (
    label: string,
    unit: string,
    title: string,
    y: number[],
    colour: string,
    digits = 0,
  ) => (
    <SmallLine
      label={label}
      unit={unit}
      title={title}
      x={series.columns}
      y={y}
      span={FLOW_SPAN_MS / model.time.columnMs}
      digits={digits}
      colour={colour}
      zero={palette.axis}
      tick={header}
    />
  );
  return (
    <aside class="side">
      <NetEdgePanel header={header} scale={model.price} />
      <ForcePanel arrays={model.arrays} palette={palette} tick={header} />
      <section class="panel" aria-label="Flow">
        <h2>
          Flow <span class="dim">last 2 min</span>
        </h2>
        {line(
          'Flow imbalance (proxy)',
          'lots/s',
          `Building minus draining within ${IMBALANCE_ROWS} rows of spot, bids minus asks. Describes now.`,
          series.imbalance,
          palette.bid,
          1,
        )}
        {line(
          'CVD',
          'lots',
          'Aggressor buys minus sells since the session began',
          series.cvd,
          palette.spot,
        )}
        {line(
          'Events',
          '/s',
          'Book events a second, event time',
          series.eventRate,
          palette.unknown,
        )}
      </section>
    </aside>
  );
}

function SmallestTrade({ controller: c }: { controller: PressureController }) {
  return (
    <label class="choice" title="Smallest trade shown as a dot, lots; 0 hides the dots (< and >)">
      <span>Trades ≥</span>
      <input
        type="number"
        min={0}
        max={100_000}
        value={c.minSize.value}
        onInput={(e) => {
          c.minSize.value = Math.max(0, Number(e.currentTarget.value) || 0);
          c.configure();
        }}
      />
    </label>
  );
}

/** The page. */
export function App({ controller: c }: { controller: PressureController }) {
  const bindings = useMemo(() => keyBindings(c, ownKeys(c)), [c]);
  return (
    <PageFrame controller={c} bindings={bindings}>
      <TopBar controller={c} />
      <section aria-label="Surface controls">
        <Toolbar controller={c}>
          <SmallestTrade controller={c} />
        </Toolbar>
      </section>
      <main class="stage">
        <h1 class="visually-hidden">Vacuum pressure</h1>
        <Ladder controller={c} />
        <Surface controller={c} />
        <SidePanel controller={c} />
      </main>
    </PageFrame>
  );
}
