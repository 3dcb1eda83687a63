import type { Command } from 'commander';

/**
 * What is wrong with a line such as `npx spymaster book FILE --levels 5 | head`; null when nothing
 * is.
 */
export function faultOf(line: string, program: Command): string | null {
  const words = line
    .replace(/\s[|>].*$/, '')
    .split(/\s+/)
    .slice(2);
  let command = program;
  for (const word of words) {
    const child = command.commands.find((c) => c.name() === word);
    if (!child) break;
    command = child;
  }
  const known = new Set(command.options.map((option) => option.long));
  const unknown = words.filter((word) => word.startsWith('--') && !known.has(word));
  if (unknown.length > 0) return `${line}: no ${unknown.join(' ')}`;
  return command === program && words.length > 0 && !words[0]?.startsWith('-')
    ? `${line}: no such command`
    : null;
}
