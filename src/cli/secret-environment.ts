/**
 * Keeps secrets out of the process's environment, which diagnostic reports print whole and every
 * child and thread inherits.
 */

/** Variables that hold secrets; those of `secret` settings. */
const SECRET_VARIABLES = ['DATABENTO_API_KEY', 'SPYMASTER_TOKEN'] as const;

/** A key of the vendor's, all but its last five characters. */
const SHOWN_KEY = /db-[A-Za-z0-9]{24}(?=[A-Za-z0-9]{5}(?![A-Za-z0-9]))/g;

const hidden: Record<string, string> = {};

/** Takes secrets out of the environment; from here on only `environment` gives them. */
export function hideSecrets(env: Record<string, string | undefined>): void {
  for (const name of SECRET_VARIABLES) {
    const value = env[name];
    if (value === undefined) continue;
    hidden[name] = value;
    delete env[name];
  }
}

/** The environment as the program was started with it, secrets included. */
export function environment(): Record<string, string | undefined> {
  return { ...hidden, ...process.env };
}

/** The text with only the last five characters of what looks like a key of the vendor's. */
export function maskKeys(text: string): string {
  return text.replace(SHOWN_KEY, '…');
}
