import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chordOf } from '../../web/shell/keyboard.ts';
import { otherPage } from '../../web/shell/other-page.ts';
import { SPEEDS, speedStep, speedText } from '../../web/shell/transport.tsx';
import { defaultView, readView, secondsOfTime, writeView } from '../../web/shell/url-state.ts';
import { strideFor } from '../../web/surface/surface-renderer.ts';

const DEFAULT_VIEW = defaultView('composite', 'percentile', { min_size: '5' });

describe('view in the address', () => {
  it('is the default without parameters, and leaves no trace of itself', () => {
    expect(readView(new URLSearchParams(), DEFAULT_VIEW)).toEqual(DEFAULT_VIEW);
    const stream = new URLSearchParams('symbol=ESH6&speed=2');
    expect(writeView(stream, DEFAULT_VIEW, DEFAULT_VIEW).toString()).toBe('symbol=ESH6&speed=2');
  });

  it('comes back as it was', () => {
    const views = fc.record({
      field: fc.constantFrom('composite', 'depth', 'jerk'),
      map: fc.constantFrom('cividis', 'grey'),
      diverging: fc.constantFrom('', 'blue-white-orange'),
      contrast: fc.constantFrom('percentile', 'log'),
      theme: fc.constantFrom('dark', 'light'),
      extra: fc.record({ min_size: fc.integer({ min: 0, max: 500 }).map(String) }),
      zoomX: fc.integer({ min: 1, max: 500 }).map((n) => n / 8),
      zoomY: fc.integer({ min: 1, max: 500 }).map((n) => n / 8),
      place: fc.option(
        fc.record({
          at: fc.integer({ min: 0, max: 86_399_999 }).map((ms) => ms / 1000),
          price: fc.constantFrom('6947.25', '-3', '0.00005'),
        }),
      ),
    });
    fc.assert(
      fc.property(views, (view) => {
        const address = writeView(new URLSearchParams('symbol=X'), view, DEFAULT_VIEW);
        const back = readView(address, DEFAULT_VIEW);
        expect({ ...back, place: null }).toEqual({ ...view, place: null });
        expect(back.place?.price).toBe(view.place?.price);
        if (view.place) expect(back.place?.at).toBeCloseTo(view.place.at, 6);
      }),
      { seed: 51 },
    );
  });

  it('takes nothing senseless', () => {
    const view = readView(
      new URLSearchParams('zoom_x=abc&at=25:00:00&price=6947.25&zoom_y=NaN'),
      DEFAULT_VIEW,
    );
    expect(view).toEqual(DEFAULT_VIEW);
    expect(readView(new URLSearchParams('at=09:30:00&price=x'), DEFAULT_VIEW).place).toBeNull();
  });

  it('reads times of day', () => {
    expect(secondsOfTime('09:30')).toBe(34_200);
    expect(secondsOfTime('9:30:01.5')).toBe(34_201.5);
    for (const bad of ['', '24:00', '9:60', '09:30:61', 'x']) expect(secondsOfTime(bad)).toBeNaN();
  });
});

describe('the other page', () => {
  it('is asked for the same session, and the servers change places', () => {
    const page = new URL(
      'http://h:5174/vacuum-pressure.html?symbol=ESH6&dt=2026-01-05&field=jerk&server=h:9002&peer=h:9001&theme=light',
    );
    const there = otherPage(page, '/');
    expect(there).toBe('/?symbol=ESH6&dt=2026-01-05&theme=light&server=h%3A9001&peer=h%3A9002');
    expect(otherPage(new URL(there, page), '/vacuum-pressure.html')).toBe(
      '/vacuum-pressure.html?symbol=ESH6&dt=2026-01-05&theme=light&server=h%3A9002&peer=h%3A9001',
    );
  });
});

describe('keys', () => {
  const press = (key: string, more: Partial<KeyboardEvent> = {}) =>
    chordOf({
      key,
      ctrlKey: false,
      metaKey: false,
      altKey: false,
      shiftKey: false,
      ...more,
    } as KeyboardEvent);

  it('are named by what they print, with their modifiers', () => {
    expect(press('F')).toBe('f');
    expect(press('?', { shiftKey: true })).toBe('?');
    expect(press('ArrowLeft', { shiftKey: true })).toBe('Shift+ArrowLeft');
    expect(press('z', { metaKey: true })).toBe('Ctrl+z');
    expect(press('+', { altKey: true, shiftKey: true })).toBe('Alt++');
    expect(press(' ')).toBe(' ');
    expect(press('¡', { altKey: true, code: 'Digit1' })).toBe('Alt+1');
    expect(press('–', { altKey: true, code: 'Minus' })).toBe('Alt+-');
    expect(press('ä', { altKey: true, code: 'Quote' })).toBe('Alt+ä');
  });
});

describe('speed', () => {
  it('steps through the list, with as fast as it goes at the top', () => {
    expect(speedStep(1, 1)).toBe(2);
    expect(speedStep(1, -1)).toBe(0.5);
    expect(speedStep(100, 1)).toBe(0);
    expect(speedStep(0, 1)).toBe(0);
    expect(speedStep(0, -1)).toBe(100);
    expect(speedStep(0.25, -1)).toBe(0.25);
    expect(speedStep(7, 1)).toBe(10);
    expect(speedText(0)).toBe('max');
    expect(SPEEDS.map(speedText)).toContain('0.5×');
  });
});

describe('stride', () => {
  it('is the power of two that leaves at most one group a pixel', () => {
    expect([0.02, 1, 1.01, 2, 5, 11].map(strideFor)).toEqual([1, 1, 2, 2, 8, 16]);
  });
});
