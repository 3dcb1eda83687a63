import { render } from 'preact';
import '../shell/page.css';
import { App } from './app.tsx';
import { PageController } from './page-controller.ts';
import { installTestHook } from './test-hook.ts';
import { applyView, keepAddress } from './view-address.ts';

const page = new URL(window.location.href);
const controller = new PageController(page, {
  open: (url) => new WebSocket(url) as never,
  now: () => performance.now(),
  setTimer: (run, ms) => window.setTimeout(run, ms),
  clearTimer: (timer) => window.clearTimeout(timer as number),
  random: () => Math.random(),
});
applyView(controller);
controller.configure();
render(<App controller={controller} />, document.getElementById('app')!);
keepAddress(controller);
installTestHook(controller);
controller.connection.start();
