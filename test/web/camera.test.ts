import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Camera,
  columnAt,
  MAX_ZOOM,
  MIN_ZOOM,
  pan,
  rowAt,
  type Viewport,
  xOfColumn,
  yOfRow,
  zoomAt,
  zoomToBox,
} from '../../web/surface/camera.ts';
import { afterUserMove, FOLLOWING, follow, followWord } from '../../web/surface/follow.ts';

const viewport: Viewport = { width: 800, height: 560, columnMs: 25, baseSeconds: 60 };
const home: Camera = { right: 2_088_000, centre: 27_790, zoomX: 1, zoomY: 1 };

const cameras = fc.record({
  right: fc.double({ min: 0, max: 8e6, noNaN: true }),
  centre: fc.double({ min: -1e5, max: 2e5, noNaN: true }),
  zoomX: fc.double({ min: MIN_ZOOM, max: MAX_ZOOM, noNaN: true }),
  zoomY: fc.double({ min: MIN_ZOOM, max: MAX_ZOOM, noNaN: true }),
});
const pixels = fc.record({
  x: fc.integer({ min: 0, max: viewport.width }),
  y: fc.integer({ min: 0, max: viewport.height }),
});

describe('camera', () => {
  it('shows a minute and a frame with margin at zoom 1', () => {
    expect(columnAt(home, viewport, 800)).toBe(2_088_000);
    expect(columnAt(home, viewport, 0)).toBeCloseTo(2_088_000 - 60_000 / 25, 6);
    expect(rowAt(home, viewport, 280)).toBe(27_790);
    expect(rowAt(home, viewport, 0) - rowAt(home, viewport, 560)).toBeCloseTo(112, 9);
  });

  it('maps pixels to cells and back', () => {
    fc.assert(
      fc.property(cameras, pixels, (camera, { x, y }) => {
        expect(xOfColumn(camera, viewport, columnAt(camera, viewport, x))).toBeCloseTo(x, 4);
        expect(yOfRow(camera, viewport, rowAt(camera, viewport, y))).toBeCloseTo(y, 4);
      }),
      { seed: 11 },
    );
  });

  it('keeps what is under the cursor when it zooms, on the zoomed axis only', () => {
    const factors = fc.double({ min: 0.05, max: 20, noNaN: true });
    fc.assert(
      fc.property(cameras, pixels, factors, (camera, { x, y }, factor) => {
        const inTime = zoomAt(camera, viewport, 'time', factor, x);
        expect(columnAt(inTime, viewport, x)).toBeCloseTo(columnAt(camera, viewport, x), 4);
        expect([inTime.centre, inTime.zoomY]).toEqual([camera.centre, camera.zoomY]);
        const inPrice = zoomAt(camera, viewport, 'price', factor, y);
        expect(rowAt(inPrice, viewport, y)).toBeCloseTo(rowAt(camera, viewport, y), 6);
        expect([inPrice.right, inPrice.zoomX]).toEqual([camera.right, camera.zoomX]);
      }),
      { seed: 12 },
    );
  });

  it('never zooms beyond its limits', () => {
    let camera = home;
    for (let i = 0; i < 100; i++) camera = zoomAt(camera, viewport, 'time', 2, 100);
    for (let i = 0; i < 100; i++) camera = zoomAt(camera, viewport, 'price', 0.5, 100);
    expect(camera.zoomX).toBe(MAX_ZOOM);
    expect(camera.zoomY).toBe(MIN_ZOOM);
  });

  it('pans so that the picture follows the hand', () => {
    const moved = pan(home, viewport, 40, 25);
    expect(xOfColumn(moved, viewport, 2_087_000)).toBeCloseTo(
      xOfColumn(home, viewport, 2_087_000) + 40,
      6,
    );
    expect(yOfRow(moved, viewport, 27_800)).toBeCloseTo(yOfRow(home, viewport, 27_800) + 25, 6);
  });

  it('fills the picture with a box, whatever corner it was drawn from', () => {
    const a = zoomToBox(home, viewport, { x0: 200, y0: 100, x1: 400, y1: 240 });
    const b = zoomToBox(home, viewport, { x0: 400, y0: 240, x1: 200, y1: 100 });
    expect(a).toEqual(b);
    expect([a.zoomX, a.zoomY]).toEqual([4, 4]);
    expect(columnAt(a, viewport, 0)).toBeCloseTo(columnAt(home, viewport, 200), 6);
    expect(rowAt(a, viewport, 0)).toBeCloseTo(rowAt(home, viewport, 100), 6);
  });
});

