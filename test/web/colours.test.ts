import { describe, expect, it } from 'vitest';
import { THEME_NAMES, THEMES } from '../../web/shell/themes.ts';
import {
  type ColourMapName,
  colourAt,
  contrastRatio,
  DIVERGING_MAPS,
  LUT_SIZE,
  lookupTable,
  luminance,
  type Rgb,
  rgbOfHex,
  SEQUENTIAL_MAPS,
} from '../../web/surface/colour-maps.ts';

const entry = (lut: Uint8Array, i: number): Rgb => [lut[i * 4]!, lut[i * 4 + 1]!, lut[i * 4 + 2]!];
const luminances = (name: ColourMapName) => {
  const lut = lookupTable(name);
  return Array.from({ length: LUT_SIZE }, (_, i) => luminance(entry(lut, i)));
};
const rises = (values: number[]) => values.every((v, i) => i === 0 || v >= values[i - 1]!);

describe('colour maps', () => {
  it.each(SEQUENTIAL_MAPS)('%s grows lighter from low to high, with room between', (name) => {
    const l = luminances(name);
    expect(rises(l)).toBe(true);
    expect(l.at(-1)! - l[0]!).toBeGreaterThan(0.5);
    for (let i = 32; i < LUT_SIZE; i += 32) expect(l[i]!).toBeGreaterThan(l[i - 32]!);
  });

  it.each(DIVERGING_MAPS)('%s changes its lightness steadily from the middle outwards', (name) => {
    const l = luminances(name);
    const low = l.slice(0, LUT_SIZE / 2).reverse();
    const high = l.slice(LUT_SIZE / 2);
    const outward = name === 'blue-black-orange' ? 1 : -1;
    expect(rises(low.map((v) => v * outward))).toBe(true);
    expect(rises(high.map((v) => v * outward))).toBe(true);
  });

  it.each(DIVERGING_MAPS)('%s has a neutral middle, orange below and blue above', (name) => {
    const lut = lookupTable(name);
    const [r, g, b] = entry(lut, LUT_SIZE / 2);
    expect(Math.max(r, g, b) - Math.min(r, g, b)).toBeLessThan(24);
    const below = entry(lut, LUT_SIZE / 4);
    const above = entry(lut, (3 * LUT_SIZE) / 4);
    expect(below[0]).toBeGreaterThan(below[2] + 40);
    expect(above[2]).toBeGreaterThan(above[0] + 40);
  });

  it('passes through its published key colours', () => {
    expect(colourAt('viridis', 0)).toEqual(rgbOfHex('440154'));
    expect(colourAt('viridis', 1)).toEqual(rgbOfHex('fde725'));
    expect(colourAt('cividis', 0)).toEqual(rgbOfHex('00224e'));
    expect(colourAt('inferno', 4 / 9)).toEqual(rgbOfHex('a52c60'));
  });

  it.each(THEME_NAMES)("keeps 'no data' of the %s theme outside every map", (theme) => {
    const none = rgbOfHex(THEMES[theme].noData);
    for (const name of [...SEQUENTIAL_MAPS, ...DIVERGING_MAPS]) {
      const lut = lookupTable(name);
      for (let i = 0; i < LUT_SIZE; i++) {
        const c = entry(lut, i);
        const distance = Math.hypot(c[0] - none[0], c[1] - none[1], c[2] - none[2]);
        expect(distance, `${name} at ${i}`).toBeGreaterThan(20);
      }
    }
  });
});

describe('contrast ratio', () => {
  it('is that of WCAG', () => {
    expect(contrastRatio([0, 0, 0], [255, 255, 255])).toBeCloseTo(21, 6);
    expect(contrastRatio(rgbOfHex('767676'), rgbOfHex('ffffff'))).toBeCloseTo(4.54, 2);
  });
});

describe.each(THEME_NAMES)('the %s theme', (theme) => {
  const t = THEMES[theme];
  const ratio = (a: string, b: string) => contrastRatio(rgbOfHex(a), rgbOfHex(b));
  const texts = [
    'text',
    'muted',
    'bid',
    'ask',
    'up',
    'down',
    'warn',
    'bad',
    'good',
    'buyer',
    'seller',
  ] as const;

  it.each(texts)('makes %s readable on every ground it stands on', (name) => {
    for (const ground of ['background', 'panel', 'raised'] as const) {
      expect(ratio(t[name], t[ground]), ground).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('makes pressed buttons, tags and outlines readable', () => {
    expect(ratio(t.onAccent, t.accent)).toBeGreaterThanOrEqual(4.5);
    expect(ratio(t.panel, t.spot)).toBeGreaterThanOrEqual(4.5);
    expect(ratio(t.panel, t.crosshair)).toBeGreaterThanOrEqual(4.5);
    for (const ground of ['background', 'panel', 'raised'] as const) {
      expect(ratio(t.focus, t[ground])).toBeGreaterThanOrEqual(3);
      expect(ratio(t.control, t[ground])).toBeGreaterThanOrEqual(3);
    }
  });
});
