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
      yLabel: 'lots, mean over the seconds',
    }),
  'pulled-or-filled': (rows) =>
    linePlot(rows, {
      title: 'Of what leaves a level: the share that was traded, not pulled',
      x: 'ticks',
      y: 'traded_share',
      by: 'side',
      xLabel: 'ticks from the best price that is left at the end of the second',
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
      title: 'Liquidity velocity, bids less asks, around the largest move of a minute',
      x: 'second',
      y: 'tick',
      value: 'bid_less_ask',
      over: 'spot',
      xLabel: 'seconds (blue: bids build faster, orange: asks do, line: spot)',
      yLabel: 'ticks from the middle of the range',
    }),
  'options-by-strike': (rows) =>
    barPlot(rows, {
      title: 'Resting size of 0DTE options by strike',
      x: 'points_from_spot',
      y: 'contracts',
      by: 'option_right',
      xLabel: 'strike less the future’s price, points',
      yLabel: 'contracts, mean over the seconds',
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
