/** What only one page's health has. */
export interface PageFacts {
  /** State of the forecast in a word; null on a page without one. */
  forecast: string | null;
  /** Further rows of the panel: name, value, explanation. */
  rows: readonly (readonly [string, string, string])[];
}

/** What the health chip and its panel say. Unknown numbers are NaN and shown as a dash. */
export interface HealthFacts extends PageFacts {
  /** The lag is that of a live feed: from the capture of the newest record to its paint. */
  live: boolean;
  /** From the moment a frame was due to its paint, ms: median and 99th percentile. */
  lagP50: number;
  lagP99: number;
  /** Pictures painted in the last second. */
  fps: number;
  framesReceived: number;
  skipped: number;
  gaps: number;
  /** In words: valid, rebuilding, partial, crossed. */
  book: string;
  connection: string;
  roundTripMs: number;
  uploadedMb: number;
  historyFrames: number;
  level: 'good' | 'warn' | 'bad';
}

const number = (value: number, digits = 0) =>
  Number.isFinite(value) ? value.toFixed(digits) : '–';

/** Always visible: the state of the data in a few words. Opens the panel. */
export function HealthChip(props: {
  facts: HealthFacts | null;
  open: boolean;
  onToggle: () => void;
}) {
  const f = props.facts;
  return (
    <button
      type="button"
      class={`health-chip level-${f?.level ?? 'warn'}`}
      aria-expanded={props.open}
      aria-controls="health-panel"
      title="Health of the data: opens details (H)"
      onClick={props.onToggle}
    >
      <span class="dot" aria-hidden="true" />
      <span>
        {f?.live ? 'feed lag' : 'lag'} {f ? number(f.lagP50) : '–'}
      </span>
      <span class="dim minor">/ {f ? number(f.lagP99) : '–'} ms</span>
      <span class="minor">{f ? number(f.fps) : '–'} fps</span>
      <span class={f && f.skipped > 0 ? '' : 'dim'}>skip {f ? f.skipped : '–'}</span>
      <span class={f && f.gaps > 0 ? 'warn' : 'dim'}>gaps {f ? f.gaps : '–'}</span>
      <span>{f?.book ?? 'book –'}</span>
      {f?.forecast && <span>fc {f.forecast}</span>}
    </button>
  );
}

/** The numbers behind the chip. */
export function HealthPanel(props: { facts: HealthFacts; onClose: () => void }) {
  const f = props.facts;
  const rows: (readonly [string, string, string])[] = [
    ['Connection', f.connection, 'State of the stream'],
    [
      f.live ? 'Feed lag p50 / p99' : 'Lag p50 / p99',
      `${number(f.lagP50, 1)} / ${number(f.lagP99, 1)} ms`,
      f.live ? 'Capture of the newest record to paint' : 'Frame due to paint',
    ],
    ['Round trip', `${number(f.roundTripMs, 1)} ms`, 'Ping to the server and back'],
    ['Pictures a second', number(f.fps), 'Painted when something changed'],
    ['Frames received', String(f.framesReceived), 'Since the page was opened'],
    ['Frames skipped', String(f.skipped), 'Left out by the server for this viewer, newest wins'],
    ['Gaps', String(f.gaps), 'Spans without comparable frames, hatched on the surface'],
    ['Book', f.book, 'As the server reports it'],
    ...f.rows,
    ['History', `${f.historyFrames} frames`, 'Held in this page'],
    ['Uploaded', `${number(f.uploadedMb, 1)} MB`, 'Sent to the graphics card'],
  ];
  return (
    <section id="health-panel" class="popover" aria-label="Health of the data">
      <header>
        <h2>Health</h2>
        <button type="button" class="icon" aria-label="Close health panel" onClick={props.onClose}>
          ×
        </button>
      </header>
      <dl>
        {rows.map(([name, value, title]) => (
          <div key={name} title={title}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
