const INTRODUCTION = `# Limits of the servers

Generated from \`src/serve/limits.ts\` and from the named limits of \`src/databento\` and
\`src/intake\`: a test holds them equal, and
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

const OF_CLIENTS = `
## Limits of the vendor's clients and of downloads

| limit | value | is | in |
| --- | --- | --- | --- |
`;

/** Names that say that something ends there. */
const LIMIT_NAME = /^(MAX|MIN|LONGEST)_|TIMEOUT|MARGIN|_PER_SECOND$|^HELD_/;

/** A source file whose limits the page tells. */
export interface LimitSource {
  path: string;
  text: string;
}

function constantsOf(source: string): { name: string; value: string; meaning: string }[] {
  const found = source.matchAll(
    /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)?\n(?:export )?const ([A-Z][A-Z_\d]*) = ([^;]+);/g,
  );
  return [...found].map(([, comment, name, value]) => ({
    name: name as string,
    value: productOf((value as string).replace(/n$/, '')),
    meaning: comment ? oneLine(comment) : 'See the limit above.',
  }));
}

/** docs/limits.md as it must be for the servers' limits and the files of the clients. */
export function renderLimitsPage(servers: string, clients: readonly LimitSource[]): string {
  const rows = constantsOf(servers).map((c) => `| \`${c.name}\` | ${c.value} | ${c.meaning} |`);
  const further = clients.flatMap(({ path, text }) =>
    constantsOf(text)
      .filter(({ name }) => LIMIT_NAME.test(name))
      .map((c) => `| \`${c.name}\` | ${c.value} | ${c.meaning} | \`${path}\` |`),
  );
  return `${INTRODUCTION}${rows.join('\n')}\n${OF_CLIENTS}${further.join('\n')}\n`;
}
