/** Warnings at most from one answer: a hostile header does not flood. */
const MAX_WARNINGS = 20;
/** Most of one warning that is shown, characters. */
const MAX_WARNING_TEXT = 400;

/**
 * The texts of an `X-Warning` header, `Category: text` each; a header that is not the JSON list it
 * should be is one text. Source: Databento docs, Historical API.
 */
export function parseWarnings(header: string): string[] {
  let texts: unknown;
  try {
    texts = JSON.parse(header);
  } catch {
    texts = header;
  }
  const list = Array.isArray(texts) ? texts : [texts];
  return list.slice(0, MAX_WARNINGS).map((text) => String(text).slice(0, MAX_WARNING_TEXT));
}
