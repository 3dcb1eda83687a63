/**
 * The methods that answer with data and with what symbols stand for. Source: Databento docs,
 * Historical API, timeseries and symbology.
 */
import type { ApiMethod } from './api-call.ts';
import { badField } from './api-refusal.ts';
import { dataQueryOf, requireDataset, requirePair, resolveSymbols } from './data-query.ts';
import { bodyOf } from './job-files.ts';
import { symbologyAnswer } from './symbology-answer.ts';

/** Symbols named in a warning. */
const MAX_NAMED = 10;

/** `timeseries.get_range` */
export const getRangeMethod: ApiMethod = ({ folder, version }, { fields }) => {
  const query = dataQueryOf(folder, fields);
  const form = {
    encoding: fields.choice('encoding', ['dbn', 'csv', 'json'] as const, 'dbn'),
    compression: fields.choice('compression', ['zstd', 'none'] as const, 'none'),
    prettyPrices: fields.flag('pretty_px', false),
    prettyTimes: fields.flag('pretty_ts', false),
    mapSymbols: fields.flag('map_symbols', false),
  };
  const { partial, notFound } = query.resolution;
  const warnings: string[] = [];
  const warn = (what: string, symbols: readonly string[]) => {
    if (symbols.length === 0) return;
    const named = symbols.slice(0, MAX_NAMED).join(', ');
    warnings.push(`BentoWarning: The symbols were ${what}: ${named}`);
  };
  warn('not resolved', notFound);
  warn('resolved for a part of the range', partial);
  return { body: bodyOf(query, form, version), warnings };
};

/** `symbology.resolve` */
export const resolveMethod: ApiMethod = ({ folder }, { fields }) => {
  const dataset = requireDataset(folder, fields);
  const stypeIn = fields.stype('stype_in', 'raw_symbol');
  const stypeOut = fields.stype('stype_out', 'instrument_id');
  requirePair(stypeIn, stypeOut);
  const asked = fields.symbols(stypeIn);
  const start = fields.days('start_date');
  if (!start) throw badField('body', 'start_date', 'Field required', 'missing');
  const days = { first: start.first, end: fields.days('end_date')?.first ?? start.end };
  if (days.end <= days.first) throw badField('body', 'end_date', 'Must be after `start_date`');
  const directory = folder.symbols(dataset);
  const there = () =>
    directory.symbols.filter(
      (symbol) => directory.resolve(symbol, 'raw_symbol', days.first, days.end).length > 0,
    );
  const resolution = resolveSymbols(directory, asked ?? there(), stypeIn, days);
  const answer = symbologyAnswer(resolution, stypeIn, stypeOut, days);
  return { json: asked ? answer : { ...answer, symbols: ['ALL_SYMBOLS'] } };
};
