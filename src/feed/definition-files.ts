import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DataError } from '../core/index.ts';
import { type DefinitionVenue, parseDate, rawDefinitionFolder } from '../lake/index.ts';

const DEFINITION_FILE = /(?:^|\D)(20\d{2})-?(\d{2})-?(\d{2})(?:\D.*)?\.dbn(?:\.zst)?$/;

function isOfDay(name: string, dt: string): boolean {
  const found = DEFINITION_FILE.exec(name);
  return found !== null && `${found[1]}-${found[2]}-${found[3]}` === dt && !name.startsWith('.');
}

/** Definition files of a day, at any depth below the venue's folder, by path; none is no error. */
export function findDefinitionFiles(lake: string, venue: DefinitionVenue, dt: string): string[] {
  const folder = rawDefinitionFolder(lake, venue);
  parseDate(dt);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => isOfDay(basename(name), dt))
    .map((name) => join(folder, name))
    .sort();
}

/**
 * Like `findDefinitionFiles`, for what cannot be made without them.
 * @throws DataError DEFINITIONS naming the folder and how to get them.
 */
export function requireDefinitionFiles(
  lake: string,
  venue: DefinitionVenue,
  dt: string,
): [string, ...string[]] {
  const [first, ...more] = findDefinitionFiles(lake, venue, dt);
  if (first !== undefined) return [first, ...more];
  const compact = dt.replaceAll('-', '');
  throw new DataError('DEFINITIONS', `no instrument definitions of ${venue} for ${dt}`, {
    file: rawDefinitionFolder(lake, venue),
    found: 'no file of that day',
    expected:
      `the vendor's schema "definition" of that day as *${compact}*.dbn or .dbn.zst at any depth ` +
      'there, or `spymaster synth --all`',
  });
}
