const INTRODUCTION = `# Limits of the servers

Generated from \`src/serve/limits.ts\`: a test holds them equal, and
\`npx vitest run --project unit test/house -u\` writes this page anew. Each exists so that no
client, file or load can make the server grow or stall; they are not configuration.

| limit | value | is |
| --- | --- | --- |
`;

/** A docstring's text on one line. */
export function oneLine(comment: string): string {
  return comment
    .replace(/^\/\*\*|\*\/$/g, '')
    .replace(/\n\s*\*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The number behind a product of literals, such as `64 * 1024`. */
function productOf(expression: string): string {
  const factors = expression.split('*').map((factor) => Number(factor.replaceAll('_', '')));
  const value = factors.reduce((a, b) => a * b, 1);
  return Number.isFinite(value) ? value.toLocaleString('en-US') : `\`${expression}\``;
}

/** docs/limits.md as it must be for this source of limits. */
export function renderLimitsPage(source: string): string {
  const found = source.matchAll(/(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)?\nexport const (\w+) = ([^;]+);/g);
  const rows = [...found].map(([, comment, name, value]) => {
    const meaning = comment ? oneLine(comment) : 'See the limit above.';
    return `| \`${name}\` | ${productOf(value as string)} | ${meaning} |`;
  });
  return `${INTRODUCTION}${rows.join('\n')}\n`;
}
