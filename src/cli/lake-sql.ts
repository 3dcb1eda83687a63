/**
 * The work of `spymaster lake sql`.
 */
import { text } from 'node:stream/consumers';
import type { CommandContext } from './command.ts';
import { type AnswerOptions, answerQuery, answerStyle } from './lake-answer.ts';

/** Runs one statement that reads, and writes its answer. */
export async function runLakeSql(
  context: CommandContext,
  options: AnswerOptions,
  query: string,
): Promise<undefined> {
  const style = answerStyle(options, 'table');
  const asked = query === '-' ? await text(process.stdin) : query;
  await answerQuery(context, { ...options, style }, () => asked);
}
