/** What the twin's records of platforms are made of. */
import { type PartyRecord, type PlatformRecord } from '@app/hub';
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
