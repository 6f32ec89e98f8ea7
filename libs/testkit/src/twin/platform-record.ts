/** What the twin's records of platforms are made of. */
import { type ConnectionStatus, type PartyRecord, type PlatformRecord, type WaitingParty } from '@app/hub';
import { type Party, partyKey } from '@app/ocpi';

/** `NL*TNM/CPO`: a pair in one role as one string. */
export function roleKey(party: Party): string {
  return `${partyKey(party)}/${party.role}`;
}

/** A party without what a platform says of it. */
export function bare({ countryCode, partyId, role }: Party): Party {
  return { countryCode, partyId, role };
}

/** Of items with one key the first. */
export function unique<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map([...items].reverse().map((item) => [keyOf(item), item])).values()].reverse();
}

/** A platform that has nothing yet, or nothing any more. */
export const BLANK: Omit<PlatformRecord, 'id' | 'name' | 'createdAt' | 'announced' | 'parties'> = {
  ...{ status: 'PLANNED', suspended: false, version: null, versionsUrl: null, registeredAt: null },
  ...{ lastSeenAt: null, endpoints: [], issuedTokens: [] },
  ...{ peerToken: null, tokenEncoding: 'base64', allowedHosts: [] },
};

/** A party that its platform gave up. */
export function letGo(party: PartyRecord, now: Date): PartyRecord {
  const statusSince = party.status === 'SUSPENDED' ? party.statusSince : now;
  return { ...party, status: 'SUSPENDED', statusSince, held: false };
}

/** A party of which only the operator spoke so far. */
export function unclaimedParty(party: Party): Party & { readonly businessDetails: null } {
  return { ...bare(party), businessDetails: null };
}

/** What an announced party of a platform is until it registers. */
export function statusWhenAnnounced({ suspended, registeredAt }: PlatformRecord): ConnectionStatus {
  return suspended && registeredAt === null ? 'SUSPENDED' : 'PLANNED';
}

/** Of a platform for which other parties are announced: which it still has, and which of them are new to it. */
export function reannounced<T extends Party>(
  { parties, registeredAt }: PlatformRecord,
  planned: readonly T[],
  now: Date,
): { readonly parties: PartyRecord[]; readonly fresh: T[] } {
  const names = new Set(planned.map(roleKey));
  const held = new Set(parties.filter((party) => party.held).map(roleKey));
  const fresh = planned.filter((party) => !held.has(roleKey(party)));
  const taken = new Set(fresh.map(roleKey));
  const stays = (party: PartyRecord): boolean =>
    names.has(roleKey(party)) || !party.held || (registeredAt !== null && party.status !== 'PLANNED');
  const kept = parties.filter((party) => !taken.has(roleKey(party)));
  return { parties: kept.map((party) => (stays(party) ? party : letGo(party, now))), fresh };
}

/** What a record has of a list that is left out when it is empty. */
export function someOrNone<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** Claims that wait, each since it began to. */
export function waitingAfter(
  { waiting = [] }: PlatformRecord,
  claims: readonly (Party & Pick<WaitingParty, 'businessDetails'>)[],
  now: Date,
): readonly WaitingParty[] | undefined {
  const since = new Map(waiting.map((party) => [roleKey(party), party.since]));
  return someOrNone(
    claims.map((claim) => ({
      ...bare(claim),
      since: since.get(roleKey(claim)) ?? now,
      businessDetails: claim.businessDetails,
    })),
  );
}
