import { shownNumber } from '../shell/index.ts';
import {
  NEAR_STRIKES,
  nearestStrikes,
  type OptionsSum,
  strongestStrikes,
  sumOptions,
} from './options-sums.ts';
import { RIGHTS } from './strike-history.ts';
import type { VelocityController } from './velocity-controller.ts';
import type { VelocityModel } from './velocity-model.ts';

/** Strikes that are named. */
const STRONGEST = 3;
const WORDS = { C: 'Calls', P: 'Puts' } as const;

function sumsOf({ options, strikes, header, price }: VelocityModel): OptionsSum[] | null {
  const spot = header?.spot_ref_price_int ?? null;
  if (!options || spot === null) return null;
  return sumOptions(options, nearestStrikes(strikes.listed, Number(spot) / price.tickNano));
}

/** A strike as a price in few digits. */
function strikeText({ price }: VelocityModel, strike: number): string {
  return String(Number(((strike * price.tickNano) / 1e9).toFixed(price.decimals)));
}

/** Calls and puts near spot, and the strikes where most happens. */
export function OptionsPanel({ controller: c }: { controller: VelocityController }) {
  void c.state.header.value;
  const notice = c.state.config.value?.options ?? null;
  const { model } = c;
  const sums = sumsOf(model);
  const strong = model.options ? strongestStrikes(model.options, STRONGEST) : [];
  const cell = (right: string, side: string) =>
    sums?.find((s) => s.right === right && s.side === side) ?? null;
  return (
    <section class="panel" aria-label="Options">
      <h2 title={`Sums over the ${NEAR_STRIKES} listed strikes nearest to spot`}>
        Options <span class="dim">{notice?.symbol ?? (notice ? 'none' : '–')}</span>
      </h2>
      <table class="forces">
        <thead>
          <tr>
            <td />
            <th scope="col" title="Liquidity velocity of bids, 1/s">
              u bid
            </th>
            <th scope="col" title="Liquidity velocity of asks, 1/s">
              u ask
            </th>
            <th scope="col" title="Obstacle of bids">
              Ω bid
            </th>
            <th scope="col" title="Obstacle of asks">
              Ω ask
            </th>
          </tr>
        </thead>
        <tbody>
          {RIGHTS.map((right) => (
            <tr key={right}>
              <th scope="row">{WORDS[right]}</th>
              <td>{shownNumber(cell(right, 'bid')?.velocity, 2)}</td>
              <td>{shownNumber(cell(right, 'ask')?.velocity, 2)}</td>
              <td>{shownNumber(cell(right, 'bid')?.omega, 1)}</td>
              <td>{shownNumber(cell(right, 'ask')?.omega, 1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="dim three" title="Strikes with the largest velocity now, both sides together, 1/s">
        {strong.length === 0 && <span>strongest –</span>}
        {strong.map((s) => (
          <span key={`${s.right}${s.strike}`}>
            {s.right} {strikeText(model, s.strike)} {shownNumber(s.velocity, 2)}
          </span>
        ))}
      </p>
      {notice && !notice.available && <p class="dim reason">{notice.reason}</p>}
    </section>
  );
}
