import { dateInteger, parseDate } from './calendar.ts';

/**
 * The vendor's name for a day file, e.g. `glbx-mdp3-20260105.mbo.dbn.zst`; without `.zst` when
 * `raw`.
 */
export function dayFileName(
  dataset: string,
  dt: string,
  schema: 'mbo' | 'cmbp-1' | 'definition' | 'statistics',
  raw = false,
): string {
  const venue = dataset.toLowerCase().replace('.', '-');
  return `${venue}-${dateInteger(parseDate(dt))}.${schema}.dbn${raw ? '' : '.zst'}`;
}
