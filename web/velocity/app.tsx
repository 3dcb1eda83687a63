import { useMemo } from 'preact/hooks';
import { Choice, keyBindings, PageFrame, Surface, Toolbar, TopBar } from '../shell/index.ts';
import { SIDES, type SideChoice } from './fields.ts';
import { ForecastCard } from './forecast-card.tsx';
import { ForecastNote } from './forecast-note.tsx';
import { LayersPanel } from './layers-panel.tsx';
import { OptionsPanel } from './options-panel.tsx';
import { ownKeys } from './own-keys.ts';
import { RunPanel } from './run-panel.tsx';
import type { VelocityController } from './velocity-controller.ts';

/** The page. */
export function App({ controller: c }: { controller: VelocityController }) {
  const bindings = useMemo(() => keyBindings(c, ownKeys(c)), [c]);
  return (
    <PageFrame controller={c} bindings={bindings}>
      <TopBar controller={c}>
        <button
          type="button"
          class="restart-stream"
          title="Connect anew and clear every layer (Shift Home)"
          onClick={() => c.restartStream()}
        >
          Restart Stream
        </button>
      </TopBar>
      <section aria-label="Surface controls">
        <Toolbar controller={c}>
          <Choice
            label="Side"
            title="Side of the book (A); book shows at each price the side that owns it"
            value={c.side.value}
            options={SIDES.map((side) => [side, side] as const)}
            onChange={(side) => c.showSide(side as SideChoice)}
          />
        </Toolbar>
      </section>
      <main class="stage stage-velocity">
        <h1 class="visually-hidden">Velocity</h1>
        <aside class="side side-left">
          <LayersPanel controller={c} />
        </aside>
        <Surface controller={c}>
          <ForecastNote controller={c} />
        </Surface>
        <div class="side">
          <ForecastCard controller={c} />
          <RunPanel controller={c} />
          <OptionsPanel controller={c} />
        </div>
      </main>
    </PageFrame>
  );
}
