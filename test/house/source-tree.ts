import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';

/** The checkout's root folder. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Folders whose files the project answers for; the files of the root folder belong too. */
const FOLDERS = ['.ci', 'bench', 'config', 'docs', 'examples', 'src', 'test', 'tools', 'web'];
const NOT_OURS = new Set(['node_modules', 'dist', '__pycache__']);

/** A text file of the project, path relative to the root with forward slashes. */
export interface SourceFile {
  path: string;
  text: string;
}

/** A node of the syntax tree (ESTree with TypeScript's nodes). */
export interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}

/** A parsed TypeScript or JavaScript file. */
export interface Parsed {
  file: SourceFile;
  program: Node;
  comments: { type: string; value: string; start: number; end: number }[];
}

function walk(folder: string, out: string[]): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (NOT_OURS.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) walk(path, out);
    else out.push(path);
  }
}

function isText(path: string): boolean {
  return !/\.(png|ico|wasm|dbn|zst|parquet|arrow|woff2?)$/.test(path);
}

/** Every text file of the project, built and installed ones left out. */
export function projectFiles(): SourceFile[] {
  const paths: string[] = [];
  for (const entry of readdirSync(ROOT, { withFileTypes: true })) {
    if (entry.isFile()) paths.push(join(ROOT, entry.name));
    else if (FOLDERS.includes(entry.name)) walk(join(ROOT, entry.name), paths);
  }
  return paths
    .filter((path) => isText(path) && !path.endsWith('.tsbuildinfo'))
    .map((path) => ({
      path: relative(ROOT, path).split(sep).join('/'),
      text: readFileSync(path, 'utf8'),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** True for files with a syntax tree that the rules read. */
export function isCode(path: string): boolean {
  return /\.(ts|tsx|mjs)$/.test(path);
}

/** @throws Error when the file does not parse. */
export function parse(file: SourceFile): Parsed {
  const { program, comments, errors } = parseSync(file.path, file.text);
  if (errors.length > 0) throw new Error(`${file.path}: ${errors[0]?.message}`);
  return { file, program: program as unknown as Node, comments };
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

/** Calls `visit` for `node` and everything under it, parents first. */
export function visitNodes(
  node: Node,
  visit: (node: Node, parent: Node | null) => void,
  parent: Node | null = null,
): void {
  visit(node, parent);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) visitNodes(child, visit, node);
    }
  }
}

/** 1-based line of a character offset. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let i = text.indexOf('\n'); i !== -1 && i < offset; i = text.indexOf('\n', i + 1)) line++;
  return line;
}

/** The modules that a file names in imports, re-exports and dynamic imports of a literal. */
export function importsOf(parsed: Parsed): { source: string; line: number }[] {
  const found: { source: string; line: number }[] = [];
  visitNodes(parsed.program, (node) => {
    const source = node['source'];
    if (!/^(Import|ExportNamed|ExportAll)(Declaration|Expression)$/.test(node.type)) return;
    if (!isNode(source) || typeof source['value'] !== 'string') return;
    found.push({ source: source['value'], line: lineOf(parsed.file.text, node.start) });
  });
  return found;
}
