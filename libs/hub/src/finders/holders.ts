/** The parties that are remembered to have an id: a hint where to look first, never the last word. */
import { OWNED_KINDS, type PartyId, partyKey, type PartyKey } from '@app/ocpi';
import { type Directory, type Newcomers } from '../directory';
import { type Permitted } from '../exchange';
import { type ObjectOwners, type OwnedId, type OwnerIndex } from '../ports';

/** What receivers are found with. */
export interface FinderParts {
  readonly directory: Directory;
  readonly newcomers: Newcomers;
  readonly owners: OwnerIndex;
  readonly objectOwners?: ObjectOwners;
}

/** Parties that are remembered to have one id. */
export interface Holders {
  /** Of a role that has such objects, and with an agreement with the sender. */
  readonly meant: readonly PartyId[];
  /** Without an agreement with the sender, for whom they are as unknown as no party at all. */
  readonly hidden: readonly PartyId[];
  /** With an agreement, but unregistered or given up by their platform. */
  readonly left: readonly PartyId[];
  /** No platform ever held them in such a role, as far as is known. */
  readonly gone: readonly PartyId[];
}

/** Parties looked up in the store for one message: they may have registered through another process a moment ago. */
const MAX_LOOKUPS = 4;

/**
 * The remembered holders of an id, as the sender of a message may know them.
 *
 * @throws when a source cannot say: it might know of another holder
 */
export async function holdersOf(owned: OwnedId, message: Permitted, parts: FinderParts): Promise<Holders> {
  const owners = await ownersOf(owned, parts);
  const strangers = owners.filter((owner) => parts.directory.platformsOf(owner).length === 0);
  for (const owner of strangers.slice(0, MAX_LOOKUPS)) await parts.newcomers.lookUpParty(owner);
  const holders: Record<keyof Holders, PartyId[]> = { meant: [], hidden: [], left: [], gone: [] };
  for (const owner of owners) holders[standingOf(owner, message, parts.directory)].push(owner);
  return holders;
}

/** What both sources know together. */
async function ownersOf(owned: OwnedId, { owners, objectOwners }: FinderParts): Promise<readonly PartyId[]> {
  const { module } = OWNED_KINDS[owned.kind];
  const { id, type, scope } = owned;
  const stored = module !== undefined && !scope ? objectOwners?.ownersOf(module, id, type) : undefined;
  const found = await Promise.all([owners.ownersOf(owned), stored]);
  const byKey = new Map<PartyKey, PartyId>();
  for (const party of found.flatMap((parties) => parties ?? [])) byKey.set(partyKey(party), party);
  return [...byKey.values()];
}

/** A party whose role has no such objects has none: whatever a CPO pushes, it issues no tokens. */
function standingOf(party: PartyId, message: Permitted, directory: Directory): keyof Holders {
  const { caller, from, row, target, receivedAt } = message;
  const roles = row?.interfaces[target.interfaceRole].roles ?? [];
  const platforms = directory.platformsOf(party).filter((platform) => platform.hasRole(party, roles));
  if (platforms.length === 0) return 'gone';
  const sender = caller.participant(from);
  const allowed = platforms.filter((platform) => {
    const exchange = { from: sender, to: platform.participant(party), module: target.module };
    return directory.agreements.allows(exchange, receivedAt);
  });
  if (allowed.length === 0) return 'hidden';
  return allowed.some((platform) => platform.holdsAs(party, roles)) ? 'meant' : 'left';
}
