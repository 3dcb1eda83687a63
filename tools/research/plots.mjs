/** How each answer of docs/research.md is drawn, by the question's name. */
import { barPlot, heatPlot, linePlot } from './svg-plot.mjs';

export const PLOTS = {
  'depth-from-the-touch': (rows) =>
    linePlot(rows, {
      title: 'Resting size by distance from the own best price',
      x: 'ticks',
      y: 'lots',
      by: 'side',
      xLabel: 'ticks from the best price of the side',
      yLabel: 'lots, mean over the session',
    }),
  'pulled-or-filled': (rows) =>
    linePlot(rows, {
      title: 'Of what leaves a level: the share that is pulled, not traded',
      x: 'ticks',
      y: 'pulled_share',
      by: 'side',
      xLabel: 'ticks from the best price of the side',
      yLabel: 'share of lots',
    }),
  'flow-and-price': (rows) =>
    barPlot(rows, {
      title: 'How much of the mid’s move does order flow explain?',
      x: 'of_the_move',
      y: 'r_squared',
      by: 'measure',
      xLabel: 'the move that is explained',
      yLabel: 'R²',
    }),
  'around-the-largest-move': (rows) =>
    heatPlot(rows, {
      title: 'Liquidity velocity around the largest minute’s move',
      x: 'second',
      y: 'tick',
      value: 'velocity',
      over: 'spot',
      xLabel: 'seconds (orange: draining, blue: building, line: spot)',
      yLabel: 'ticks from the first spot',
    }),
  'options-by-strike': (rows) =>
    barPlot(rows, {
      title: 'Resting size of 0DTE options by strike',
      x: 'strike',
      y: 'lots',
      by: 'option_right',
      xLabel: 'strike',
      yLabel: 'contracts, mean over the session',
    }),
  'who-leads': (rows) =>
    barPlot(rows, {
      title: 'Correlation of one-second mid moves, ES against QQQ',
      x: 'lag_s',
      y: 'correlation',
      xLabel: 'QQQ is this many seconds later',
      yLabel: 'correlation',
    }),
};
