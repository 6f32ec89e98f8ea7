import { type Condition, parsePartyId, type Place, sameParty, single, stringAtPath } from '@app/ocpi';
import { decodedBody } from '../content';
import { type Identified } from '../exchange';

/** The text at a place of a request, as its sender wrote it; percent-encoding of path and query is undone. */
export function textAt(message: Identified, place: Place): string | undefined {
  switch (place.in) {
    case 'path':
      return decoded(segments(message)[place.segment]);
    case 'own_path':
      return ownObjectId(message);
    case 'query':
      return new URLSearchParams(message.target.query).get(place.name) ?? undefined;
    case 'body':
      return textInBody(message, place.path);
  }
}

/** Whether a request says one of the words of a condition; no condition holds always. */
export function holds(message: Identified, condition: Condition | undefined): boolean {
  return condition === undefined || condition.oneOf.includes(textAt(message, condition.place) ?? '');
}

/** As they stand in the path: what precedes its first slash is empty and no segment. */
function segments({ target }: Identified): readonly string[] {
  return target.rest.split('/').slice(1);
}

/** Of a client-owned object only when it is the sender's own: nobody teaches the hub about others' objects. */
function ownObjectId(message: Identified): string | undefined {
  const [countryCode, partyId, id] = segments(message);
  const pair = parsePartyId(decoded(countryCode) ?? '', decoded(partyId) ?? '');
  return pair && sameParty(pair, message.from) ? decoded(id) : undefined;
}

function textInBody({ body, headers }: Identified, path: readonly string[]): string | undefined {
  const plain = body && decodedBody(body, single(headers['content-encoding']));
  return plain ? stringAtPath(plain, path) : undefined;
}

function decoded(segment: string | undefined): string | undefined {
  if (!segment?.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
