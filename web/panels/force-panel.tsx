import { useEffect, useRef } from 'preact/hooks';
import type { FrameArrays } from '../../src/wire/index.ts';
import type { SurfacePalette } from '../surface/index.ts';
import { drawForceProfile, forceSums } from './force-profile.ts';

const text = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(1));

/** Profile of pressure and vacuum by row, and their sums above and below spot. */
export function ForcePanel(props: {
  arrays: FrameArrays | null;
  palette: SurfacePalette;
  /** Changes with every update, so that the picture follows. */
  tick: unknown;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { arrays, palette } = props;
  useEffect(() => {
    const c = canvas.current;
    if (!c || !arrays) return;
    const ratio = devicePixelRatio;
    c.width = c.clientWidth * ratio;
    c.height = c.clientHeight * ratio;
    const ctx = c.getContext('2d', { willReadFrequently: true })!;
    ctx.scale(ratio, ratio);
    drawForceProfile(ctx, c.clientWidth, c.clientHeight, arrays, palette);
  }, [props.tick, palette]);
  const sums = arrays ? forceSums(arrays) : undefined;
  return (
    <section class="panel" aria-label="Pressure and vacuum">
      <h2 title="Sums over the 50 rows on each side of spot, lots a second">
        Pressure and vacuum <span class="dim">lots/s</span>
      </h2>
      <table class="forces">
        <thead>
          <tr>
            <td />
            <th scope="col">pressure</th>
            <th scope="col">vacuum</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">above</th>
            <td>{text(sums?.pressureAbove)}</td>
            <td>{text(sums?.vacuumAbove)}</td>
          </tr>
          <tr>
            <th scope="row">below</th>
            <td>{text(sums?.pressureBelow)}</td>
            <td>{text(sums?.vacuumBelow)}</td>
          </tr>
        </tbody>
      </table>
      <canvas ref={canvas} class="profile" />
    </section>
  );
}
