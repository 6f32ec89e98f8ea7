/**
 * Which way a functional request takes through the hub, from its receiver, method and interface alone.
 *
 * Spec: 2.2.1-d2 transport_and_format, Overview of required/optional routing headers for different scenarios.
 */
import { type InterfaceRole, type ModuleRow } from './module';
import { type PartyId, sameParty } from './party';

/** `callback`: to a URL that the hub handed out, which stands for one party's own. */
export type Scenario = 'direct' | 'broadcast' | 'open_routing' | 'get_all' | 'callback';

/** What the decision looks at. `to` is undefined when the request names no receiver. */
export interface Addressed {
  readonly to: PartyId | undefined;
  readonly method: string;
  readonly interfaceRole: InterfaceRole;
  /** `undefined` for a custom module: it can only be addressed to one party. */
  readonly row: ModuleRow | undefined;
  /** It follows the `Link` of a GET All answer, which is known by its cursor and needs no receiver. */
  readonly resumes?: boolean;
}

/** The scenario, or `undefined` when the hub party cannot be addressed in this way. */
export function scenarioOf(addressed: Addressed, hub: PartyId): Scenario | undefined {
  const { to, method, interfaceRole, row, resumes } = addressed;
  const mayGetAll = method === 'GET' && interfaceRole === 'SENDER' && row?.getAll !== undefined;
  if (!to && resumes && mayGetAll) return 'get_all';
  if (!to) return row ? 'open_routing' : undefined;
  if (!sameParty(to, hub)) return 'direct';
  if (mayGetAll) return 'get_all';
  return mayBroadcast(row, interfaceRole, method) ? 'broadcast' : undefined;
}

/** Whether a push on this interface is meant for everybody of the opposite role. */
export function mayBroadcast(
  row: ModuleRow | undefined,
  interfaceRole: InterfaceRole,
  method: string,
): boolean {
  const methods: readonly string[] = row?.interfaces[interfaceRole].broadcast ?? [];
  return methods.includes(method);
}
