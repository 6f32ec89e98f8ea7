/** What a push means for the object store. */
import {
  bytesAt,
  comparableId,
  countMembers,
  isMergeable,
  lastMember,
  MAX_ENTRIES,
  MAX_OBJECT_VALUES,
  mayBroadcast,
  type ObjectShape,
  ownersInBody,
  parsePartyId,
  type PartyId,
  partyKey,
  sameParty,
  single,
  stringAt,
} from '@app/ocpi';
import { decodedBody } from '../content';
import { type Identified } from '../exchange';
import { type ObjectChange } from '../ports';

/** Larger objects are passed on but not kept: no Location comes near. */
export const MAX_OBJECT_BYTES = 4 * 1024 * 1024;

/** What a path names: `/{country_code}/{party_id}/{id}[/{part}…]`. */
interface Address {
  readonly owner: PartyId;
  readonly id: string;
  readonly part: readonly string[];
}

/**
 * How a push changes the object store.
 *
 * @returns `undefined` when it is nothing to keep: the sender does not have the role that owns such objects, the path is
 *   not that of an object of the sender, or the body names another object or owner than the path
 */
export function objectChangeOf(message: Identified): ObjectChange | undefined {
  const { row, target, from, method, caller, receivedAt } = message;
  if (!row?.object || !mayBroadcast(row, target.interfaceRole, method) || !isChange(method)) return undefined;
  if (!caller.holdsAs(from, row.interfaces.SENDER.roles)) return undefined;
  const address = addressOf(target.rest, row.object);
  if (!address || !sameParty(address.owner, from)) return undefined;
  const body = method === 'DELETE' ? null : plainObject(message);
  if (body === undefined || !mayChange(method, address, row.object, body)) return undefined;
  const type = typeOf(row.object, new URLSearchParams(target.query), method === 'PUT', body);
  if (type === undefined) return undefined;
  const key = { module: row.module, owner: partyKey(from), id: address.id, type };
  return { key, platformId: caller.id, method, part: address.part, body, receivedAt };
}

function isChange(method: string): method is ObjectChange['method'] {
  return method === 'PUT' || method === 'PATCH' || method === 'DELETE';
}

/** Segments of a path after the module, percent-decoded; `undefined` when one cannot be. */
export function segmentsOf(rest: string): readonly string[] | undefined {
  try {
    return rest.replace(/\/$/, '').split('/').slice(1).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function addressOf(rest: string, shape: ObjectShape): Address | undefined {
  const [countryCode = '', partyId = '', ...names] = segmentsOf(rest) ?? [];
  const owner = parsePartyId(countryCode, partyId);
  const [id, ...part] = names.map((name) => comparableId(name));
  if (!owner || id === undefined || part.length > shape.parts.length) return undefined;
  return part.every((name) => name !== undefined) ? { owner, id, part } : undefined;
}

/** The body, decoded for keeping; `undefined` when it is not one JSON object of a usable size that every reader takes. */
function plainObject({ body, headers, caller }: Identified): Buffer | undefined {
  const plain = body ? decodedBody(body, single(headers['content-encoding']), caller.id) : undefined;
  return plain && whyNotKept(plain) === undefined ? plain : undefined;
}

/**
 * Why an object is passed on but not kept, and so not listed; `undefined`: it may be kept. A larger one would hold up the
 * messages of others each time that it is changed or read.
 */
export function whyNotKept(object: Uint8Array): string | undefined {
  const members = countMembers(object);
  if (members === undefined) return 'it is no JSON object';
  if (members > MAX_ENTRIES) return `it has more than ${MAX_ENTRIES} members`;
  if (object.length > MAX_OBJECT_BYTES) return `it has more than ${MAX_OBJECT_BYTES} bytes`;
  if (isMergeable(object)) return undefined;
  return `it has more than ${MAX_OBJECT_VALUES} values, is nested too deeply, or is no valid Unicode`;
}

/** What the body says of its own name must be what the path says; a whole object must say it. */
function mayChange(
  method: ObjectChange['method'],
  { owner, id, part }: Address,
  shape: ObjectShape,
  body: Buffer | null,
): boolean {
  if (body === null) return part.length === 0;
  const inner = part.length > 0;
  const whole = method === 'PUT';
  const said = {
    owner: ownerIn(body),
    id: idIn(body, inner ? shape.parts[part.length - 1]!.id : shape.id),
  };
  const ownerFits = inner || (said.owner ? sameParty(said.owner, owner) : said.owner === undefined && !whole);
  return ownerFits && (said.id === undefined ? !whole : said.id === (part.at(-1) ?? id));
}

/** The type in the name of an object; `undefined` when URL and object contradict each other. */
function typeOf(
  { type }: ObjectShape,
  query: URLSearchParams,
  whole: boolean,
  body: Buffer | null,
): string | undefined {
  if (!type) return '';
  const asked = comparableId(query.get(type.name));
  const said = body ? idIn(body, type.name) : undefined;
  if (asked && said) return asked === said ? said : undefined;
  return whole ? (said ?? asked ?? type.otherwise) : (asked ?? said ?? type.otherwise);
}

/**
 * The pair that an object says it belongs to: `undefined` when it says nothing, null when that is no party, or not the
 * same one for every parser.
 */
export function ownerIn(object: Uint8Array): PartyId | undefined | null {
  const owners = ownersInBody(object, NO_HALVES);
  if (typeof owners === 'string') return null;
  const [first, ...others] = owners;
  return first && others.some((other) => !sameParty(first, other)) ? null : first;
}

const NO_HALVES: PartyId = { countryCode: '', partyId: '' };

/** The id that a member of an object holds, as ids are compared. */
export function idIn(object: Uint8Array, member: string): string | undefined {
  return comparableId(textIn(object, member));
}

/** The string that a member of an object holds; of duplicate keys the last one counts. */
export function textIn(object: Uint8Array, member: string): string | undefined {
  const found = lastMember(object, member);
  return found && stringAt(object, found);
}

/** The bytes of the last value that a member of an object holds. */
export function valueIn(object: Uint8Array, member: string): Uint8Array | undefined {
  const found = lastMember(object, member);
  return found && bytesAt(object, found);
}
