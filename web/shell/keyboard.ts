/** A key, what it does, and how the help names it. */
export interface KeyBinding {
  /** `KeyboardEvent.key` values, with `Shift+`, `Alt+` or `Ctrl+` (also Cmd) before them. */
  keys: readonly string[];
  /** How help shows the keys. */
  shown: string;
  does: string;
  run: (event: KeyboardEvent) => void;
}

/** Keys by their place, for the chords of which macOS makes other letters. */
const PLACES: Readonly<Record<string, string>> = { Equal: '=', Minus: '-' };

/** The key of an event; with Alt, its face without Alt where the system wrote a special letter. */
function keyOf({ key, code, altKey }: KeyboardEvent): string {
  if (!altKey || key.length > 1 || key.charCodeAt(0) < 128) return key;
  return /^Digit(\d)$/.exec(code)?.[1] ?? PLACES[code] ?? key;
}

/**
 * The chord of an event as bindings write it. Shift counts only for keys that have no other face
 * with it.
 */
export function chordOf(event: KeyboardEvent): string {
  const key = keyOf(event);
  const named = key.length > 1 || key === ' ';
  const shift = event.shiftKey && (named || key.toUpperCase() === key.toLowerCase());
  const parts = [
    event.ctrlKey || event.metaKey ? 'Ctrl+' : '',
    event.altKey ? 'Alt+' : '',
    shift && named ? 'Shift+' : '',
  ];
  return parts.join('') + (key.length === 1 ? key.toLowerCase() : key);
}

function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  const typed = 'input:not([type="range"], [type="checkbox"])';
  return target.matches(`${typed}, select, textarea, [contenteditable]`);
}

const SLIDER_KEYS = /^(Arrow|Page)|^(Home|End)$/;

/**
 * Controls that answer these keys by themselves: a focused button must still be pressed by space,
 * and a slider moved by arrows.
 */
function belongsToControl(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (target.matches('input[type="range"]')) return SLIDER_KEYS.test(event.key);
  if (target.matches('input[type="checkbox"]')) return event.key === ' ';
  return [' ', 'Enter'].includes(event.key) && target.matches('button, summary, a[href]');
}

/**
 * Listens for the bindings' keys on the whole page, except while a field or a dialogue has them.
 * @returns a function that stops it.
 */
export function attachKeyboard(bindings: readonly KeyBinding[]): () => void {
  const byChord = new Map(bindings.flatMap((b) => b.keys.map((key) => [key, b] as const)));
  const listen = (event: KeyboardEvent) => {
    if (event.defaultPrevented || isTyping(event) || belongsToControl(event)) return;
    if (document.querySelector('dialog[open]')) return;
    const binding = byChord.get(chordOf(event));
    if (!binding) return;
    event.preventDefault();
    binding.run(event);
  };
  document.addEventListener('keydown', listen);
  return () => document.removeEventListener('keydown', listen);
}
