import { useEffect, useRef } from 'preact/hooks';

/** Speeds that the buttons and keys step through; 0 is as fast as it goes. */
export const SPEEDS = [0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 0] as const;

/** The speed one step up or down from `speed`, which need not be in the list. */
export function speedStep(speed: number, direction: 1 | -1): number {
  const rank = (s: number) => (s === 0 ? Number.POSITIVE_INFINITY : s);
  const sorted = direction > 0 ? SPEEDS : [...SPEEDS].reverse();
  const beyond = sorted.find((s) =>
    direction > 0 ? rank(s) > rank(speed) : rank(s) < rank(speed),
  );
  return beyond ?? speed;
}

/** A speed in words. */
export function speedText(speed: number): string {
  return speed === 0 ? 'max' : `${speed}×`;
}

function ToLive(props: { disabled: boolean; onLive: () => void }) {
  return (
    <button
      type="button"
      class="to-live"
      title="Return to the live edge of the stream"
      disabled={props.disabled}
      onClick={props.onLive}
    >
      To live
    </button>
  );
}

/** Restart, pause or play, and speed. */
export function Transport(props: {
  paused: boolean;
  speed: number;
  disabled: boolean;
  /** At the edge of a live stream; null for a stream without one. */
  following: boolean | null;
  onLive: () => void;
  onRestart: () => void;
  onPause: () => void;
  onSpeed: (speed: number) => void;
}) {
  const speeds: number[] = [...SPEEDS];
  if (!speeds.includes(props.speed)) speeds.unshift(props.speed);
  return (
    <fieldset class="transport" aria-label="Playback">
      <button
        type="button"
        title="Restart from the start time (R)"
        aria-label="Restart"
        disabled={props.disabled}
        onClick={props.onRestart}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path
            d="M3 2v4.5h4.5M3.2 6.3A5.5 5.5 0 1 1 2.6 9"
            fill="none"
            stroke="currentColor"
            stroke-width="1.6"
          />
        </svg>
      </button>
      <button
        type="button"
        class="play"
        title={props.paused ? 'Play (space)' : 'Pause (space)'}
        aria-label={props.paused ? 'Play' : 'Pause'}
        disabled={props.disabled}
        onClick={props.onPause}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path
            d={props.paused ? 'M4 2.5v11l9.5-5.5z' : 'M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z'}
            fill="currentColor"
          />
        </svg>
      </button>
      <label class="speed" title="Playback speed ([ and ])">
        <span class="visually-hidden">Speed</span>
        <select
          value={String(props.speed)}
          disabled={props.disabled || props.following !== null}
          onChange={(e) => props.onSpeed(Number(e.currentTarget.value))}
        >
          {speeds.map((s) => (
            <option key={s} value={String(s)}>
              {speedText(s)}
            </option>
          ))}
        </select>
      </label>
      {props.following === false && <ToLive disabled={props.disabled} onLive={props.onLive} />}
    </fieldset>
  );
}

function drawActivity(canvas: HTMLCanvasElement, bars: number[]): void {
  const ctx = canvas.getContext('2d', { willReadFrequently: true })!;
  const style = getComputedStyle(canvas);
  canvas.width = canvas.clientWidth * devicePixelRatio;
  canvas.height = canvas.clientHeight * devicePixelRatio;
  const top = Math.sqrt(Math.max(1, ...bars));
  ctx.fillStyle = style.color;
  for (let i = 0; i < bars.length; i++) {
    const x0 = Math.floor((i * canvas.width) / bars.length);
    const x1 = Math.floor(((i + 1) * canvas.width) / bars.length);
    const h = (Math.sqrt(bars[i]!) / top) * canvas.height;
    ctx.fillRect(x0, canvas.height - h, Math.max(1, x1 - x0), h);
  }
}

/**
 * The session as a slider, its activity behind it. Positions are seconds from the start of the
 * range; `onSeek` is called when the user lets go.
 */
export function SeekBar(props: {
  /** Length of the range, s. 0 while unknown. */
  seconds: number;
  position: number;
  /** Bars that span the whole range: events in each. */
  activity: number[];
  text: (seconds: number) => string;
  theme: string;
  disabled: boolean;
  onSeek: (seconds: number) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const dragging = useRef(false);
  useEffect(() => {
    if (canvas.current) drawActivity(canvas.current, props.activity);
  }, [props.activity, props.theme]);
  useEffect(() => {
    if (input.current && !dragging.current) input.current.value = String(props.position);
  }, [props.position]);
  const share = props.seconds > 0 ? Math.min(1, Math.max(0, props.position / props.seconds)) : 0;
  return (
    <div class="seek">
      <span class="seek-end">{props.text(0)}</span>
      <div class="seek-track">
        <canvas ref={canvas} />
        <div class="seek-done" style={{ width: `${share * 100}%` }} />
        <input
          ref={input}
          type="range"
          min={0}
          max={props.seconds}
          step={1}
          disabled={props.disabled || props.seconds === 0}
          aria-label="Position in the session"
          aria-valuetext={props.text(props.position)}
          title="Seek in the session; bars are events over the day"
          onInput={(e) => {
            dragging.current = true;
            e.currentTarget.title = props.text(Number(e.currentTarget.value));
          }}
          onChange={(e) => {
            dragging.current = false;
            props.onSeek(Number(e.currentTarget.value));
          }}
        />
      </div>
      <span class="seek-end">{props.text(props.seconds)}</span>
    </div>
  );
}
