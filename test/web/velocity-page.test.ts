import { describe, expect, it } from 'vitest';
import { lookupTable } from '../../web/surface/colour-maps.ts';
import { FrameHistory } from '../../web/surface/frame-history.ts';
import {
  barPixels,
  barThickness,
  placeOfStrike,
  slotsOfGroups,
} from '../../web/velocity/bar-pixels.ts';
import { DenseColumns } from '../../web/velocity/dense-columns.ts';
import { outlineOf, pathOf } from '../../web/velocity/draw-forecast.ts';
import { layoutFor } from '../../web/velocity/fields.ts';
import { cardRows, percent, skillText } from '../../web/velocity/forecast-card.tsx';
import type { HorizonForecast } from '../../web/velocity/forecast-reading.ts';
import {
  createLayerState,
  readLayers,
  shownOpacity,
  writeLayers,
} from '../../web/velocity/layers.ts';
import type { OptionsBars } from '../../web/velocity/options-bars.ts';
import { nearestStrikes, strongestStrikes, sumOptions } from '../../web/velocity/options-sums.ts';
import { StrikeHistory } from '../../web/velocity/strike-history.ts';
import { VelocityController } from '../../web/velocity/velocity-controller.ts';
import { FakeWorld } from './fake-world.ts';
import {
  makeBatch,
  makeSurface,
  OPEN_SEQ,
  SPOT_TICK,
  VELOCITY_CONFIG,
  windowMessages,
} from './windows.ts';

const NAN = Number.NaN;
const horizon = (h: number, more: Partial<HorizonForecast> = {}): HorizonForecast => ({
  horizon: h,
  move: h / 10,
  down: NAN,
  flat: NAN,
  up: NAN,
  confidence: NAN,
  band50: [NAN, NAN],
  band80: [NAN, NAN],
  ...more,
});
const reading = (horizons: HorizonForecast[]) => ({
  seq: OPEN_SEQ,
  available: true,
  status: 'unproven' as const,
  reason: '',
  diagnostics: null,
  horizons,
});

describe('forecast card', () => {
  const notice = VELOCITY_CONFIG.forecast;

  it('lists the horizons that were fitted or measured, each with its skill', () => {
    const said = reading([horizon(1, { up: 0.5 }), horizon(2), horizon(5, { up: 0.25 })]);
    const rows = cardRows(said, notice);
    expect(rows.map((r) => r.horizon)).toEqual([1, 5, 30]);
    expect(rows[0]).toMatchObject({ said: { up: 0.5 }, skill: { skill: 0.021 } });
    expect(rows[1]!.skill).toBeNull();
    expect(rows[2]!.said).toBeNull();
  });

  it('shows the usual horizons with dashes when nothing is known', () => {
    const rows = cardRows(null, null);
    expect(rows.map((r) => r.horizon)).toEqual([1, 2, 5, 10, 20, 30]);
    expect(rows.every((r) => percent(r.said?.up) === '–')).toBe(true);
    expect(skillText(null)).toEqual({ text: '–', verdict: 'unknown' });
  });

  it('calls a skill better only when its whole interval is above 0', () => {
    expect(skillText(notice.skill[0]!)).toEqual({ text: '+2.1 [+0.8, +3.4]', verdict: 'better' });
    expect(skillText(notice.skill[1]!)).toEqual({
      text: '−1.0 [−3.0, +1.0]',
      verdict: 'undecided',
    });
    const few = { ...notice.skill[0]!, low: null, high: null };
    expect(skillText(few)).toEqual({ text: '+2.1 [–, –]', verdict: 'undecided' });
    expect(skillText({ ...few, low: -0.2, high: -0.1 }).verdict).toBe('worse');
    expect(skillText({ ...few, skill: null }).text).toBe('–');
  });

  it('never says 0 for an unknown probability', () => {
    expect([percent(NAN), percent(undefined), percent(0), percent(0.456)]).toEqual([
      '–',
      '–',
      '0',
      '46',
    ]);
  });
});

