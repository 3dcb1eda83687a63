export async function runDbnCat(): Promise<undefined> {
  return undefined;
}
