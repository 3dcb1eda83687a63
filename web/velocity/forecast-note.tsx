import type { VelocityController } from './velocity-controller.ts';

/** Over the picture: that the forecast is unproven, or that there is none, and why. */
export function ForecastNote({ controller: c }: { controller: VelocityController }) {
  void c.state.header.value;
  const { forecast, config } = c.model;
  const status = forecast?.status ?? config?.forecast.status ?? null;
  const available = forecast ? forecast.available : config?.forecast.available;
  if (status === null || (status === 'proven' && available)) return null;
  const reason = forecast?.reason || config?.forecast.reason || '';
  const withheld = status === 'unproven' ? 'Forecast withheld: unproven' : 'No forecast';
  return (
    <div class={`forecast-note ${available ? 'unproven' : ''}`} role="note">
      <b>{available ? 'UNPROVEN FORECAST' : withheld}</b>
      {reason && <span>{reason}</span>}
    </div>
  );
}
