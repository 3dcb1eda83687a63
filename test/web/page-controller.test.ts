import { describe, expect, it } from 'vitest';
import { FrameBuffer } from '../../src/wire/index.ts';
import { returnToLive } from '../../web/shell/live-edge.ts';
import { PressureController } from '../../web/vacuum-pressure/pressure-controller.ts';
import { CONFIG, FakeWorld } from './fake-world.ts';
import { makeHeader } from './frames.ts';

const PAGE = new URL('http://localhost:5174/vacuum-pressure.html?symbol=ESH6&dt=2026-01-05');
const frameBytes = new FrameBuffer().copy();

/** A page that has received one frame, of 09:30:00 New York. */
function openPage() {
  const world = new FakeWorld();
  const page = new PressureController(PAGE, world);
  page.connection.start();
  greet(world);
  say(world, makeHeader(2_088_000));
  world.last.onmessage!({ data: frameBytes.slice().buffer });
  return { world, page };
}

function greet(world: FakeWorld): void {
  world.last.onopen!();
  world.last.onmessage!({ data: CONFIG });
}

function say(world: FakeWorld, message: object): void {
  world.last.onmessage!({ data: JSON.stringify(message) });
}

function end(world: FakeWorld): void {
  say(world, { type: 'end' });
  world.last.onclose!({ code: 1000, reason: 'end of data' });
}

const sent = (world: FakeWorld) => world.last.sent.map((text) => JSON.parse(text));
const AT_NS = '1767623430000000000';

describe('a seek', () => {
  it('that the stream ends before is asked again on a new connection', () => {
    const { world, page } = openPage();
    page.seekBy(30);
    expect(sent(world)).toEqual([{ type: 'seek', to: '09:30:30' }]);
    end(world);
    expect(world.sockets).toHaveLength(2);
    expect(world.last.url).not.toContain('resume_from');
    greet(world);
    expect(sent(world)).toEqual([{ type: 'seek', to: '09:30:30' }]);
  });

  it('that was answered is not asked again', () => {
    const { world, page } = openPage();
    page.seekBy(30);
    say(world, { type: 'playback', paused: false, speed: 1, at_ns: AT_NS });
    end(world);
    expect(world.sockets).toHaveLength(1);
    expect(page.state.status.value.state).toBe('ended');
  });
});

describe('a restart', () => {
  it('that the stream ends before plays from the start, though it was paused', () => {
    const { world, page } = openPage();
    say(world, { type: 'playback', paused: true, speed: 1, at_ns: AT_NS });
    page.restart();
    expect(sent(world)).toEqual([{ type: 'seek', to: '09:30:00' }, { type: 'resume' }]);
    end(world);
    greet(world);
    expect(sent(world)).toEqual([{ type: 'seek', to: '09:30:00' }]);
  });
});

describe('a live stream', () => {
  const live = JSON.stringify({ ...JSON.parse(CONFIG), mode: 'live' });

  function openLive() {
    const { world, page } = openPage();
    world.last.onmessage!({ data: live });
    return { world, page };
  }

  it('is followed until the user goes back, and again after the return', () => {
    const { world, page } = openLive();
    expect(page.state.following.value).toBe(true);
    page.seekBy(-30);
    say(world, { type: 'playback', paused: false, speed: 1, at_ns: AT_NS, following: false });
    expect(page.state.following.value).toBe(false);
    returnToLive(page);
    expect(sent(world)).toEqual([{ type: 'seek', to: '09:29:30' }, { type: 'resume' }]);
    say(world, { type: 'playback', paused: false, speed: 1, at_ns: AT_NS, following: true });
    expect(page.state.following.value).toBe(true);
  });

  it('returns to its edge from a pause in what was before', () => {
    const { world, page } = openLive();
    say(world, { type: 'playback', paused: true, speed: 1, at_ns: AT_NS, following: false });
    returnToLive(page);
    expect(sent(world)).toEqual([{ type: 'resume' }, { type: 'resume' }]);
  });

  it('says why it keeps its speed', () => {
    const { world, page } = openLive();
    page.setSpeed(10);
    const note = 'a live stream passes at the speed of the market';
    say(world, { type: 'playback', paused: false, speed: 1, at_ns: AT_NS, following: true, note });
    expect(page.state.speed.value).toBe(1);
    expect(page.state.notices.value.map(({ text }) => text).join()).toContain(note);
  });

  it('is nothing that a recorded one knows of', () => {
    expect(openPage().page.state.following.value).toBeNull();
  });
});
