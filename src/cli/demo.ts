export async function runDemo(): Promise<undefined> {
  return undefined;
}
