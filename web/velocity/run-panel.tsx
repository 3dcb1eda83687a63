import type { RunDiagnostics } from '../../src/wire/index.ts';
import { shownNumber } from '../shell/index.ts';
import type { VelocityController } from './velocity-controller.ts';

type Pair = readonly [label: string, title: string, key: string, digits: number];

const ROWS: readonly Pair[] = [
  ['D, ticks', 'Way to the first wall: 60 % of the largest prominence', 'wall', 0],
  ['Vacuum', 'How far the corridor before the wall drains, 1/s', 'vacuum', 3],
  ['Reinforce', 'How fast the wall itself is built, 1/s', 'reinforce', 3],
  ['RunScore', 'Vacuum minus Reinforce: above 0 the way is open', 'run_score', 3],
];

function oneWay(d: RunDiagnostics | null, key: string, way: 'up' | 'down'): number | null {
  const name = key === 'wall' ? `wall_${way}_ticks` : `${key}_${way}`;
  return d?.[name as keyof RunDiagnostics] ?? null;
}

/** Where the path of least resistance lies, up and down. */
export function RunPanel({ controller: c }: { controller: VelocityController }) {
  void c.state.header.value;
  const d = c.model.forecast?.diagnostics ?? null;
  return (
    <section class="panel" aria-label="Run diagnostics">
      <h2 title="A description of now; what it was worth stands in the forecast’s skill">
        Run diagnostics <span class="dim">describes now</span>
      </h2>
      <table class="forces">
        <thead>
          <tr>
            <td />
            <th scope="col" class="up">
              ▲ up
            </th>
            <th scope="col" class="down">
              ▼ down
            </th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map(([label, title, key, digits]) => (
            <tr key={key} title={title}>
              <th scope="row">{label}</th>
              <td>{shownNumber(oneWay(d, key, 'up'), digits)}</td>
              <td>{shownNumber(oneWay(d, key, 'down'), digits)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="dim three" title="Force, damping and the physics’ own confidence at the mid">
        <span>F {shownNumber(d?.force, 3)}</span>
        <span>N {shownNumber(d?.damping, 2)}</span>
        <span>physics conf {shownNumber(d?.physics_confidence, 2)}</span>
      </p>
    </section>
  );
}
