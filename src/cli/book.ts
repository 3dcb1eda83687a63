export async function runBook(): Promise<undefined> {
  return undefined;
}
