import type { Command } from 'commander';

const INTRODUCTION = `# Commands

What \`spymaster --help\` and each command's \`--help\` say. This page is generated from the program
itself: a test holds them equal, and \`npx vitest run --project unit test/house -u\` writes it anew.

In a checkout the program is \`npx spymaster …\`. Exit codes: 0 done, 1 failed, 2 wrong usage,
3 nothing matched, 4 data rejected; [errors.md](errors.md) lists every error. Results go to stdout,
everything else to stderr. Files that a command writes appear under their names whole or not at all.
Ctrl-C stops at the next safe point.
`;

/** Columns that the help is laid out for, whatever the terminal. */
const HELP_COLUMNS = 100;

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
    getOutHelpWidth: () => HELP_COLUMNS,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text.trimEnd();
}

function sections(command: Command, depth: number): string[] {
  const heading = `${'#'.repeat(Math.min(depth, 3))} \`${nameOf(command)}\``;
  const own = `${heading}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`;
  return [own, ...command.commands.flatMap((child) => sections(child, depth + 1))];
}

/** docs/commands.md as it must be for this program. */
export function renderCommandsPage(program: Command): string {
  return [INTRODUCTION, ...sections(program, 2)].join('\n');
}
