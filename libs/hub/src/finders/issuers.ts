import { type PartyId, partyKey, sameParty } from '@app/ocpi';
import { type Directory, type PlatformEntry } from '../directory';
import { type Permitted, type Receiver } from '../exchange';
import { HubError } from '../hub-error';
import { receiverOf } from '../path/permit';

/**
 * The parties that a message may be for when nobody in particular is: of the roles that implement this interface,
 * with an endpoint of it, connected, and with an agreement. Never the sender itself.
 */
export function issuersOf(message: Permitted, directory: Directory): Receiver[] {
  const { target } = message;
  return [...directory.all()]
    .filter((platform) => platform.endpoint(target.module, target.interfaceRole) !== undefined)
    .flatMap((platform) =>
      platform.record.status === 'CONNECTED' ? partiesOn(platform, message, directory) : [],
    );
}

/** Those of some parties that a message may go to now. */
export function receiversAmong(
  parties: readonly PartyId[],
  message: Permitted,
  directory: Directory,
): Receiver[] {
  return parties.flatMap((party) => permittedReceiver(message, party, directory) ?? []);
}

function partiesOn(platform: PlatformEntry, message: Permitted, directory: Directory): Receiver[] {
  const roles = message.row?.interfaces[message.target.interfaceRole].roles ?? [];
  const parties = platform.record.parties.filter(({ held, role }) => held && roles.includes(role));
  const pairs = new Map(parties.map((party) => [partyKey(party), party]));
  return [...pairs.values()].flatMap((party) => receiverAt(platform, party, message, directory) ?? []);
}

function receiverAt(
  platform: PlatformEntry,
  party: PartyId,
  message: Permitted,
  directory: Directory,
): Receiver | undefined {
  const { caller, from, target, receivedAt } = message;
  const self = caller === platform && sameParty(party, from);
  const exchange = { from: caller.participant(from), to: platform.participant(party), module: target.module };
  // Asked here although `receiverOf` asks it too: no error is made for each of many parties without an agreement.
  if (self || !directory.agreements.allows(exchange, receivedAt)) return undefined;
  return permittedReceiver(message, party, directory);
}

function permittedReceiver(message: Permitted, party: PartyId, directory: Directory): Receiver | undefined {
  try {
    return receiverOf(message, { countryCode: party.countryCode, partyId: party.partyId }, directory);
  } catch (error) {
    if (error instanceof HubError) return undefined;
    throw error;
  }
}
