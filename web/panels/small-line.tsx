import { useEffect, useRef } from 'preact/hooks';
import { drawLinePlot, extent } from './line-plot.ts';

/** A small line with its name, newest value and range. The arrays are read when `tick` changes. */
export function SmallLine(props: {
  label: string;
  unit: string;
  title: string;
  x: readonly number[];
  y: readonly number[];
  /** Width of the picture in units of x. */
  span: number;
  digits: number;
  colour: string;
  zero: string;
  tick: unknown;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const c = canvas.current;
    if (!c) return;
    const ratio = devicePixelRatio;
    c.width = c.clientWidth * ratio;
    c.height = c.clientHeight * ratio;
    const ctx = c.getContext('2d', { willReadFrequently: true })!;
    ctx.scale(ratio, ratio);
    drawLinePlot(ctx, c.clientWidth, c.clientHeight, props.x, props.y, props.span, {
      line: props.colour,
      zero: props.zero,
    });
  }, [props.tick, props.colour]);
  const text = (v: number | undefined) =>
    v === undefined || !Number.isFinite(v) ? '–' : v.toFixed(props.digits).replace('-', '−');
  const range = extent(props.y);
  return (
    <div class="small-line" title={props.title}>
      <div class="small-line-head">
        <span>{props.label}</span>
        <span>
          <b>{text(props.y.at(-1))}</b> <span class="dim">{props.unit}</span>
        </span>
      </div>
      <div class="small-line-plot">
        <canvas ref={canvas} />
        <span class="dim">{text(range?.high)}</span>
        <span class="dim">{text(range?.low)}</span>
      </div>
    </div>
  );
}
