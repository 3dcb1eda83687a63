/** What stands for an unknown number. */
export const UNKNOWN = '–';

/** Text as it may stand in HTML, in attributes too. */
export function escapeHtml(text: string): string {
  const names: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (c) => names[c]);
}

/** A number with fixed decimals, a dash when it is unknown; a true minus sign. */
export function fixed(value: number | null, decimals: number): string {
  if (value === null || !Number.isFinite(value)) return UNKNOWN;
  const text = value.toFixed(decimals);
  const isZero = Number(text) === 0;
  return (isZero ? text.replace('-', '') : text).replace('-', '−');
}

/** A share as a percentage with one decimal. */
export function percent(share: number | null, decimals = 1): string {
  const text = fixed(share === null ? null : share * 100, decimals);
  return text === UNKNOWN ? text : `${text} %`;
}

/** A value with its interval, `v (low to high)`, each put to text by `as`. */
export function withInterval(
  interval: { value: number | null; low: number | null; high: number | null },
  as: (value: number | null) => string,
): string {
  const { value, low, high } = interval;
  if (value === null) return UNKNOWN;
  if (low === null || high === null) return `${as(value)} (interval unknown)`;
  const from = as(low).replace(/ %$/, '');
  return `${as(value)} (${from} to ${as(high)})`;
}

/** A p-value: small ones are not spelt out. */
export function probability(p: number | null): string {
  if (p === null) return UNKNOWN;
  return p < 0.001 ? '< 0.001' : fixed(p, 3);
}

/** A baseline's or control's published name in words. */
export function plainName(name: string): string {
  return name.replaceAll('_', ' ');
}

/** A table with a caption; cells are text and are escaped. The first column heads its rows. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const cells = (row: readonly string[]) =>
    row
      .map((cell, i) =>
        i === 0 ? `<th scope="row">${escapeHtml(cell)}</th>` : `<td>${escapeHtml(cell)}</td>`,
      )
      .join('');
  const heads = head.map((h) => `<th scope="col">${escapeHtml(h)}</th>`).join('');
  const body = rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n');
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(caption)}">` +
    `<table><caption>${escapeHtml(caption)}</caption>` +
    `<thead><tr>${heads}</tr></thead>\n<tbody>${body}</tbody></table></div>`
  );
}