describe('forecast path', () => {
  it('begins now, without a move, and passes over unknown horizons', () => {
    expect(pathOf([horizon(1), horizon(2, { move: NAN }), horizon(3)])).toEqual([
      [0, 0],
      [1, 0.1],
      [3, 0.3],
    ]);
  });

  it('has a band only where both bounds are known', () => {
    const horizons = [horizon(1, { band80: [-1, 2] }), horizon(2, { band80: [NAN, 3] })];
    expect(outlineOf(horizons, 'band80')).toEqual([
      [0, 0],
      [1, 2],
      [1, -1],
    ]);
    expect(outlineOf(horizons, 'band50')).toEqual([]);
  });
});

describe('layers', () => {
  it('come back from the address as they were', () => {
    const layers = createLayerState();
    expect(writeLayers(layers)).toEqual({ off: '', opacity: '' });
    layers.options.on.value = false;
    layers.walls.opacity.value = 35;
    const { off, opacity } = writeLayers(layers);
    expect([off, opacity]).toEqual(['options', 'walls:35']);
    const other = createLayerState();
    readLayers(other, off, opacity);
    expect(writeLayers(other)).toEqual({ off, opacity });
    expect(shownOpacity(other, 'options')).toBe(0);
    expect(shownOpacity(other, 'walls')).toBe(0.35);
  });

  it('take nothing senseless', () => {
    const layers = createLayerState();
    readLayers(layers, 'moon,,', 'walls:-3,spot:abc,forecast:101,options,x:4');
    expect(writeLayers(layers)).toEqual({ off: '', opacity: '' });
  });
});

describe('option bars', () => {
  const one = { strike_tick: 27_800, right: 0, side: 0, liquidity_velocity: 1, nu: 1 };
  const range = { low: -1, high: 1, mode: 'linear' as const, signed: true, knee: 1 };
  const lut = lookupTable('blue-white-orange');

  it('are coloured by the map, calls before puts, and transparent where nothing is known', () => {
    const h = new StrikeHistory(4);
    h.store(2, makeSurface('options', [one]), SPOT_TICK, 200);
    const slots = Int32Array.of(2, -1);
    const pixels = barPixels(h, [27_800], slots, 'liquidity_velocity', range, lut);
    const at = (i: number) => [...pixels.subarray(4 * i, 4 * i + 4)];
    expect(at(0)).toEqual([...lut.subarray(255 * 4, 255 * 4 + 3), 255]);
    expect(at(1)).toEqual([0, 0, 0, 0]);
    expect(at(2)).toEqual([...lut.subarray(128 * 4, 128 * 4 + 3), 255]);
    expect(at(3)[3]).toBe(0);
  });

  it('are thinner where strikes are close, and never vanish', () => {
    expect([Number.POSITIVE_INFINITY, 100, 30, 10, 1].map(barThickness)).toEqual([7, 7, 6, 2, 2]);
  });

  it('stand at the middle of their strike, and look up the last window of each group', () => {
    expect(placeOfStrike(27_800, 1)).toBe(27_800);
    expect(placeOfStrike(27_802, 5)).toBe(5560);
    const h = new FrameHistory(layoutFor(401));
    const facts = { spotRow: 0, bidRow: 0, askRow: 0, midRow: 0, bookValid: true, skipped: 0 };
    for (const seq of [10, 11, 13]) h.append({ ...facts, seq }, new DenseColumns(401, 1).values);
    expect([...slotsOfGroups(h, 10, 1, 4)]).toEqual([0, 1, -1, 2]);
    expect([...slotsOfGroups(h, 10, 2, 2)]).toEqual([1, 2]);
  });

  it('are summed by right and side over the strikes nearest to spot', () => {
    const rows = makeSurface('options', [
      { ...one, Omega: 2 },
      { ...one, side: 1, liquidity_velocity: -3 },
      { ...one, right: 1, side: 1, liquidity_velocity: 0.5 },
      { ...one, strike_tick: 27_900, liquidity_velocity: 9 },
    ]);
    const near = nearestStrikes([27_700, 27_780, 27_800, 27_900], SPOT_TICK);
    expect(near.slice(0, 2)).toEqual([27_780, 27_800]);
    expect(sumOptions(rows, [27_800])).toEqual([
      { right: 'C', side: 'bid', velocity: -3, omega: 0 },
      { right: 'C', side: 'ask', velocity: 1, omega: 2 },
      { right: 'P', side: 'bid', velocity: 0.5, omega: 0 },
      { right: 'P', side: 'ask', velocity: 0, omega: 0 },
    ]);
    expect(strongestStrikes(rows, 2)).toEqual([
      { strike: 27_900, right: 'C', velocity: 9 },
      { strike: 27_800, right: 'C', velocity: -2 },
    ]);
  });
});

