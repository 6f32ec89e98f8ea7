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
  parsePartyId,
  type PartyId,
  partyKey,
  type Place,
  placeName,
} from '@app/ocpi';
import { withSecondLook } from '../callers';
import { type Permitted, type Receiver } from '../exchange';
import { asHubError, HubError } from '../hub-error';
import { receiverOf } from '../path/permit';
import { type OwnedId } from '../ports';
import { type FinderParts, holdersOf } from './holders';
import { ownedIdIn } from './owned-id';
import { holds, textAt } from './places';
import { unresolved } from './unresolved';

/**
 * The message with the receiver that its content leads to, checked as a named one is; without one when it is
 * for everybody who may get it, or for everybody to be asked.
 *
 * @throws HubError `receiver_unresolved`, `receiver_ambiguous`, and those of `receiverOf`
 */
export async function findReceiver(message: Permitted, parts: FinderParts): Promise<Permitted> {
  // Who is remembered is asked first and does not decide: `askIssuers` looks for the holders itself.
  if (askedId(message)) return message;
  const clues = cluesOf(message);
  const hidden: PartyId[] = [];
  for (const clue of clues) {
    const party = await partyBy(clue, message, parts, hidden);
    if (party) return { ...message, receiver: await receiverBy(clue, party, message, parts) };
  }
  if (mayBroadcast(message.row, message.target.interfaceRole, message.method)) return message;
  throw unresolved(message, clues, hidden);
}

/** The row by which the receiver of a message is found. */
export function finderOf({ operation }: Permitted): FinderRow | undefined {
  return operation?.finder && FINDERS[operation.finder];
}

/** The id that all who might have it are asked for; `undefined` when such a message is asked of one party alone. */
export function askedId(message: Permitted): OwnedId | undefined {
  const finder = finderOf(message);
  if (!finder?.ask) return undefined;
  for (const clue of finder.clues) {
    const owned = clue.say === 'id' ? ownedIdIn(message, clue) : undefined;
    if (owned) return owned;
  }
  return undefined;
}

function cluesOf(message: Permitted): readonly Clue[] {
  const clues = finderOf(message)?.clues ?? [];
  return clues.filter((clue) => clue.say === 'party' || holds(message, clue.when));
}

/** @param hidden takes what the sender must not know of */
async function partyBy(
  clue: Clue,
  message: Permitted,
  parts: FinderParts,
  hidden: PartyId[],
): Promise<PartyId | undefined> {
  if (clue.say === 'party') {
    return parsePartyId(textAt(message, clue.countryCode) ?? '', textAt(message, clue.partyId) ?? '');
  }
  const id = ownedIdIn(message, clue);
  if (!id) return undefined;
  const holders = await holdersOf(id, message, parts);
  hidden.push(...holders.hidden);
  if (holders.meant.length > 1) throw ambiguous(clue.id);
  // One that left is refused by its name, which the sender may know, unless another one has the id.
  return holders.meant[0] ?? holders.left[0];
}

/** More than one party has an id, and a message about it is for one. */
export function ambiguous(id: Place): HubError {
  const why = `${placeName(id)}: more than one party has it; name the receiving party in OCPI-to-*`;
  return new HubError('receiver_ambiguous', why);
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
    if (clue.say === 'id') throw unresolved(message, [clue], []);
    const where = `${placeName(clue.countryCode)}, ${placeName(clue.partyId)}`;
    throw new HubError('receiver_unresolved', `${where} leads to ${partyKey(party)}, who is unknown here`);
  }
}
