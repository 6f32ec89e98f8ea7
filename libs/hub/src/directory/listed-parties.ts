/** Every party of every platform, kept in order, so that a page of them costs what it holds. */
import { partyKey, type Party } from '@app/ocpi';
import { type PartyRecord } from '../ports';
import { type PlatformEntry } from './platform-entry';
import { SortedList } from './sorted-list';

/** A party and the platform that holds it, or held it last. */
export interface ListedParty {
  readonly party: PartyRecord;
  readonly platform: PlatformEntry;
  /** Its pair in its role: `NL*TNM/CPO`. */
  readonly key: string;
}

/** A pair in one role as one string: `NL*TNM/CPO`. */
export function roleKey(party: Party): string {
  return `${partyKey(party)}/${party.role}`;
}

const BY_APPEARANCE = orderBy(({ knownSince }) => knownSince);
const NO_PARTIES = new SortedList(BY_APPEARANCE);

export class ListedParties {
  /** Since when the hub knows them; a party keeps its place until it unregisters and comes back. */
  readonly byAppearance = new SortedList(BY_APPEARANCE);
  /** When their status last changed. */
  readonly byStatusChange = new SortedList(orderBy(({ statusSince }) => statusSince));
  private readonly byPlatform = new Map<string, SortedList<ListedParty>>();

  add(platform: PlatformEntry): void {
    const listed = this.listed(platform);
    for (const list of [this.byAppearance, this.byStatusChange]) list.add(listed);
  }

  remove(platformId: string): void {
    const listed = [...this.of(platformId)];
    for (const list of [this.byAppearance, this.byStatusChange]) list.remove(listed);
    this.byPlatform.delete(platformId);
  }

  /** Replaces all of them. */
  reset(platforms: Iterable<PlatformEntry>): void {
    this.byPlatform.clear();
    const all = [...platforms].flatMap((platform) => this.listed(platform));
    for (const list of [this.byAppearance, this.byStatusChange]) list.reset(all);
  }

  /** The parties of a platform, in the order of their appearance. */
  of(platformId: string): SortedList<ListedParty> {
    return this.byPlatform.get(platformId) ?? NO_PARTIES;
  }

  /** A pair in one role: one that it was given up by is listed beside the one that has it now. */
  named(party: Party, platforms: readonly PlatformEntry[]): readonly ListedParty[] {
    const key = roleKey(party);
    return platforms.flatMap(({ id }) => [...this.of(id)].filter((each) => each.key === key));
  }

  private listed(platform: PlatformEntry): readonly ListedParty[] {
    const listed = platform.record.parties.map((party) => ({ party, platform, key: roleKey(party) }));
    const own = new SortedList(BY_APPEARANCE);
    own.reset(listed);
    this.byPlatform.set(platform.id, own);
    return listed;
  }
}

function orderBy(timeOf: (party: PartyRecord) => Date): (a: ListedParty, b: ListedParty) => number {
  return (a, b) =>
    timeOf(a.party).getTime() - timeOf(b.party).getTime() ||
    compared(a.key, b.key) ||
    compared(a.platform.id, b.platform.id);
}

function compared(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
