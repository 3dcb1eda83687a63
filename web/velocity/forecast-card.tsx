import type { ForecastNotice, HorizonSkill } from '../../src/wire/index.ts';
import { shownNumber } from '../shell/index.ts';
import type { ForecastReading, HorizonForecast } from './forecast-reading.ts';
import type { VelocityController } from './velocity-controller.ts';

/** Horizons listed before a stream says more, s. */
const USUAL_HORIZONS_S = [1, 2, 5, 10, 20, 30];

/** A row of the card; null where nothing is known. */
interface CardRow {
  horizon: number;
  said: HorizonForecast | null;
  skill: HorizonSkill | null;
}

/** The horizons with probabilities or a measured skill; the usual ones when there are none. */
export function cardRows(
  forecast: ForecastReading | null,
  notice: ForecastNotice | null,
): CardRow[] {
  const said = new Map(forecast?.horizons.map((h) => [h.horizon, h]));
  const skill = new Map(notice?.skill.map((s) => [s.horizon_s, s]));
  const fitted = [...said.values()].filter((h) => Number.isFinite(h.up)).map((h) => h.horizon);
  const all = new Set([...fitted, ...skill.keys()]);
  const horizons = all.size > 0 ? [...all].sort((a, b) => a - b) : USUAL_HORIZONS_S;
  return horizons.map((horizon) => ({
    horizon,
    said: said.get(horizon) ?? null,
    skill: skill.get(horizon) ?? null,
  }));
}

/** A probability in percent; a dash when unknown. */
export function percent(p: number | undefined): string {
  return p === undefined || !Number.isFinite(p) ? '–' : `${Math.round(100 * p)}`;
}

/** A skill with its interval, percent, and whether the interval speaks for it. */
export function skillText(skill: HorizonSkill | null): { text: string; verdict: string } {
  if (!skill || skill.skill === null) return { text: '–', verdict: 'unknown' };
  const { low, high } = skill;
  const one = (x: number | null) =>
    x !== null && Number.isFinite(x)
      ? `${x > 0 ? '+' : ''}${(100 * x).toFixed(1)}`.replace('-', '−')
      : '–';
  const text = `${one(skill.skill)} [${one(low)}, ${one(high)}]`;
  const verdict =
    low !== null && low > 0 ? 'better' : high !== null && high < 0 ? 'worse' : 'undecided';
  return { text, verdict };
}

const SIGNS: Record<string, string> = { better: '✓', worse: '✗', undecided: '≈', unknown: '' };

function SkillCell({ skill }: { skill: HorizonSkill | null }) {
  const { text, verdict } = skillText(skill);
  const words = skill
    ? `Log-loss skill over ${skill.baseline}, percent, with its 95 % interval: ${verdict}`
    : 'Not measured';
  return (
    <td class={`num skill skill-${verdict}`} title={words}>
      {text} <span aria-hidden="true">{SIGNS[verdict]}</span>
    </td>
  );
}

function Row({ row }: { row: CardRow }) {
  const { said } = row;
  return (
    <tr>
      <th scope="row" class="num">
        {row.horizon} s
      </th>
      <td class="num down">{percent(said?.down)}</td>
      <td class="num">{percent(said?.flat)}</td>
      <td class="num up">{percent(said?.up)}</td>
      <td class="num" title="p(predicted direction) − p(opposite)">
        {shownNumber(said?.confidence, 2)}
      </td>
      <SkillCell skill={row.skill} />
    </tr>
  );
}

/** The forecast: probabilities per horizon, beside each what it was worth on days held out. */
export function ForecastCard({ controller: c }: { controller: VelocityController }) {
  void c.state.header.value;
  const notice = c.state.config.value?.forecast ?? null;
  const { forecast } = c.model;
  const status = forecast?.status ?? notice?.status ?? null;
  const reason = forecast?.reason || notice?.reason || '';
  const days = notice?.holdout_days ?? 0;
  return (
    <section class="panel forecast-card" aria-label="Forecast">
      <h2>
        Forecast <span class="dim">{days > 0 ? `skill on ${days} days held out` : ''}</span>
        <span class={`forecast-status forecast-${status ?? 'unknown'}`}>{status ?? '–'}</span>
      </h2>
      <table>
        <thead>
          <tr>
            <th scope="col">in</th>
            <th scope="col" title="p(down), percent">
              ▼ %
            </th>
            <th scope="col" title="p(flat), percent">
              = %
            </th>
            <th scope="col" title="p(up), percent">
              ▲ %
            </th>
            <th scope="col" title="Confidence: p(predicted direction) − p(opposite)">
              conf
            </th>
            <th scope="col" title="Skill over the best baseline, percent, with its 95 % interval">
              skill %
            </th>
          </tr>
        </thead>
        <tbody>
          {cardRows(forecast, notice).map((row) => (
            <Row key={row.horizon} row={row} />
          ))}
        </tbody>
      </table>
      {reason && <p class="dim reason">{reason}</p>}
    </section>
  );
}
