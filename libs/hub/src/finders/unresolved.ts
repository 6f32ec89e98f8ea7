import { type Clue, type PartyId, partyKey, placeName } from '@app/ocpi';
import { type Permitted } from '../exchange';
import { HubError } from '../hub-error';
import { textAt } from './places';

const NAME_IT = 'name the receiving party in OCPI-to-*';

/**
 * Why no receiver was found, in words that name the field to look at.
 *
 * @param clues those that were tried; none when requests of this kind say nothing about their receiver
 * @param hidden parties that the id leads to and that the sender has no agreement with: the operator alone reads them
 */
export function unresolved(message: Permitted, clues: readonly Clue[], hidden: readonly PartyId[]): HubError {
  const why = reason(message, clues);
  const forOperator =
    hidden.length === 0 ? undefined : `${why}; known, but without an agreement: ${list(hidden)}`;
  return new HubError('receiver_unresolved', why, { forOperator });
}

function list(parties: readonly PartyId[]): string {
  return parties.slice(0, 5).map(partyKey).join(', ');
}

function reason(message: Permitted, clues: readonly Clue[]): string {
  const fields = clues.flatMap((clue) => (clue.say === 'id' ? [clue.id] : [clue.countryCode, clue.partyId]));
  const present = names(fields.filter((place) => textAt(message, place)));
  if (present) return `no party is known to the hub by ${present}; ${NAME_IT}`;
  const { method, target, row } = message;
  if (method === 'GET' && target.interfaceRole === 'SENDER' && row?.getAll) {
    return `a list belongs to nobody in particular; ${NAME_IT}, or the hub party there to get the objects of all`;
  }
  const missing = names(fields);
  if (missing) return `${missing} is missing; ${NAME_IT}`;
  return `${method} on ${target.module} ${target.interfaceRole} does not tell its receiver; ${NAME_IT}`;
}

function names(places: readonly Parameters<typeof placeName>[0][]): string {
  return [...new Set(places.map(placeName))].join(', ');
}
