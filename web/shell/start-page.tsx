import { type ComponentChild, render } from 'preact';
import './page.css';
import type { ConnectionWorld } from '../stream/index.ts';
import type { PageController } from './page-controller.ts';
import { installTestHook } from './test-hook.ts';
import { applyView, keepAddress } from './view-address.ts';

/** The browser's own sockets, clock, timers and chance. */
export function browserWorld(): ConnectionWorld {
  return {
    open: (url) => new WebSocket(url) as never,
    now: () => performance.now(),
    setTimer: (run, ms) => window.setTimeout(run, ms),
    clearTimer: (timer) => window.clearTimeout(timer as number),
    random: () => Math.random(),
  };
}

/** Puts a page on screen and connects it. `hook`: what only this page shows to tests. */
export function startPage(controller: PageController, app: ComponentChild, hook?: object): void {
  applyView(controller);
  controller.configure();
  render(app, document.getElementById('app')!);
  keepAddress(controller);
  installTestHook(controller, hook);
  controller.connection.start();
}
