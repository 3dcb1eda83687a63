/** A colour: red, green, blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** Entries of a lookup table. */
export const LUT_SIZE = 256;

/**
 * Published key colours of each map, equally spaced from low to high (matplotlib, and Nunez et al.
 * for cividis).
 */
const KEY_COLOURS = {
  cividis: '00224e 123570 3b496c 575d6d 707173 8a8678 a59c74 c3b369 e1cc55 fee838',
  viridis: '440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725',
  inferno: '000004 1b0c41 4a0c6b 781c6d a52c60 cf4446 ed6925 fb9b06 f7d13d fcffa4',
  grey: '383838 cdcdcd',
  'blue-white-orange': '0b3c7d 2f6fb7 86b4dd ffffff f2b36f d5711d 7f3603',
  'blue-black-orange': 'a6dcff 4a9be8 1f568f 262a33 8a4c14 e5851f ffd79a',
} as const;

/** Name of a colour map. */
export type ColourMapName = keyof typeof KEY_COLOURS;

/** Maps for fields that start at zero. */
export const SEQUENTIAL_MAPS = ['cividis', 'viridis', 'inferno', 'grey'] as const;
/**
 * Maps for signed fields: negative at the orange end, positive at the blue end, a neutral middle.
 */
export const DIVERGING_MAPS = ['blue-white-orange', 'blue-black-orange'] as const;

/** A hexadecimal colour (with or without #) as numbers. */
export function rgbOfHex(hex: string): Rgb {
  const n = Number.parseInt(hex.replace('#', ''), 16);
  return [(n >> 16) & 255, (n >> 8) & 255, n & 255];
}

function linearOf(channel: number): number {
  const c = channel / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
}

function channelOf(linear: number): number {
  const c = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(Math.min(1, Math.max(0, c)) * 255);
}

/** Relative luminance of a colour, 0 to 1 (WCAG 2.2). */
export function luminance(rgb: Rgb): number {
  return 0.2126 * linearOf(rgb[0]) + 0.7152 * linearOf(rgb[1]) + 0.0722 * linearOf(rgb[2]);
}

/** Contrast ratio of two colours, 1 to 21 (WCAG 2.2). */
export function contrastRatio(a: Rgb, b: Rgb): number {
  const la = luminance(a);
  const lb = luminance(b);
  return (Math.max(la, lb) + 0.05) / (Math.min(la, lb) + 0.05);
}

/**
 * Oklab coordinates (Ottosson 2020): lightness and two opponent hues, in which mixing looks even.
 */
function oklabOf(rgb: Rgb): Rgb {
  const r = linearOf(rgb[0]);
  const g = linearOf(rgb[1]);
  const b = linearOf(rgb[2]);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function rgbOfOklab([light, a, b]: Rgb): Rgb {
  const l = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (light - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    channelOf(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    channelOf(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    channelOf(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** A map's colour at t in 0..1, mixed in Oklab between its key colours. */
export function colourAt(name: ColourMapName, t: number): Rgb {
  const keys = KEY_COLOURS[name].split(' ');
  const at = Math.min(1, Math.max(0, t)) * (keys.length - 1);
  const i = Math.min(keys.length - 2, Math.floor(at));
  const low = oklabOf(rgbOfHex(keys[i]!));
  const high = oklabOf(rgbOfHex(keys[i + 1]!));
  const f = at - i;
  const mix = (k: 0 | 1 | 2) => low[k] + (high[k] - low[k]) * f;
  return rgbOfOklab([mix(0), mix(1), mix(2)]);
}

/**
 * The lookup table of a map: [LUT_SIZE x 4] RGBA bytes. Diverging maps are turned so that low
 * (negative, draining) is orange and high (positive, building) is blue.
 */
export function lookupTable(name: ColourMapName): Uint8Array {
  const out = new Uint8Array(LUT_SIZE * 4);
  const turned = (DIVERGING_MAPS as readonly string[]).includes(name);
  let lightest = 0;
  for (let i = 0; i < LUT_SIZE; i++) {
    const t = i / (LUT_SIZE - 1);
    let [r, g, b] = colourAt(name, turned ? 1 - t : t);
    // Rounding to bytes may darken a step of a sequential map by a hair: one more green undoes it.
    while (!turned && luminance([r, g, b]) < lightest) g++;
    lightest = luminance([r, g, b]);
    out.set([r, g, b, 255], i * 4);
  }
  return out;
}
