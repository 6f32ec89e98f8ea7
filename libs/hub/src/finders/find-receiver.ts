/**
 * Who is meant by a request that names no receiver.
 *
 * Spec: 2.2.1-d2 transport_and_format, Open Routing Request.
 */
import {
  type Clue,
  type FinderRow,
  FINDERS,
  mayBroadcast,
  OWNED_KINDS,
  parsePartyId,
  type PartyId,
  partyKey,
  type PartyKey,
  placeName,
} from '@app/ocpi';
import { withSecondLook } from '../callers';
import { type Directory, type Newcomers } from '../directory';
import { type Permitted, type Receiver } from '../exchange';
import { asHubError, HubError } from '../hub-error';
import { receiverOf } from '../path/permit';
import { type ObjectOwners, type OwnedId, type OwnerIndex } from '../ports';
import { ownedIdIn } from './owned-id';
import { holds, textAt } from './places';
import { unresolved } from './unresolved';

/** What receivers are found with. */
export interface FinderParts {
  readonly directory: Directory;
  readonly newcomers: Newcomers;
  readonly owners: OwnerIndex;
  readonly objectOwners?: ObjectOwners;
}

/**
 * The message with the receiver that its content leads to, checked as a named one is; without one when it is
 * for everybody who may get it, or for everybody to be asked.
 *
 * @throws HubError `receiver_unresolved`, `receiver_ambiguous`, and those of `receiverOf`
 */
export async function findReceiver(message: Permitted, parts: FinderParts): Promise<Permitted> {
  const clues = cluesOf(message);
  for (const clue of clues) {
    const party = await partyBy(clue, message, parts);
    if (party) return { ...message, receiver: await receiverBy(clue, party, message, parts) };
  }
  if (isForMany(message)) return message;
  throw unresolved(message, clues);
}

/** The row by which the receiver of a message is found. */
export function finderOf({ operation }: Permitted): FinderRow | undefined {
  return operation?.finder && FINDERS[operation.finder];
}

/** Whether a message that leads to nobody in particular may go to several. */
function isForMany(message: Permitted): boolean {
  const { row, target, method } = message;
  return mayBroadcast(row, target.interfaceRole, method) || mayAsk(message);
}

function mayAsk(message: Permitted): boolean {
  const finder = finderOf(message);
  if (!finder?.ask) return false;
  return finder.clues.some((clue) => clue.say === 'id' && ownedIdIn(message, clue) !== undefined);
}

function cluesOf(message: Permitted): readonly Clue[] {
  const clues = finderOf(message)?.clues ?? [];
  return clues.filter((clue) => clue.say === 'party' || holds(message, clue.when));
}

async function partyBy(clue: Clue, message: Permitted, parts: FinderParts): Promise<PartyId | undefined> {
  if (clue.say === 'party') {
    return parsePartyId(textAt(message, clue.countryCode) ?? '', textAt(message, clue.partyId) ?? '');
  }
  const id = ownedIdIn(message, clue);
  const owners = id ? await ownersOf(id, parts) : [];
  if (owners.length < 2) return owners[0];
  const likely = owners.filter((owner) => mayBeMeant(message, owner, parts.directory));
  if (likely.length === 1) return likely[0];
  throw new HubError(
    'receiver_ambiguous',
    `${placeName(clue.id)}: more than one party has it; name the receiving party in OCPI-to-*`,
  );
}

/** What both sources know together. @throws when one of them cannot say: it might know of another owner */
async function ownersOf(owned: OwnedId, { owners, objectOwners }: FinderParts): Promise<readonly PartyId[]> {
  const { module } = OWNED_KINDS[owned.kind];
  const { id, type, scope } = owned;
  const stored = module !== undefined && !scope ? objectOwners?.ownersOf(module, id, type) : undefined;
  const found = await Promise.all([owners.ownersOf(owned), stored]);
  const byKey = new Map<PartyKey, PartyId>();
  for (const party of found.flatMap((parties) => parties ?? [])) byKey.set(partyKey(party), party);
  return [...byKey.values()];
}

/**
 * A party that left, or that the sender has no agreement with, is not the one of several that is meant; nor is one whose
 * role has no such objects: whatever a CPO pushes, it issues no tokens.
 */
function mayBeMeant(message: Permitted, party: PartyId, directory: Directory): boolean {
  const { caller, from, row, target, receivedAt } = message;
  const roles = row?.interfaces[target.interfaceRole].roles ?? [];
  return directory.platformsOf(party).some((platform) => {
    const exchange = {
      from: caller.participant(from),
      to: platform.participant(party),
      module: target.module,
    };
    return platform.holdsAs(party, roles) && directory.agreements.allows(exchange, receivedAt);
  });
}

async function receiverBy(
  clue: Clue,
  party: PartyId,
  message: Permitted,
  { directory, newcomers }: FinderParts,
): Promise<Receiver> {
  try {
    return await withSecondLook(
      'receiver_unknown',
      () => receiverOf(message, party, directory),
      () => newcomers.lookUpParty(party),
    );
  } catch (error) {
    if (asHubError(error).code !== 'receiver_unknown') throw error;
    const where =
      clue.say === 'id' ? placeName(clue.id) : `${placeName(clue.countryCode)}, ${placeName(clue.partyId)}`;
    throw new HubError('receiver_unresolved', `${where} leads to ${partyKey(party)}, who is unknown here`);
  }
}
