/**
 * A live stream's edge: whether the page follows it, and how it returns there.
 */
import type { PlaybackState } from '../../src/wire/index.ts';
import type { FrameHead, StreamConfig, StreamFrame } from '../stream/index.ts';
import type { PageController } from './page-controller.ts';
import type { PageState } from './page-state.ts';

/** Whether a page begins at the edge; null for a stream that has none. */
export function beginsAtEdge(config: StreamConfig, page: URL): boolean | null {
  return config.mode === 'live' ? !page.searchParams.has('start_time') : null;
}

/** Takes the server's answer to a control; words of it go to `notify`. */
export function takePlayback<C extends StreamConfig, H extends FrameHead>(
  state: PageState<C, H>,
  { paused, speed, following, note }: PlaybackState,
  notify: (text: string) => void,
): void {
  state.paused.value = paused;
  state.speed.value = speed;
  if (following !== undefined) state.following.value = following;
  if (note) notify(`Not changed: ${note}.`);
}

/** Returns to the edge of a live stream from what was before. */
export function returnToLive<C extends StreamConfig, F extends StreamFrame>(
  c: PageController<C, F>,
): void {
  c.model.expectJump('seek');
  // The first ends a pause, where it was paused.
  if (c.state.paused.value) c.connection.send({ type: 'resume' });
  c.connection.send({ type: 'resume' });
  c.view?.goLive();
}

/** Pauses or plays; who was at the edge of a live stream goes on there. */
export function pauseOrPlay<C extends StreamConfig, F extends StreamFrame>(
  c: PageController<C, F>,
): void {
  const { paused, following } = c.state;
  if (paused.value && following.value) c.model.expectJump('seek');
  c.connection.send({ type: paused.value ? 'resume' : 'pause' });
}
