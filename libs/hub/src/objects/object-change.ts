/** What a push means for the object store. */
import {
  bytesAt,
  comparableId,
  countMembers,
  isMergeable,
  lastMember,
  MAX_ENTRIES,
  MAX_ID_CHARACTERS,
  MAX_OBJECT_VALUES,
  mayBroadcast,
  type ModuleRow,
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

/** What a push means for the lists of the hub. A push of a module that the hub does not list has neither member. */
export interface Listing {
  /** How it changes the object store. */
  readonly change?: ObjectChange;
  /** Why the object is passed on but not listed, for people: `the id in its URL is no CiString`. */
  readonly unlisted?: string;
}

/**
 * Decides how a push changes the object store, or why it does not.
 *
 * The owner of the object is a party of the sending platform, in a role that owns such objects; it need not be the party
 * in the `OCPI-from-*` headers.
 */
export function listingOf(message: Identified): Listing {
  const { row, target, method } = message;
  if (!row?.object || !mayBroadcast(row, target.interfaceRole, method) || !isChange(method)) return {};
  const change = changeOf(message, method, row);
  return typeof change === 'string' ? { unlisted: change } : { change };
}

/** @returns the change, or why the object is not listed */
function changeOf(
  message: Identified,
  method: ObjectChange['method'],
  { module, object, interfaces }: ModuleRow,
): ObjectChange | string {
  const { target, caller, receivedAt } = message;
  const shape = object!;
  const address = addressOf(target.rest, shape);
  if (typeof address === 'string') return address;
  const { owner, id, part } = address;
  const roles = interfaces.SENDER.roles;
  if (!caller.holdsAs(owner, roles))
    return `${partyKey(owner)} is not ${roles.join(' or ')} on your platform`;
  const body = method === 'DELETE' ? null : plainObject(message);
  if (typeof body === 'string') return body;
  const contradiction = contradictionOf(method, address, shape, body);
  if (contradiction !== undefined) return contradiction;
  const type = typeOf(shape, new URLSearchParams(target.query), method === 'PUT', body);
  if (type === undefined) return 'the type in its URL is not the type in its body';
  const key = { module, owner: partyKey(owner), id, type };
  return { key, platformId: caller.id, method, part, body, receivedAt };
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

const NO_CI_STRING = `no CiString of at most ${MAX_ID_CHARACTERS} characters (printable ASCII)`;

/** @returns what the path names, or why that is not listed */
function addressOf(rest: string, shape: ObjectShape): Address | string {
  const [countryCode = '', partyId = '', ...names] = segmentsOf(rest) ?? [];
  const owner = parsePartyId(countryCode, partyId);
  const isPath = owner !== undefined && names.length > 0 && names.length <= shape.parts.length + 1;
  if (!isPath) return 'its URL does not end in /{country_code}/{party_id}/{id}';
  const [id, ...part] = names.map((name) => comparableId(name));
  if (id === undefined) return `the id in its URL is ${NO_CI_STRING}`;
  if (!part.every((name) => name !== undefined)) return `an id of a part in its URL is ${NO_CI_STRING}`;
  return { owner, id, part };
}

/** @returns the body, decoded for keeping, or why the hub does not keep it */
function plainObject({ body, headers, caller }: Identified): Buffer | string {
  if (!body) return 'it has no body';
  const plain = decodedBody(body, single(headers['content-encoding']), caller.id);
  return plain ? (whyNotKept(plain) ?? plain) : 'the hub cannot undo its Content-Encoding';
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

/**
 * Why a body does not belong to the path; `undefined`: it does. What the body says of its own name must be what the path
 * says; a whole object must say it.
 */
function contradictionOf(
  method: ObjectChange['method'],
  { owner, id, part }: Address,
  shape: ObjectShape,
  body: Buffer | null,
): string | undefined {
  if (body === null) return part.length === 0 ? undefined : 'only a whole object can be deleted';
  const inner = part.length > 0;
  const whole = method === 'PUT';
  if (!inner && !fitsOwner(ownerIn(body), owner, whole))
    return 'country_code and party_id in its body are not those in its URL';
  const name = inner ? shape.parts[part.length - 1]!.id : shape.id;
  const said = idIn(body, name);
  if (said === undefined ? !whole : said === (part.at(-1) ?? id)) return undefined;
  return said === undefined ? whyNoId(body, name) : `${name} in its body is not the id in its URL`;
}

function fitsOwner(said: PartyId | undefined | null, owner: PartyId, whole: boolean): boolean {
  return said ? sameParty(said, owner) : said === undefined && !whole;
}

function whyNoId(body: Buffer, name: string): string {
  const value = lastMember(body, name);
  if (!value) return `its body has no ${name}`;
  return `${name} in its body is ${stringAt(body, value) === undefined ? 'no string' : NO_CI_STRING}`;
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
