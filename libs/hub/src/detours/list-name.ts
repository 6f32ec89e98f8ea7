import { type PartyId, partyKey } from '@app/ocpi';
import { createHash } from 'node:crypto';
import { type Permitted } from '../exchange';

/** Parameters that say which page of a list is asked for; all others are filters. */
const PAGE_PARAMETERS: readonly string[] = ['offset', 'limit', 'cursor'];

/**
 * Names a list and its reader, whichever page of it a request asks for. The request for another page gives the same
 * name, in whatever order its filters stand.
 *
 * @param owner the party that has the list; null: the hub, for all parties
 */
export function listOf({ caller, from, target }: Permitted, owner: PartyId | null): string {
  const filters = [...new URLSearchParams(target.query)].filter(([name]) => !PAGE_PARAMETERS.includes(name));
  const { module, interfaceRole, rest } = target;
  const path = rest === '/' ? '' : rest;
  const reader = [caller.id, partyKey(from), owner && partyKey(owner)];
  const text = JSON.stringify([...reader, module, interfaceRole, path, filters.map(String).sort()]);
  return createHash('sha256').update(text).digest('base64url');
}
