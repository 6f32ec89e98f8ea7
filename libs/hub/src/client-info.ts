/**
 * ClientInfo objects: what the hub tells one platform about the parties of the others.
 *
 * Spec: 2.2.1-d2 mod_hub_client_info, Sender Interface, ClientInfo Object.
 */
import { type Paging, type Party, partyKey } from '@app/ocpi';
import { type Directory, type PlatformEntry } from './directory';
import { type PartyRecord, type ViewChange } from './ports';
import { isForbidden, shownStatus, subjectOf } from './status/view';

/** Spec: 2.2.1-d2 mod_hub_client_info, ClientInfo Object. */
export interface ClientInfo {
  readonly party_id: string;
  readonly country_code: string;
  readonly role: string;
  readonly status: string;
  readonly last_updated: string;
}

/** One page of ClientInfo objects, and how many match in all. */
export interface ClientInfoPage {
  readonly data: readonly ClientInfo[];
  readonly total: number;
}

/** Who looks, when, and what agreements changed of that view so far. */
export interface Viewing {
  readonly viewer: PlatformEntry;
  readonly now: Date;
  readonly changes: readonly ViewChange[];
}

/** A party in a viewer's eyes. */
interface Seen {
  readonly party: PartyRecord;
  readonly status: string;
  readonly since: Date;
}

/**
 * The parties that a platform may know of, longest unchanged first; its own are left out, and those that
 * unregistered stay in the list as SUSPENDED. With whom it may exchange nothing is PLANNED.
 */
export function clientInfoPage(directory: Directory, viewing: Viewing, paging: Paging): ClientInfoPage {
  const matching = seenBy(directory, viewing).filter(({ since }) => isWithin(since, paging));
  matching.sort(byAge);
  const page = matching.slice(paging.offset, paging.offset + paging.limit);
  return {
    data: page.map(({ party, status, since }) => clientInfo(party, status, since)),
    total: matching.length,
  };
}

/** A party as ClientInfo. */
export function clientInfo(party: Party, status: string, since: Date): ClientInfo {
  return {
    party_id: party.partyId,
    country_code: party.countryCode,
    role: party.role,
    status,
    last_updated: since.toISOString(),
  };
}

/** A pair in one role as one string: `NL*TNM/CPO`. */
export function roleKey(party: Party): string {
  return `${partyKey(party)}/${party.role}`;
}

function seenBy(directory: Directory, { viewer, now, changes }: Viewing): Seen[] {
  const changedAt = new Map(changes.map(({ party, since }) => [roleKey(party), since]));
  const seen: Seen[] = [];
  for (const owner of directory.all()) {
    if (owner.id === viewer.id) continue;
    for (const party of owner.record.parties) {
      const forbidden = isForbidden(viewer, subjectOf(party, owner), directory.agreements, now);
      const status = shownStatus(party.status, forbidden);
      const own = status === party.status ? party.statusSince : party.knownSince;
      seen.push({ party, status, since: later(own, changedAt.get(roleKey(party))) });
    }
  }
  return seen;
}

function later(a: Date, b: Date | undefined): Date {
  return b && b > a ? b : a;
}

function isWithin(at: Date, { dateFrom, dateTo }: Paging): boolean {
  return (!dateFrom || at >= dateFrom) && (!dateTo || at < dateTo);
}

function byAge(a: Seen, b: Seen): number {
  return a.since.getTime() - b.since.getTime() || (roleKey(a.party) < roleKey(b.party) ? -1 : 1);
}
