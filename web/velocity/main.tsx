import './velocity.css';
import { browserWorld, startPage } from '../shell/index.ts';
import { App } from './app.tsx';
import { OptionsBars } from './options-bars.ts';
import { velocityHook } from './test-hook.ts';
import { VelocityController } from './velocity-controller.ts';

const page = new URL(window.location.href);
const controller = new VelocityController(page, browserWorld(), new OptionsBars());
startPage(controller, <App controller={controller} />, velocityHook(controller));
