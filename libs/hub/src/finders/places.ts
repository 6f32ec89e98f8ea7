import { type Condition, parsePartyId, type Place, sameParty, single, stringAtPath } from '@app/ocpi';
import { decodedBody } from '../content';
import { type Identified } from '../exchange';

/** The text at a place of a request, as its sender wrote it; percent-encoding of path and query is undone. */
export function textAt(message: Identified, place: Place): string | undefined {
  switch (place.in) {
    case 'path':
      return decoded(segmentOf(message.target.rest, place.segment));
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

/** As it stands in the path: what precedes its first slash is empty and no segment. */
function segmentOf(rest: string, index: number): string | undefined {
  let start = rest.indexOf('/') + 1;
  for (let n = 0; n < index && start > 0; n++) start = rest.indexOf('/', start) + 1;
  if (start === 0) return undefined;
  const end = rest.indexOf('/', start);
  return end === -1 ? rest.slice(start) : rest.slice(start, end);
}

/** Of a client-owned object only when it is the sender's own: nobody teaches the hub about others' objects. */
function ownObjectId({ from, target: { rest } }: Identified): string | undefined {
  const pair = parsePartyId(decoded(segmentOf(rest, 0)) ?? '', decoded(segmentOf(rest, 1)) ?? '');
  return pair && sameParty(pair, from) ? decoded(segmentOf(rest, 2)) : undefined;
}

function textInBody({ body, headers, caller }: Identified, path: readonly string[]): string | undefined {
  const plain = body && decodedBody(body, single(headers['content-encoding']), caller.id);
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
