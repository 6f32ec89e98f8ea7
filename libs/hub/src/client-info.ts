/**
 * ClientInfo objects: what the hub tells one platform about the parties of the others.
 *
 * Spec: 2.2.1-d2 mod_hub_client_info, Sender Interface, ClientInfo Object.
 */
import { type Paging, type Party } from '@app/ocpi';
import {
  type Directory,
  firstNumber,
  type ListedParty,
  type PlatformEntry,
  roleKey,
  type SortedList,
} from './directory';
import { type ViewChange, type ViewQuery } from './ports';
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

/** Who looks, when, and how to read what agreements changed of that view so far. */
export interface Viewing {
  readonly viewer: PlatformEntry;
  readonly now: Date;
  readonly changesOf: (query: ViewQuery) => Promise<readonly ViewChange[]>;
}

/** A party in a viewer's eyes. */
interface Seen extends ListedParty {
  readonly status: string;
  readonly since: Date;
}

/** Parties decided on in one turn of the event loop: about 2 ms. */
const PARTIES_AT_A_TIME = 1_000;

/**
 * The parties that a platform may know of, the longest known first: a list by the time of the last change would move
 * while a client pages through it. Its own are left out, and those that unregistered stay in the list as SUSPENDED.
 * With whom it may exchange nothing is PLANNED.
 *
 * A page costs what it holds, and with a time filter what changed in that time, however many parties there are.
 *
 * Spec: 2.2.1-d2 transport_and_format, Pagination: oldest first, by date of creation.
 */
export async function clientInfoPage(
  directory: Directory,
  viewing: Viewing,
  paging: Paging,
): Promise<ClientInfoPage> {
  const { seen, total } =
    paging.dateFrom || paging.dateTo
      ? await changedPage(directory, viewing, paging)
      : await wholePage(directory, viewing, paging);
  return { data: seen.map(({ party, status, since }) => clientInfo(party, status, since)), total };
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

interface SeenPage {
  readonly seen: readonly Seen[];
  readonly total: number;
}

async function wholePage(directory: Directory, viewing: Viewing, paging: Paging): Promise<SeenPage> {
  const { viewer } = viewing;
  const list = directory.parties.byAppearance;
  const own = directory.parties.of(viewer.id);
  const start = placeWithout(own, list, paging.offset);
  const listed = list
    .slice(start, start + paging.limit + own.length)
    .filter(({ platform }) => platform.id !== viewer.id)
    .slice(0, paging.limit);
  const changes = await viewing.changesOf({ parties: listed.map(({ party }) => party) });
  return { seen: await seenBy(directory, viewing, listed, changes), total: list.length - own.length };
}

/** The place in a list of what stands at `offset` when some of its items are left out. Both are in the same order. */
function placeWithout(
  leftOut: SortedList<ListedParty>,
  list: SortedList<ListedParty>,
  offset: number,
): number {
  return firstNumber(offset, offset + leftOut.length, (place) => {
    const item = list.at(place);
    return item === undefined || place - leftOut.placeOf(item) >= offset;
  });
}

async function changedPage(directory: Directory, viewing: Viewing, paging: Paging): Promise<SeenPage> {
  const changes = await viewing.changesOf({ since: paging.dateFrom });
  const candidates = candidatesWithin(directory, viewing.viewer, paging, changes);
  const matching = (await seenBy(directory, viewing, candidates, changes)).filter(({ since }) =>
    isWithin(since, paging),
  );
  matching.sort((a, b) => directory.parties.byAppearance.compare(a, b));
  return { seen: matching.slice(paging.offset, paging.offset + paging.limit), total: matching.length };
}

/** Those with any time that may be the one that counts for the viewer in the wanted span. */
function candidatesWithin(
  directory: Directory,
  viewer: PlatformEntry,
  paging: Paging,
  changes: readonly ViewChange[],
): readonly ListedParty[] {
  const { parties } = directory;
  const found = new Set<ListedParty>();
  const spans = [
    { list: parties.byStatusChange, timeOf: ({ party }: ListedParty) => party.statusSince },
    { list: parties.byAppearance, timeOf: ({ party }: ListedParty) => party.knownSince },
  ];
  for (const { list, timeOf } of spans) {
    const { dateFrom, dateTo } = paging;
    const start = dateFrom ? list.firstPlace((each) => timeOf(each) >= dateFrom) : 0;
    const end = dateTo ? list.firstPlace((each) => timeOf(each) >= dateTo) : list.length;
    for (const each of list.slice(start, end)) found.add(each);
  }
  for (const { party } of changes) {
    for (const each of parties.named(party, directory.platformsOf(party))) found.add(each);
  }
  return [...found].filter(({ platform }) => platform.id !== viewer.id);
}

async function seenBy(
  directory: Directory,
  { viewer, now }: Viewing,
  listed: readonly ListedParty[],
  changes: readonly ViewChange[],
): Promise<Seen[]> {
  const changedAt = new Map(changes.map(({ party, since }) => [roleKey(party), since]));
  const seen: Seen[] = [];
  for (const [index, each] of listed.entries()) {
    if (index > 0 && index % PARTIES_AT_A_TIME === 0) await new Promise((resolve) => setImmediate(resolve));
    const { party, platform, key } = each;
    const forbidden = isForbidden(viewer, subjectOf(party, platform), directory.agreements, now);
    const status = shownStatus(party.status, forbidden);
    const own = status === party.status ? party.statusSince : party.knownSince;
    seen.push({ ...each, status, since: later(own, changedAt.get(key)) });
  }
  return seen;
}

function later(a: Date, b: Date | undefined): Date {
  return b && b > a ? b : a;
}

function isWithin(at: Date, { dateFrom, dateTo }: Paging): boolean {
  return (!dateFrom || at >= dateFrom) && (!dateTo || at < dateTo);
}
