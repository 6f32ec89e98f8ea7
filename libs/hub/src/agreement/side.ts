import { isRole, parsePartyId, type PartyId, type PartyKey, partyKey, type Role } from '@app/ocpi';

/** One side of an agreement: everybody, or a pair in one or in every role. */
export type Side = '*' | (PartyId & { readonly role?: Role });

const SIDE = /^([^*/-]{2})[*-]([^*/-]{3})(?:\/([A-Z]+))?$/;

/** A side as one text: `*`, `NL*TNM` or `NL*TNM/CPO`. */
export function sideText(side: Side): string {
  if (side === '*') return '*';
  return side.role === undefined ? partyKey(side) : `${partyKey(side)}/${side.role}`;
}

/** The side that a text of {@link sideText} stands for, the pair in any case; `undefined` for other texts. */
export function parseSide(text: string): Side | undefined {
  if (text === '*') return '*';
  const [, countryCode = '', partyId = '', role] = SIDE.exec(text) ?? [];
  const pair = parsePartyId(countryCode, partyId);
  if (pair === undefined || (role !== undefined && !isRole(role))) return undefined;
  return role === undefined ? pair : { ...pair, role };
}

/** Whether a side names this very pair, in whatever role; `*` names nobody. */
export function names(side: Side, pair: PartyKey): boolean {
  return side !== '*' && partyKey(side) === pair;
}