describe('following', () => {
  const target = { column: 2_090_000, row: 27_790, lead: 0 };

  it('holds the newest column near the right edge', () => {
    const { camera } = follow(home, viewport, FOLLOWING, target, false);
    const x = xOfColumn(camera, viewport, target.column + 1);
    expect(x).toBeGreaterThan(0.9 * viewport.width);
    expect(x).toBeLessThan(viewport.width);
  });

  it('keeps columns free for what is drawn ahead, but never most of the picture', () => {
    const seconds: Viewport = { ...viewport, columnMs: 1000, baseSeconds: 180 };
    const ahead = { column: 52_200, row: 27_790, lead: 34 };
    const { camera } = follow(home, seconds, FOLLOWING, ahead, false);
    expect(camera.right - 52_201).toBeCloseTo(34, 9);
    const close = { ...home, zoomX: 16 };
    const near = follow(close, seconds, FOLLOWING, ahead, false).camera;
    expect(xOfColumn(near, seconds, 52_201)).toBeCloseTo(0.6 * seconds.width, 6);
    const moved = { time: true, price: false, zoom: false };
    expect(afterUserMove(camera, seconds, moved, FOLLOWING, ahead).time).toBe(true);
  });

  it('leaves the price alone inside the band, and goes all the way back once outside', () => {
    const near = follow(home, viewport, FOLLOWING, { ...target, row: 27_800 }, false);
    expect(near.camera.centre).toBe(home.centre);
    let step = follow(home, viewport, FOLLOWING, { ...target, row: 27_830 }, false);
    expect(step.state.recentring).toBe(true);
    for (let i = 0; i < 60; i++) {
      step = follow(step.camera, viewport, step.state, { ...target, row: 27_830 }, false);
    }
    expect(Math.abs(step.camera.centre - 27_830)).toBeLessThan(3);
    expect(step.state.recentring).toBe(false);
  });

  it('jumps when motion is to be reduced', () => {
    const { camera, state } = follow(home, viewport, FOLLOWING, { ...target, row: 30_000 }, true);
    expect(camera.centre).toBe(30_000);
    expect(state.recentring).toBe(false);
  });

  it('never moves an axis that the user took', () => {
    const looking = { time: false, price: false, recentring: false };
    const { camera } = follow(home, viewport, looking, { column: 3e6, row: 5, lead: 0 }, true);
    expect(camera).toEqual(home);
  });

  it('stays put without spot', () => {
    const { camera } = follow(home, viewport, FOLLOWING, { ...target, row: Number.NaN }, true);
    expect(camera.centre).toBe(home.centre);
  });

  it('is Inspecting after a look back, and Live again when the newest column is back', () => {
    const live = follow(home, viewport, FOLLOWING, target, true).camera;
    const back = pan(live, viewport, 300, 0);
    const moved = { time: true, price: false, zoom: false };
    const away = afterUserMove(back, viewport, moved, FOLLOWING, target);
    expect(followWord(away, false)).toBe('Inspecting');
    const again = afterUserMove(pan(back, viewport, -300, 0), viewport, moved, away, target);
    expect(followWord(again, false)).toBe('Live');
    expect(followWord(again, true)).toBe('Paused');
  });

  it('lets go at the smallest pull towards the past, but not at a zoom that keeps now in sight', () => {
    const live = follow(home, viewport, FOLLOWING, target, true).camera;
    const panned = { time: true, price: false, zoom: false };
    const pulled = pan(live, viewport, 4, 0);
    expect(afterUserMove(pulled, viewport, panned, FOLLOWING, target).time).toBe(false);
    const byZoom = { ...panned, zoom: true };
    const zoomed = zoomAt(live, viewport, 'time', 1.2, viewport.width * 0.9);
    expect(afterUserMove(zoomed, viewport, byZoom, FOLLOWING, target).time).toBe(true);
    const close = zoomAt(live, viewport, 'time', 20, 100);
    expect(afterUserMove(close, viewport, byZoom, FOLLOWING, target).time).toBe(false);
  });
});
