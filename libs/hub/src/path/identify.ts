import { callerRoles, type PartyId, partyKey, readFrom, readTo } from '@app/ocpi';
import { type Directory, mayActAs, type PlatformEntry } from '../directory';
import { type Authenticated, type Identified, learned } from '../exchange';
import { HubError } from '../hub-error';
import { requireOwnObject } from '../own-object';

/**
 * Step 3: in whose name does the platform speak, and to whom?
 *
 * Spec: 2.2.1-d2 transport_and_format, Message Routing Headers; Client Owned Object Push.
 *
 * @throws HubError `from_missing`, `from_malformed`, `from_not_yours`, `from_waiting`, `from_role_missing`, `to_malformed`, and
 *   those of `requireOwnObject`
 */
export function identify(authenticated: Authenticated, directory: Directory): Identified {
  const { headers, caller } = authenticated;
  const from = sender(caller, readFrom(headers));
  const identified = learned(authenticated, { from, to: addressee(readTo(headers)) });
  requireCaller(identified, directory);
  requireOwnObject(identified, directory);
  return identified;
}

/**
 * Where two platforms hold a pair, each speaks for its own half of it. @throws HubError `from_role_missing`
 */
export function requireCaller({ caller, from, row, target }: Identified, directory: Directory): void {
  const roles = callerRoles(row, target.interfaceRole);
  if (!roles || mayActAs(caller, from, roles, directory)) return;
  const who = `${partyKey(from)} is ${roles.join(', ')} on another platform`;
  throw new HubError('from_role_missing', `${target.module} ${target.interfaceRole}, ${who}`);
}

function sender(caller: PlatformEntry, said: ReturnType<typeof readFrom>): PartyId {
  if (said.kind === 'half') throw new HubError('from_malformed', `${said.missing} is missing`);
  if (said.kind === 'malformed') throw new HubError('from_malformed', said.why);
  if (said.kind === 'absent') {
    if (caller.onlyParty) return caller.onlyParty;
    const [waits] = caller.participants.length === 0 ? (caller.record.waiting ?? []) : [];
    if (waits) throw new HubError('from_waiting', partyKey(waits));
    throw new HubError('from_missing', 'your platform hosts more than one party');
  }
  if (caller.holds(said.party)) return said.party;
  if (caller.waitsFor(said.party)) throw new HubError('from_waiting', partyKey(said.party));
  throw HubError.fromNotYours(partyKey(said.party));
}

function addressee(said: ReturnType<typeof readTo>): PartyId | undefined {
  if (said.kind === 'half') throw new HubError('to_malformed', `${said.missing} is missing`);
  if (said.kind === 'malformed') throw new HubError('to_malformed', said.why);
  return said.kind === 'party' ? said.party : undefined;
}
