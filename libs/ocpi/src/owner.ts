/**
 * Whose object a message is about: the pair in its URL and the pair in its body.
 *
 * Receivers read URLs and JSON in more than one way (decoded once or twice, dot segments resolved or not, the first or
 * the last of two equal keys). What counts here is whatever any of them could read.
 *
 * Spec: 2.2.1-d2 transport_and_format, Client Owned Object Push.
 */
import { isObject, stringAt } from './json';
import { keysOf } from './json-key';
import { peekMembers } from './json-peek';
import { parsePartyId, type PartyId } from './party';

/** Where a message says who owns the object: `/{country_code}/{party_id}/{id}`, and the object's own members. */
export interface OwnerPlaces {
  readonly path: boolean;
  readonly body: boolean;
}

/** Country code and party id. */
const OWNER_SEGMENTS = 2;
/** What makes a path read differently by different servers; ids without any of it are nearly all there are. */
const AMBIGUOUS = /[%\\;]|\/\.|\/\/|[^!-~]/;
const PLAIN_OWNER = /^\/([^/]*)\/([^/]*)/;

/**
 * The owner that a path begins with.
 *
 * @returns `undefined` when not every server would read one there, or when a server that resolves dot segments would
 *   be led away from it: `/NL/CPO/../../DE/MSP/1` is another party's object
 */
export function ownerInPath(rest: string): PartyId | undefined {
  const found = AMBIGUOUS.test(rest) ? firstNames(rest, OWNER_SEGMENTS) : PLAIN_OWNER.exec(rest)?.slice(1);
  return parsePartyId(found?.[0] ?? '', found?.[1] ?? '');
}

/** Whether a path stays below the endpoint of its module for every server: `/../tokens/1` is in another module. */
export function staysBelow(rest: string): boolean {
  return !AMBIGUOUS.test(rest) || firstNames(rest, 0) !== undefined;
}

/**
 * The first segments that say something. A `..` counts wherever it may be read, any other segment only where it must
 * be.
 *
 * @param floor how many segments no `..` may take away
 * @returns `undefined` when one may take away more, or when it cannot be told
 */
function firstNames(rest: string, floor: number): readonly string[] | undefined {
  const names: string[] = [];
  let depth = 0;
  for (const segment of rest.split('/')) {
    const text = unwrapped(segment);
    if (text === undefined) return undefined;
    const parts = text.split(/[/\\]/).map(bare);
    const ups = parts.filter((part) => part === '..').length;
    if (ups === 0 && parts.every((part) => part === '' || part === '.')) continue;
    depth += ups === 0 ? 1 : -ups;
    if (ups > 0 && depth < floor) return undefined;
    if (names.length < OWNER_SEGMENTS) names.push(text);
  }
  return names;
}

/** As servers compare it with `..`: without parameters (`..;x`, `..%3fx`), and without what C libraries stop or skip at. */
function bare(part: string): string {
  return part.replace(/[;?#].*$/s, '').replace(/[\0-\x20\x7f]+/g, '');
}

const ENCODED = /%(?:u([0-9a-f]{4})|([0-9a-f]{2}))/gi;
/** Twice is what a proxy and a server do to one segment; more often than this nobody means. */
const MAX_DECODINGS = 4;
/** An ASCII character in more bytes of UTF-8 than it needs, which some decoders read all the same. */
const OVERLONG = /[\xc0\xc1]|\xe0[\x80-\x9f]|\xf0[\x80-\x8f]/;

/** A segment with its percent-encoding undone, byte by byte, until there is none; `undefined` when that is unclear. */
export function unwrapped(segment: string): string | undefined {
  let text = segment;
  for (let n = 0; n <= MAX_DECODINGS; n++) {
    const next = text.includes('%') ? text.replace(ENCODED, decodedByte) : text;
    if (next === text) return OVERLONG.test(text) ? undefined : text;
    text = next;
  }
  return undefined;
}

function decodedByte(_all: string, wide: string | undefined, byte: string | undefined): string {
  return String.fromCharCode(parseInt(wide ?? byte ?? '', 16));
}

const OWNER_KEYS = keysOf('country_code', 'party_id');

/** What a body says about the owner: nothing, pairs (each that a parser might read), or something that is no pair. */
export type BodyOwners = 'not_json' | 'no_object' | 'no_pair' | readonly PartyId[];

/**
 * The owners that an object names, found on the one pass that checks that it is JSON.
 *
 * @param otherwise the halves of the pair where the object has none, as in a PATCH
 */
export function ownersInBody(body: Uint8Array, otherwise: PartyId): BodyOwners {
  const said: (string | undefined)[][] = [[], []];
  const valid = peekMembers(body, OWNER_KEYS, (key, start, end) =>
    said[key]!.push(stringAt(body, { start, end })),
  );
  if (!valid) return 'not_json';
  if (!isObject(body)) return 'no_object';
  const [countryCodes = [], partyIds = []] = said;
  if (countryCodes.length === 0 && partyIds.length === 0) return NOBODY;
  return pairsOf(
    countryCodes.length > 0 ? countryCodes : [otherwise.countryCode],
    partyIds.length > 0 ? partyIds : [otherwise.partyId],
  );
}

const NOBODY: readonly PartyId[] = [];
/** More owners than this in one object are no mistake. */
const MAX_PAIRS = 16;

/** Each country code with each party id: which two a parser takes together is not known. */
function pairsOf(
  countryCodes: readonly (string | undefined)[],
  partyIds: readonly (string | undefined)[],
): BodyOwners {
  // Nearly every object has one of each, and every push comes here.
  if (countryCodes.length === 1 && partyIds.length === 1) {
    const pair = parsePartyId(countryCodes[0] ?? '', partyIds[0] ?? '');
    return pair ? [pair] : 'no_pair';
  }
  if (countryCodes.length * partyIds.length > MAX_PAIRS) return 'no_pair';
  const pairs = countryCodes.flatMap((countryCode) =>
    partyIds.map((partyId) => parsePartyId(countryCode ?? '', partyId ?? '')),
  );
  return pairs.every((pair) => pair !== undefined) ? pairs : 'no_pair';
}
