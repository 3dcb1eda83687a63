import type { EdgeReason, GridUpdate, NetEdge } from '../../src/wire/index.ts';
import { formatPrice, type PriceScale } from '../surface/index.ts';

/** Scaled edge at which the bar is full: three times the session's usual size. */
const FULL_EDGE = 3;

const REGIMES: Record<NetEdge['regime'], string> = {
  up: 'Vacuum above and pressure below: the path up empties while support builds',
  down: 'Vacuum below and pressure above: the path down empties while resistance builds',
  chop: 'Both sides build',
  fragile: 'Both sides drain: either way is open',
  quiet: 'Too little flow to say',
};

const KINDS: Record<EdgeReason['kind'], string> = {
  ask_vacuum: 'asks draining',
  bid_pressure: 'bids building',
  bid_vacuum: 'bids draining',
  ask_pressure: 'asks building',
};

/** A number with its sign; a dash when unknown. */
const signed = (value: number, digits: number) =>
  !Number.isFinite(value)
    ? '–'
    : `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value).toFixed(digits)}`;

/** The regime word; its rule is the title. */
export function RegimeWord(props: { regime: NetEdge['regime'] | null }) {
  const { regime } = props;
  return (
    <span
      class={`regime regime-${regime ?? 'none'}`}
      title={regime ? REGIMES[regime] : 'Unknown yet'}
    >
      {regime ?? '–'}
    </span>
  );
}

function Reason(props: { reason: EdgeReason; scale: PriceScale }) {
  const { reason, scale } = props;
  const up = reason.direction === 'up';
  return (
    <li class={up ? 'up' : 'down'}>
      <span title={up ? 'argues up' : 'argues down'}>{up ? '▲' : '▼'}</span>
      <span class="what">{KINDS[reason.kind]}</span>
      <span class="num">{formatPrice(scale, reason.price_int)}</span>
      <span class="num dim">{signed(reason.contribution, 2)}</span>
    </li>
  );
}

/** Net edge: which way liquidity leans now, with its three biggest reasons. */
export function NetEdgePanel(props: { header: GridUpdate | null; scale: PriceScale }) {
  const edge = props.header?.edge ?? null;
  const share = edge ? Math.max(-1, Math.min(1, edge.up / FULL_EDGE)) : 0;
  return (
    <section class="panel" aria-label="Net edge">
      <h2 title="A description of now, in multiples of the session's usual size. Not a forecast.">
        Net edge <span class="dim">not a forecast</span>
        <RegimeWord regime={edge?.regime ?? null} />
      </h2>
      <div class="edge-numbers">
        <span class="up" title="Vacuum on asks minus pressure on asks, and the reverse on bids">
          ▲ up <b>{edge ? signed(edge.up, 2) : '–'}</b>
        </span>
        <span class="down">
          ▼ down <b>{edge ? signed(edge.down, 2) : '–'}</b>
        </span>
      </div>
      <div class="edge-bar" aria-hidden="true">
        <i
          class={share >= 0 ? 'up-fill' : 'down-fill'}
          style={{
            left: `${share >= 0 ? 50 : 50 + share * 50}%`,
            width: `${Math.abs(share) * 50}%`,
          }}
        />
      </div>
      <ol class="reasons" title="Biggest reasons, lots a second">
        {(edge?.reasons ?? []).slice(0, 3).map((reason) => (
          <Reason key={`${reason.kind} ${reason.price_int}`} reason={reason} scale={props.scale} />
        ))}
      </ol>
    </section>
  );
}
