import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, isCode, lineOf, parse, projectFiles, ROOT, visitNodes } from './source-tree.ts';

/** Each room may import the rooms of the rows above its own; ARCHITECTURE.md draws the same. */
const ROWS = [
  ['core'],
  ['dbn', 'wire', 'features', 'lake'],
  ['book', 'synth', 'feed', 'databento'],
  ['vacuum-pressure', 'forecast', 'intake', 'vendor'],
  ['pipeline'],
  ['runner', 'serve'],
  ['cli'],
];

/** Rooms that are synchronous and deterministic: no clock, no random source, no effects. */
const DATA_PLANE = [
  'core',
  'dbn',
  'wire',
  'features',
  'book',
  'synth',
  'vacuum-pressure',
  'forecast',
];

/** What `web` may import of `src`. */
const WEB_ROOMS = ['core', 'wire'];

const parsed = projectFiles()
  .filter((file) => isCode(file.path))
  .map(parse);

const rowOf = (room: string) => ROWS.findIndex((row) => row.includes(room));
const roomOf = (path: string) => /^src\/([^/]+)\//.exec(path)?.[1] ?? null;

function offences(check: (from: string, to: string, room: string) => string | null): string[] {
  return parsed.flatMap((p) =>
    importsOf(p).flatMap(({ source, line }) => {
      if (!source.startsWith('.')) return [];
      const to = posix.join(posix.dirname(p.file.path), source);
      const room = roomOf(to);
      const why = room === null ? null : check(p.file.path, to, room);
      return why === null ? [] : [`${p.file.path}:${line}: ${why}`];
    }),
  );
}

describe('rooms', () => {
  it('are entered through their index.ts only', () => {
    const found = offences((from, to, room) => {
      // A room's own tests may look inside. The program is run, not imported: it has no index.
      if (from.startsWith(`test/${room}/`)) return null;
      if (room === 'cli' && from.startsWith('test/')) return null;
      return roomOf(from) === room || to === `src/${room}/index.ts` ? null : `reaches into ${to}`;
    });
    expect(found).toEqual([]);
  });

  it('import only rooms of earlier rows', () => {
    const found = offences((from, _to, room) => {
      const own = roomOf(from);
      if (own === null || own === room) return null;
      return rowOf(room) < rowOf(own) ? null : `${own} must not import ${room}`;
    });
    expect(found).toEqual([]);
  });

  it('let the page import core and wire only', () => {
    const found = offences((from, _to, room) =>
      from.startsWith('web/') && !WEB_ROOMS.includes(room) ? `web must not import ${room}` : null,
    );
    expect(found).toEqual([]);
  });

  it('are all placed in a row, with a project and an entry of their own', () => {
    for (const room of readdirSync(join(ROOT, 'src'))) {
      expect(rowOf(room), `${room} has no row in test/house/rooms.test.ts`).toBeGreaterThanOrEqual(
        0,
      );
      expect(existsSync(join(ROOT, 'src', room, 'tsconfig.json')), `${room} has no tsconfig`).toBe(
        true,
      );
      const entry = room === 'cli' ? 'main.ts' : 'index.ts';
      expect(existsSync(join(ROOT, 'src', room, entry)), `${room} has no ${entry}`).toBe(true);
    }
  });

  it('read no clock and no random source in the data plane', () => {
    const found: string[] = [];
    for (const { file, program } of parsed) {
      if (!DATA_PLANE.includes(roomOf(file.path) ?? '')) continue;
      visitNodes(program, (node, parent) => {
        if (node.type !== 'Identifier') return;
        const name = node['name'] as string;
        const property = parent?.type === 'MemberExpression' && parent['property'] === node;
        const banned = property
          ? ['random']
          : ['Date', 'performance', 'crypto', 'setTimeout', 'console'];
        if (!banned.includes(name)) return;
        found.push(`${file.path}:${lineOf(file.text, node.start)}: ${name}`);
      });
    }
    expect(found).toEqual([]);
  });
});

describe('tsconfig.json files', () => {
  const configs = projectFiles().filter((file) => file.path.endsWith('/tsconfig.json'));
  const references = (path: string): string[] =>
    (JSON.parse(readFileSync(join(ROOT, path), 'utf8')).references ?? []).map(
      (r: { path: string }) => posix.join(posix.dirname(path), r.path),
    );

  it('are all referenced from the root one', () => {
    const folders = configs.map((file) => posix.dirname(file.path)).sort();
    expect(references('tsconfig.json').sort()).toEqual(folders);
  });

  it('let a room reference rooms of earlier rows only', () => {
    for (const file of configs) {
      const own = roomOf(file.path);
      if (own === null) continue;
      for (const reference of references(file.path)) {
        const room = reference.replace('src/', '');
        expect(rowOf(room), `${file.path} references ${reference}`).toBeLessThan(rowOf(own));
      }
    }
  });
});
