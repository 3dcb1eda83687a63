/**
 * Which faults are switched on, and for which connections.
 */
import { DataError } from '../../core/index.ts';
import { GATEWAY_FAULTS, type GatewayFaultName } from './gateway-fault-names.ts';

/** A fault that is switched on. */
export interface GatewayFault {
  name: GatewayFaultName;
  /** Its number, in the unit of the registry; the usual one when not given. */
  amount?: number;
  /** For the next so many connections only; for all when not given. */
  connections?: number;
}

const FAULT = /^([a-z0-9-]+?)(?::(\d+(?:\.\d+)?))?(?:@(\d+))?$/;

/**
 * Reads `NAME`, `NAME:AMOUNT`, `NAME@CONNECTIONS` or `NAME:AMOUNT@CONNECTIONS`.
 * @throws DataError USAGE with the names there are.
 */
export function parseGatewayFault(text: string): GatewayFault {
  const [, name = '', amount, connections] = FAULT.exec(text) ?? [];
  if (!Object.hasOwn(GATEWAY_FAULTS, name)) {
    const expected = `NAME[:AMOUNT][@CONNECTIONS], one of ${Object.keys(GATEWAY_FAULTS).join(', ')}`;
    throw new DataError('USAGE', 'not a fault of the live gateway', { found: text, expected });
  }
  return {
    name: name as GatewayFaultName,
    ...(amount !== undefined && { amount: Number(amount) }),
    ...(connections !== undefined && { connections: Number(connections) }),
  };
}

/** The faults of one connection, by name, with their amounts. */
export type ConnectionFaults = ReadonlyMap<GatewayFaultName, number>;

/** What is switched on; may be changed at any time, for connections that come later. */
export class FaultSwitches {
  private on: { fault: GatewayFault; left: number }[] = [];

  /** @throws DataError USAGE for a text that is no fault. */
  constructor(faults: readonly (GatewayFault | string)[] = []) {
    this.set(faults);
  }

  /** Switches on these and no others. @throws DataError USAGE for a text that is no fault. */
  set(faults: readonly (GatewayFault | string)[]): void {
    const parsed = faults.map((f) => (typeof f === 'string' ? parseGatewayFault(f) : f));
    this.on = parsed.map((fault) => ({
      fault,
      left: fault.connections ?? Number.POSITIVE_INFINITY,
    }));
  }

  /** Switches all off. */
  clear(): void {
    this.on = [];
  }

  /** The faults of the connection that comes now; counts it. */
  forConnection(): ConnectionFaults {
    const faults = new Map<GatewayFaultName, number>();
    for (const each of this.on) {
      if (each.left <= 0) continue;
      each.left--;
      const { name, amount } = each.fault;
      faults.set(name, amount ?? GATEWAY_FAULTS[name].usual);
    }
    return faults;
  }
}
