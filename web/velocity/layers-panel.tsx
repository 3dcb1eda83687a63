import { shortNumber } from '../shell/index.ts';
import { LAYERS } from './layers.ts';
import type { VelocityController } from './velocity-controller.ts';

/** A switch and an opacity for each layer, with what it shows. */
export function LayersPanel({ controller: c }: { controller: VelocityController }) {
  const ofShares = c.state.config.value?.product_type.startsWith('equity') ?? false;
  return (
    <section class="panel layers" aria-label="Layers">
      <h2>Layers</h2>
      {LAYERS.map(({ id, label: usual, says }, i) => {
        const label = id === 'futures' && ofShares ? 'Shares' : usual;
        const { on, opacity } = c.layerState[id];
        return (
          <div key={id} class="layer">
            <label title={`${says} (Alt ${i + 1})`}>
              <input
                type="checkbox"
                checked={on.value}
                onChange={(e) => {
                  on.value = e.currentTarget.checked;
                  c.configure();
                }}
              />
              <span class={`swatch swatch-${id}`} aria-hidden="true" />
              {label}
            </label>
            <input
              type="range"
              min={5}
              max={100}
              step={5}
              value={opacity.value}
              disabled={!on.value}
              aria-label={`Opacity of ${label}, percent`}
              title={`Opacity ${opacity.value} %`}
              onInput={(e) => {
                opacity.value = Number(e.currentTarget.value);
                c.configure();
              }}
            />
            <p class="dim">{says}</p>
          </div>
        );
      })}
      <BarRange controller={c} />
    </section>
  );
}

/** What the colours of the options' bars span: not what the surface's do. */
function BarRange({ controller: c }: { controller: VelocityController }) {
  void c.state.header.value;
  void c.state.range.value;
  const { low, high } = c.bars.range;
  return (
    <p class="dim" title="The options' colours span their own values, with the same map">
      Options: {shortNumber(low)} to {shortNumber(high)} {c.field.unit}
    </p>
  );
}
