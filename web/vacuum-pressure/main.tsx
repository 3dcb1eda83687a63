import { browserWorld, startPage } from '../shell/index.ts';
import { App } from './app.tsx';
import { PressureController } from './pressure-controller.ts';

const page = new URL(window.location.href);
const controller = new PressureController(page, browserWorld());
startPage(controller, <App controller={controller} />);
