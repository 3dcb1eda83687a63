export { ForcePanel } from './force-panel.tsx';
export { drawLadder } from './ladder.ts';
export { NetEdgePanel } from './net-edge.tsx';
export { SmallLine } from './small-line.tsx';
