import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { CONTRAST_MODES, DIVERGING_MAPS, SEQUENTIAL_MAPS, valueAt } from '../surface/index.ts';
import { exportCsv } from './export-csv.ts';
import { nextTheme } from './key-bindings.ts';
import type { PageController } from './page-controller.ts';
import { saveScreenshot } from './screenshot.ts';

/** A labelled list to choose from; the label hides where there is no room. */
export function Choice(props: {
  label: string;
  title: string;
  value: string;
  options: readonly (readonly [string, string])[];
  onChange: (value: string) => void;
}) {
  return (
    <label class="choice" title={props.title}>
      <span>{props.label}</span>
      <select value={props.value} onChange={(e) => props.onChange(e.currentTarget.value)}>
        {props.options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

const same = (names: readonly string[]) => names.map((n) => [n, n] as const);

/** A number in few characters, with a true minus; a dash when unknown. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 1000) return value.toPrecision(3).replace(/e\+?/, 'e').replace('-', '−');
  const text = value.toFixed(size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : 2);
  return text.replace('-', '−');
}

/** The colour map with numbers and unit. */
function Legend({ controller: c }: { controller: PageController }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { state, field } = c;
  const range = state.range.value;
  const drawn = [field.id, state.theme.value, state.sequentialMap.value, state.divergingMap.value];
  useEffect(() => {
    const lut = c.view?.settings.lut;
    const ctx = canvas.current?.getContext('2d');
    if (!lut || !ctx) return;
    ctx.putImageData(new ImageData(new Uint8ClampedArray(lut), 256, 1), 0, 0);
  }, [...drawn, c.view]);
  const { ends } = field;
  return (
    <figure class="legend" aria-label={`Legend: ${field.label}`}>
      <div class="legend-bar">
        <canvas ref={canvas} width={256} height={1} />
      </div>
      <figcaption>
        <span>
          {shortNumber(range.low)} {ends[0]}
        </span>
        <span class="dim legend-middle">{field.unit || shortNumber(valueAt(0.5, range))}</span>
        <span>
          {ends[1]} {shortNumber(range.high)}
        </span>
      </figcaption>
    </figure>
  );
}

function FieldButtons({ controller: c }: { controller: PageController }) {
  return (
    <fieldset class="fields" aria-label="Field">
      {c.plan.fields.map((f, i) => (
        <button
          key={f.id}
          type="button"
          title={`${f.title} (${i + 1})`}
          aria-pressed={c.field.id === f.id}
          onClick={() => c.showField(f.id)}
        >
          {f.label}
        </button>
      ))}
    </fieldset>
  );
}

function Actions({ controller: c }: { controller: PageController }) {
  const { state } = c;
  return (
    <>
      <button
        type="button"
        title="Save a picture with legend and provenance (S)"
        onClick={() => saveScreenshot(c)}
      >
        PNG
      </button>
      <button type="button" title="Save the visible window as CSV (X)" onClick={() => exportCsv(c)}>
        CSV
      </button>
      <button
        type="button"
        class="icon"
        title={`Theme: ${state.theme.value} (T)`}
        aria-label={`Theme: ${state.theme.value}. Next theme`}
        onClick={() => nextTheme(c)}
      >
        ◐
      </button>
      <button
        type="button"
        title="Keys and mouse (?)"
        aria-label="Help"
        onClick={() => {
          state.helpOpen.value = true;
        }}
      >
        ?
      </button>
    </>
  );
}

/** Field, colours, legend, what only this page has, follow and export. */
export function Toolbar({
  controller: c,
  children,
}: {
  controller: PageController;
  children?: ComponentChildren;
}) {
  const { state } = c;
  const { signed } = c.field;
  const set = (target: { value: string }) => (value: string) => {
    target.value = value;
    c.configure();
  };
  return (
    <div class="toolbar" role="toolbar" aria-label="Surface">
      <FieldButtons controller={c} />
      <Choice
        label="Map"
        title="Colour map (C)"
        value={signed ? state.divergingMap.value : state.sequentialMap.value}
        options={signed ? [['', 'by theme'], ...same(DIVERGING_MAPS)] : same(SEQUENTIAL_MAPS)}
        onChange={set(signed ? state.divergingMap : state.sequentialMap)}
      />
      <Choice
        label="Contrast"
        title="How values become colours (N); percentile spans P1 to P99.5 of what is visible"
        value={state.contrast.value}
        options={same(CONTRAST_MODES)}
        onChange={set(state.contrast)}
      />
      <button
        type="button"
        aria-pressed={state.locked.value}
        title="Keep the colour range as it is (L)"
        onClick={() => c.toggleLock()}
      >
        Lock
      </button>
      <Legend controller={c} />
      {children}
      <button
        type="button"
        class={`follow follow-${state.follow.value.toLowerCase()}`}
        title="Back to now and spot (Home); F follows or not"
        onClick={() => c.view?.goLive()}
      >
        {state.follow.value}
      </button>
      <span class="spring" />
      <Actions controller={c} />
    </div>
  );
}
