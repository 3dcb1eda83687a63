export async function runDbnConvert(): Promise<undefined> {
  return undefined;
}
