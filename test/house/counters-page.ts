import { oneLine } from './limits-page.ts';

const INTRODUCTION = `# Counters of a book

What \`spymaster book\` prints on stderr at its end, as one JSON object, from the book's first
record on. None of these is an error: markets do odd things in good data. Generated from
\`src/book/counters.ts\`: a test holds them equal, and
\`npx vitest run --project unit test/house -u\` writes this page anew.

| counter | counts |
| --- | --- |
`;

/** docs/counters.md as it must be for this source of counters. */
export function renderCountersPage(source: string): string {
  const found = source.matchAll(/(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)\n {2}(\w+): \d+,/g);
  const rows = [...found].map(([, doc, name]) => `| \`${name}\` | ${oneLine(doc as string)} |`);
  return `${INTRODUCTION}${rows.join('\n')}\n`;
}
