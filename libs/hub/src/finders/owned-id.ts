import { type IndexedId, type PartyId } from '@app/ocpi';
import { type Identified } from '../exchange';
import { type OwnedId } from '../ports';
import { holds, textAt } from './places';

/** Ids of OCPI have 36 characters at most; longer ones of generous peers count up to here. */
const MAX_ID_CHARACTERS = 128;
/** Spec: 2.2.1-d2 types, CiString: printable ASCII. */
const CI_STRING = /^[\x20-\x7e]+$/;

/**
 * The id that a request has at a place, ready to be compared (CiString: case does not count).
 *
 * @param to the receiver, for ids that are unique for it
 * @returns `undefined` when the request has none there, or what it has is no id
 */
export function ownedIdIn(message: Identified, indexed: IndexedId, to?: PartyId): OwnedId | undefined {
  const { kind } = indexed;
  if (!holds(message, indexed.when)) return undefined;
  const id = ciString(textAt(message, indexed.id));
  const type = typeOf(message, indexed);
  const scope = indexed.scope === 'to' ? to : indexed.scope && message.from;
  if (id === undefined || type === undefined || (indexed.scope && !scope)) return undefined;
  return { kind, scope, type, id };
}

function typeOf(message: Identified, { type }: IndexedId): string | undefined {
  if (!type) return '';
  for (const place of type.places) {
    const text = textAt(message, place);
    if (text) return ciString(text);
  }
  return type.otherwise;
}

function ciString(text: string | undefined): string | undefined {
  if (!text || text.length > MAX_ID_CHARACTERS || !CI_STRING.test(text)) return undefined;
  return text.toUpperCase();
}
