/**
 * Letters of records as the codes that the bronze contracts give them, and back.
 */

/** Texts of the `action` column, by code. */
export const ACTIONS = ['A', 'C', 'M', 'R', 'T', 'F', 'N'] as const;
/** Texts of the `side` column, by code. */
export const SIDES = ['A', 'B', 'N'] as const;

/** A letter that no text of the column stands for. */
export const NO_CODE = 255;
/** Code of the action `N`, which changes nothing: what an unknown one becomes. */
export const ACTION_NONE = ACTIONS.indexOf('N');
/** Code of the side `N`: what an unknown one becomes. */
export const SIDE_NONE = SIDES.indexOf('N');

function codesOf(texts: readonly string[]): Uint8Array {
  const codes = new Uint8Array(256).fill(NO_CODE);
  for (const [code, text] of texts.entries()) codes[text.charCodeAt(0)] = code;
  return codes;
}

/** Code of an action's ASCII letter; `NO_CODE` for others. [256] */
export const ACTION_CODES: Uint8Array = codesOf(ACTIONS);
/** Code of a side's ASCII letter; `NO_CODE` for others. [256] */
export const SIDE_CODES: Uint8Array = codesOf(SIDES);
/** ASCII letter of an action's code. */
export const ACTION_LETTERS: Uint8Array = Uint8Array.from(ACTIONS, (s) => s.charCodeAt(0));
/** ASCII letter of a side's code. */
export const SIDE_LETTERS: Uint8Array = Uint8Array.from(SIDES, (s) => s.charCodeAt(0));
