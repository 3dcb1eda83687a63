export async function serveVacuumPressure(): Promise<undefined> {
  return undefined;
}
export async function serveWeb(): Promise<undefined> {
  return undefined;
}
export async function serveAll(): Promise<undefined> {
  return undefined;
}
