export { DataFolder, type PassedOver } from './data-folder.ts';
export type { DataFile } from './data-folder-index.ts';
export { mergedRuns, type TimeSpan } from './data-folder-merge.ts';
export { SymbolDirectory, type SymbolSpan } from './data-folder-symbols.ts';
export type { JobPace } from './historical/batch-job.ts';
export {
  FaultControl,
  type FaultOrder,
  HISTORICAL_FAULTS,
  type HistoricalFault,
  parseFault,
} from './historical/faults.ts';
export {
  startVendorHistorical,
  type VendorHistorical,
  type VendorHistoricalOptions,
} from './historical/historical-server.ts';
export { type LoggedRequest, RequestLog } from './historical/request-log.ts';
export type { GatewayClock } from './live/gateway-clock.ts';
export {
  type FaultMeaning,
  GATEWAY_FAULTS,
  type GatewayFaultName,
} from './live/gateway-fault-names.ts';
export { type GatewayFault, parseGatewayFault } from './live/gateway-faults.ts';
export type {
  ConnectionReport,
  VendorGateway,
  VendorGatewayOptions,
} from './live/gateway-options.ts';
export { startVendorGateway } from './live/vendor-gateway.ts';
