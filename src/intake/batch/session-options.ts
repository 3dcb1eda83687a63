import { DataError } from '../../core/index.ts';
import {
  type Definitions,
  type OptionRule,
  readDefinitions,
  refuseOption,
  requireDefinitionFiles,
} from '../../feed/index.ts';
import type { DefinitionVenue } from '../../lake/index.ts';

function underlyingOf(definitions: Definitions, name: string, id: number): string {
  return name || definitions.get(id)?.symbol || '';
}

/**
 * Symbols of the options of a session, sorted: by the definitions of the day that the lake has,
 * and by the rule by which bronze keeps them.
 * @throws DataError DEFINITIONS when there are none or they contradict each other; what a damaged
 * file throws.
 */
export async function sessionOptions(
  lake: string,
  venue: DefinitionVenue,
  rule: OptionRule,
): Promise<string[]> {
  const definitions = await readDefinitions(requireDefinitionFiles(lake, venue, rule.dt));
  const symbols = new Set<string>();
  for (const definition of definitions.all()) {
    const underlying = underlyingOf(definitions, definition.underlying, definition.underlyingId);
    if (refuseOption(definition, underlying, rule) === null) symbols.add(definition.symbol);
  }
  const bad = [...symbols].find((symbol) => symbol.includes(','));
  if (bad === undefined) return [...symbols].sort();
  throw new DataError('DEFINITIONS', 'a symbol that cannot be asked for', {
    found: JSON.stringify(bad),
    expected: 'no comma: the vendor takes lists of symbols that commas part',
  });
}
