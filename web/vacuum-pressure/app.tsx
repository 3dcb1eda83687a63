import { useEffect, useMemo, useRef } from 'preact/hooks';
import { drawLadder, ForcePanel, NetEdgePanel, SmallLine } from '../panels/index.ts';
import { attachKeyboard, HelpDialog, surfacePalette, type ThemeName } from '../shell/index.ts';
import { attachPointer, type Scene } from '../surface/index.ts';
import { IMBALANCE_ROWS } from './flow-series.ts';
import { keyBindings } from './key-bindings.ts';
import type { PageController } from './page-controller.ts';
import { readOut } from './read-cell.ts';
import { StatusNotes } from './status-notes.tsx';
import { Toolbar } from './toolbar.tsx';
import { TopBar } from './top-bar.tsx';

/** Least time between two drawings of the ladder, ms: faster than this nobody reads it. */
const LADDER_MS = 80;
/** Time across a small line, ms. */
const FLOW_SPAN_MS = 120_000;

function Ladder({ controller: c }: { controller: PageController }) {
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

function Surface({ controller: c }: { controller: PageController }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    c.attachSurface(host.current!);
    const { view } = c;
    if (!view) return;
    const detach = attachPointer(view, () => c.copyReading());
    return () => {
      detach();
      view.dispose();
    };
  }, [c]);
  const broken = c.state.broken.value;
  return (
    <section class="surface">
      <div
        ref={host}
        class="surface-host"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes the arrow keys
        tabIndex={0}
        aria-label="Price and time surface. Arrow keys move, plus and minus zoom, question mark lists all keys."
        aria-describedby="spoken"
      />
      {broken && (
        <p class="broken" role="alert">
          {broken} Try a current Chrome, Firefox, Edge or Safari.
        </p>
      )}
    </section>
  );
}

function ReadOut({ controller: c }: { controller: PageController }) {
  const reading = c.state.reading.value;
  return (
    <section class="read-out" aria-label="Numbers under the crosshair">
      {reading ? (
        <>
          <b>{reading.time}</b>
          <b>{reading.price}</b>
          {readOut(reading).map(([label, text]) => (
            <span key={label}>
              <i>{label}</i> {text}
            </span>
          ))}
          {reading.frameSeq === null && <span class="warn">no data here</span>}
          {reading.held && <span class="warn">held frame {reading.frameSeq}</span>}
          {!reading.bookValid && <span class="warn">book not valid</span>}
        </>
      ) : (
        <span class="dim">
          Point at the surface for exact numbers. Scroll zooms price, Ctrl + scroll time. Press ?
          for all keys.
        </span>
      )}
    </section>
  );
}

function SidePanel({ controller: c }: { controller: PageController }) {
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

/** The page. */
export function App({ controller: c }: { controller: PageController }) {
  const bindings = useMemo(() => keyBindings(c), [c]);
  useEffect(() => attachKeyboard(bindings), [bindings]);
  return (
    <div class="page">
      <TopBar controller={c} />
      <section aria-label="Surface controls">
        <Toolbar controller={c} />
      </section>
      <main class="stage">
        <h1 class="visually-hidden">Vacuum pressure</h1>
        <Ladder controller={c} />
        <Surface controller={c} />
        <SidePanel controller={c} />
      </main>
      <ReadOut controller={c} />
      <StatusNotes controller={c} />
      <HelpDialog
        bindings={bindings.filter((b) => b.shown)}
        open={c.state.helpOpen.value}
        onClose={() => {
          c.state.helpOpen.value = false;
        }}
      />
      <p id="spoken" class="visually-hidden" aria-live="polite">
        {c.state.spoken.value}
      </p>
    </div>
  );
}
