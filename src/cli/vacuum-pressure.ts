export async function runVacuumPressure(): Promise<undefined> {
  return undefined;
}
