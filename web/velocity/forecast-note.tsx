import type { VelocityController } from './velocity-controller.ts';

/** What the fit did with a day that it has seen and was not judged on. */
const SEEN = {
  train: 'The forecast was fitted on this day: it knew what came.',
  calibrate: 'The forecast was calibrated on this day: it knew what came.',
} as const;

/** Over the picture: that the forecast is unproven, in sample, or that there is none, and why. */
export function ForecastNote({ controller: c }: { controller: VelocityController }) {
  void c.state.header.value;
  const { forecast, config } = c.model;
  const notice = config?.forecast;
  const status = forecast?.status ?? notice?.status ?? null;
  const available = forecast ? forecast.available : notice?.available;
  const role = available ? notice?.day_role : null;
  const seen = role === 'train' || role === 'calibrate' ? SEEN[role] : null;
  if (status === null || (status === 'proven' && available && !seen)) return null;
  const reason = forecast?.reason || notice?.reason || '';
  const withheld = status === 'unproven' ? 'Forecast withheld: unproven' : 'No forecast';
  const sent = status === 'proven' ? 'IN SAMPLE' : 'UNPROVEN FORECAST';
  return (
    <div class={`forecast-note ${available ? 'unproven' : ''}`} role="note">
      <b>{available ? sent : withheld}</b>
      {reason && <span>{reason}</span>}
      {seen && <span>{seen}</span>}
    </div>
  );
}
