export type { LiveSettings } from './live-feeds.ts';
export type { LogLevel } from './logger.ts';
export type { StreamDefaults } from './stream-query.ts';
export type { RunningServer } from './stream-server.ts';
export type { VacuumPressureServerOptions } from './vacuum-pressure-server.ts';
export {
  createVacuumPressureServer,
  VACUUM_PRESSURE_PATH,
  VACUUM_PRESSURE_PORT,
} from './vacuum-pressure-server.ts';
export type { VelocityDefaults } from './velocity-query.ts';
export type { VelocityServerOptions } from './velocity-server.ts';
export { createVelocityServer, VELOCITY_PATH, VELOCITY_PORT } from './velocity-server.ts';
export type { WallClock } from './wall-clock.ts';
export type { WebServerOptions } from './web-server.ts';
export { createWebServer, WEB_PORT } from './web-server.ts';
