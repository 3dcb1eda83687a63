import { rgbOfHex, type SurfacePalette } from '../surface/index.ts';

/** Colours of a theme: every colour of the page is one of these. Hexadecimal. */
export interface ThemeTokens {
  /** Page, panels, and what stands out on a panel. */
  background: string;
  panel: string;
  raised: string;
  line: string;
  /** Border of a control: told from its ground at 3:1. */
  control: string;
  text: string;
  muted: string;
  accent: string;
  onAccent: string;
  focus: string;
  bid: string;
  ask: string;
  up: string;
  down: string;
  warn: string;
  bad: string;
  good: string;
  buyer: string;
  seller: string;
  spot: string;
  outline: string;
  crosshair: string;
  gap: string;
  contour: string;
  forecast: string;
  noData: string;
}

/** The themes, by the name that stands in the URL. */
export const THEMES = {
  dark: {
    background: '#0a0d12',
    panel: '#10151c',
    raised: '#19212b',
    line: '#242e3a',
    control: '#66778a',
    text: '#dfe7ef',
    muted: '#97a6b7',
    accent: '#5aa9ff',
    onAccent: '#04101d',
    focus: '#ffd166',
    bid: '#6db6ff',
    ask: '#ffa25c',
    up: '#5fd9b5',
    down: '#ff8aa8',
    warn: '#ffcb6b',
    bad: '#ff7b86',
    good: '#6fdc9c',
    buyer: '#7ff5d2',
    seller: '#ff86b4',
    spot: '#f6f8fb',
    outline: '#05070a',
    crosshair: '#cfd9e4',
    gap: '#c9a24a',
    contour: '#d7f5a8',
    forecast: '#d9a6ff',
    noData: '#16211d',
  },
  light: {
    background: '#eef1f5',
    panel: '#ffffff',
    raised: '#e6ebf1',
    line: '#ccd4dd',
    control: '#738191',
    text: '#141c26',
    muted: '#4a5866',
    accent: '#0a58b8',
    onAccent: '#ffffff',
    focus: '#b3261e',
    bid: '#0a55ad',
    ask: '#9c4400',
    up: '#006b52',
    down: '#a8123f',
    warn: '#7a5200',
    bad: '#a8161f',
    good: '#0b6b38',
    buyer: '#00756a',
    seller: '#b3134f',
    spot: '#0b1017',
    outline: '#ffffff',
    crosshair: '#2b3846',
    gap: '#6f5310',
    contour: '#2f5d00',
    forecast: '#6a1fa8',
    noData: '#e4e8de',
  },
  contrast: {
    background: '#000000',
    panel: '#000000',
    raised: '#1a1a1a',
    line: '#8a8a8a',
    control: '#ffffff',
    text: '#ffffff',
    muted: '#e6e6e6',
    accent: '#ffe14d',
    onAccent: '#000000',
    focus: '#00ffff',
    bid: '#8fceff',
    ask: '#ffb870',
    up: '#7dffd6',
    down: '#ffa3bd',
    warn: '#ffe14d',
    bad: '#ff9c9c',
    good: '#8dffb5',
    buyer: '#7dffd6',
    seller: '#ff9cc4',
    spot: '#ffffff',
    outline: '#000000',
    crosshair: '#ffffff',
    gap: '#ffe14d',
    contour: '#c8ff70',
    forecast: '#e3b8ff',
    noData: '#16211d',
  },
} as const satisfies Record<string, ThemeTokens>;

/** Name of a theme. */
export type ThemeName = keyof typeof THEMES;

/** Theme names in the order of their key. */
export const THEME_NAMES = Object.keys(THEMES) as ThemeName[];

/**
 * Makes a theme the page's: custom properties on the root, and the browser's own controls to match.
 */
export function applyTheme(name: ThemeName, root: HTMLElement): void {
  for (const [token, colour] of Object.entries(THEMES[name])) {
    root.style.setProperty(`--${token.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`, colour);
  }
  root.style.colorScheme = name === 'light' ? 'light' : 'dark';
  root.dataset['theme'] = name;
}

/** The theme's colours for what is drawn on canvases. */
export function surfacePalette(name: ThemeName): SurfacePalette {
  const t = THEMES[name];
  return {
    background: t.panel,
    axis: t.control,
    axisText: t.muted,
    grid: name === 'light' ? '#00000014' : '#ffffff12',
    text: t.text,
    plate: `${t.panel}e6`,
    spot: t.spot,
    bid: t.bid,
    ask: t.ask,
    buyer: t.buyer,
    seller: t.seller,
    unknown: t.muted,
    outline: t.outline,
    crosshair: t.crosshair,
    gap: t.gap,
    contour: t.contour,
    forecast: t.forecast,
    noData: rgbOfHex(t.noData),
  };
}
