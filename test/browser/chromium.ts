/**
 * A real Chromium for the page tests: the system's when there is one, else the one that npm brought
 * (@sparticuz/chromium), unpacked once into the temporary folder.
 */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';

const require = createRequire(import.meta.url);

const SYSTEM_CHROMIUM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
/** Size of a tar header and of its padding unit, bytes. */
const TAR_BLOCK = 512;

const FLAGS = [
  '--headless',
  '--no-sandbox',
  // WebGL in software, and the rest without it: a page is painted twice as fast.
  '--disable-gpu',
  '--enable-unsafe-swiftshader',
  // With two processors a page has three threads for everything. Compilers that wait for the page's
  // own thread can take them all while that one waits for a font, which needs one of them: the page
  // hangs for good. Seen once in some hundred pages on a loaded machine.
  '--js-flags=--no-concurrent-recompilation --no-concurrent-sparkplug',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--lang=en-US',
  '--force-color-profile=srgb',
  '--font-render-hinting=none',
];

interface Installed {
  executablePath: string;
  /** Variables the binary needs beyond the process's own. */
  env: Record<string, string>;
}

/** Writes the regular files of a tar archive below `folder`; links and devices are not expected. */
function untar(tar: Buffer, folder: string): void {
  const text = (from: number, length: number) =>
    tar.toString('latin1', from, from + length).replace(/\0.*$/s, '');
  for (let at = 0; at + TAR_BLOCK <= tar.length && tar[at] !== 0; ) {
    const name = normalize(join(text(at + 345, 155), text(at, 100)));
    const size = Number.parseInt(text(at + 124, 12).trim() || '0', 8);
    const kind = text(at + 156, 1);
    if (name.startsWith('..')) throw new Error(`archive entry leaves its folder: ${name}`);
    if (kind === '0' || kind === '') {
      const file = join(folder, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, tar.subarray(at + TAR_BLOCK, at + TAR_BLOCK + size), { mode: 0o755 });
    }
    at += TAR_BLOCK + Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
  }
}

async function unpackFromNpm(): Promise<Installed> {
  const entry = require.resolve('@sparticuz/chromium');
  const root = entry.slice(0, entry.lastIndexOf('/build/'));
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const folder = join(tmpdir(), `spymaster-chromium-${version}-${process.getuid?.() ?? 0}`);
  if (!existsSync(folder)) {
    const fresh = `${folder}.${process.pid}`;
    mkdirSync(fresh, { recursive: true });
    const brotli = async (name: string) =>
      brotliDecompressSync(await readFile(join(root, 'bin', name)));
    writeFileSync(join(fresh, 'chromium'), await brotli('chromium.br'), { mode: 0o755 });
    for (const archive of ['al2023', 'swiftshader', 'fonts']) {
      untar(await brotli(`${archive}.tar.br`), fresh);
    }
    try {
      renameSync(fresh, folder);
    } catch {
      rmSync(fresh, { recursive: true, force: true }); // another run finished first
    }
  }
  const env: Record<string, string> = { LD_LIBRARY_PATH: join(folder, 'lib') };
  if (!existsSync('/etc/fonts')) env['FONTCONFIG_PATH'] = join(folder, 'fonts');
  return { executablePath: join(folder, 'chromium'), env };
}

/** Starts the browser with software WebGL2. The caller closes it. */
export async function launchChromium(): Promise<Browser> {
  const system = SYSTEM_CHROMIUM.find((path) => existsSync(path));
  const { executablePath, env } = system
    ? { executablePath: system, env: {} }
    : await unpackFromNpm();
  const inherited = Object.entries(process.env).filter((e): e is [string, string] => !!e[1]);
  return chromium.launch({
    executablePath,
    args: FLAGS,
    env: { ...Object.fromEntries(inherited), ...env },
  });
}
