import { type Party, parsePartyId, type PartyId, partyKey, sameParty } from '@app/ocpi';
import { invalid, Problem } from '../problem';
import { type PlannedPartyInput, type PlatformInput } from './platform-input';

/**
 * The announced parties, in upper case.
 *
 * @throws Problem `invalid_input` when one stands there twice
 */
export function plannedParties(input: Pick<PlatformInput, 'planned_parties'>): Party[] {
  return partiesIn(input.planned_parties ?? [], 'planned_parties');
}

/**
 * The parties that an input names, in upper case.
 *
 * @param field its name
 * @throws Problem `invalid_input` when one stands there twice
 */
export function partiesIn(inputs: readonly PlannedPartyInput[], field: string): Party[] {
  const parties = inputs.map((input, index) => toParty(input, `${field}[${index}]`));
  const index = indexOfRepeated(parties);
  if (index >= 0) throw invalid(`${field}[${index}]`, 'stands twice');
  return parties;
}

/** Where a party stands in a list. */
export function indexOfParty(parties: readonly Party[], party: Party): number {
  return parties.map(keyOf).indexOf(keyOf(party));
}

/** A 409 that names the party, and where it stands in the input. */
export function partyTaken(planned: readonly Party[], party: Party, holder: string): Problem {
  const field = `planned_parties[${indexOfParty(planned, party)}]`;
  return new Problem('party_taken', [
    { field, message: `${party.role} ${partyKey(party)} belongs to ${holder}` },
  ]);
}

/** @throws Problem `party_taken` when one of the parties is the hub itself */
export function requireNotHub(planned: readonly Party[], hub: PartyId): void {
  const taken = planned.find((party) => sameParty(party, hub));
  if (taken) throw partyTaken(planned, taken, 'the hub itself');
}

function toParty(input: PlannedPartyInput, field: string): Party {
  const pair = parsePartyId(input.country_code, input.party_id);
  if (pair === undefined) throw invalid(field, 'is not a party');
  return { ...pair, role: input.role };
}

function indexOfRepeated(parties: readonly Party[]): number {
  const keys = parties.map(keyOf);
  const first = new Map(keys.map((key, index) => [key, index] as const).reverse());
  return keys.findIndex((key, index) => first.get(key) !== index);
}

function keyOf(party: Party): string {
  return `${party.role} ${partyKey(party)}`;
}
