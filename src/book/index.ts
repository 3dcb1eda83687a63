export { FLOW, FlowLog } from './flow-log.ts';
