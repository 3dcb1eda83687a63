export async function runSynth(): Promise<undefined> {
  return undefined;
}