describe('the controller', () => {
  const PAGE = new URL('http://localhost:5174/?symbol=ESH6&dt=2026-01-05&skip_minutes=5&off=walls');

  function openPage() {
    const world = new FakeWorld();
    const page = new VelocityController(PAGE, world, {} as OptionsBars);
    page.applyExtraView(page.initialView.extra);
    page.connection.start();
    world.last.onopen!();
    world.last.onmessage!({ data: JSON.stringify(VELOCITY_CONFIG) });
    const play = (seq: number) => {
      for (const data of windowMessages(makeBatch(seq))) world.last.onmessage!({ data });
    };
    return { world, page, play };
  }

  it('asks the velocity server for what the address says', () => {
    const { world } = openPage();
    const url = new URL(world.last.url);
    expect([url.port, url.pathname]).toEqual(['8001', '/v1/velocity/stream']);
    expect(url.searchParams.get('skip_minutes')).toBe('5');
    expect(url.searchParams.has('off')).toBe(false);
  });

  it('restarts the stream with every layer empty, deaf to the old socket', () => {
    const { world, page, play } = openPage();
    play(OPEN_SEQ);
    play(OPEN_SEQ + 1);
    const old = world.last;
    const late = old.onmessage!;
    page.restartStream();
    expect(world.sockets).toHaveLength(2);
    expect(world.last.url).not.toContain('resume_from');
    expect(page.model.history.empty).toBe(true);
    expect(page.model.forecast).toBeNull();
    expect(page.state.header.value).toBeNull();
    for (const data of windowMessages(makeBatch(OPEN_SEQ + 2))) late({ data });
    expect(page.model.history.empty).toBe(true);
    expect(page.state.status.value.state).toBe('connecting');
    world.last.onmessage!({ data: JSON.stringify(VELOCITY_CONFIG) });
    play(OPEN_SEQ);
    expect(page.model.history.newestColumn).toBe(OPEN_SEQ);
    expect(page.model.gaps.gaps).toEqual([]);
  });

  it('resumes after the last whole window', () => {
    const { world, play } = openPage();
    play(OPEN_SEQ);
    for (const data of windowMessages(makeBatch(OPEN_SEQ + 1)).slice(0, 5)) {
      world.last.onmessage!({ data });
    }
    world.last.onclose!({ code: 1006, reason: '' });
    world.pass(500);
    expect(new URL(world.last.url).searchParams.get('resume_from')).toBe(`v1:${OPEN_SEQ}`);
  });

  it('shows a side of the book by its own column', () => {
    const { page } = openPage();
    expect(page.field.column).toBe('liquidity_velocity');
    page.side.value = 'bids';
    expect(page.field.column).toBe('liquidity_velocity_bid');
    page.side.value = 'asks';
    page.state.field.value = 'nu';
    expect(page.field.column).toBe('nu_ask');
    expect(page.extraView()).toEqual({ side: 'asks', off: 'walls', opacity: '' });
  });
});
