/**
 * Finds the `response_url` of a request and puts another one in its place, without touching any other byte.
 *
 * Servers read names in more than one way: many take `Response_URL` for it, some `response.url` or what follows a `;`.
 * Whoever posts a result shows a token, so what counts as the name is whatever any of them could read.
 *
 * Spec: 2.2.1-d2 mod_commands, Receiver Interface; mod_charging_profiles, Receiver Interface.
 */
import { type Span, spliceBytes, stringAt } from './json';
import { NO_KEY, scan } from './json-scan';
import { parameterName } from './liberal-name';

/** A URL that stands in something larger. */
export interface UrlSlot<T> {
  readonly url: string;
  /** The whole again, with another URL in this one's place. */
  fill(url: string): T;
}

const FIELD = 'response_url';
/** The parameter that stands beside `response_url` in a query. Spec: 2.2.1-d2 mod_charging_profiles, GET Method. */
const NEIGHBOUR = 'duration';

/**
 * The `response_url` of a JSON object. A repeated key counts by its last text, as for most parsers, and every
 * one is replaced: the receiver must not see the original whichever it takes.
 *
 * @param body valid JSON
 * @returns `undefined` when there is no such member, or only `null` and empty text; what is neither comes as it is
 *   written, since a list with a URL in it reads as that URL for some
 */
export function responseUrlInBody(body: Uint8Array): UrlSlot<Buffer> | undefined {
  const members = membersNamed(body);
  const said = members.map(({ name, value }) => ({ name, url: writtenAt(body, value) }));
  const meant = lastOf(said.filter(({ url }) => url !== ''));
  if (!meant) return undefined;
  if (members.length > MAX_RESPONSE_URLS) return { url: TOO_MANY, fill: () => Buffer.from(body) };
  const spans = members.map(({ value }) => value);
  return { url: meant.url, fill: (other) => spliceBytes(body, spans, Buffer.from(JSON.stringify(other))) };
}

/** More than a few are no mistake: each would become a URL of the hub. */
const MAX_RESPONSE_URLS = 16;
/** No URL, so that the request is refused. */
const TOO_MANY = 'more than one response_url';

/** Nothing is made for a member that cannot be it: a command may have a hundred thousand. */
function membersNamed(body: Uint8Array): readonly { readonly name: string; readonly value: Span }[] {
  const members: { name: string; value: Span }[] = [];
  scan(body, (keyStart, keyEnd, start, end) => {
    if (keyStart === NO_KEY || members.length > MAX_RESPONSE_URLS || !isNamed(body, keyStart, keyEnd)) return;
    members.push({ name: stringAt(body, { start: keyStart, end: keyEnd })!, value: { start, end } });
  });
  return members;
}

const BACKSLASH = 0x5c;
const LOWER_R = 0x72;
const LOWER_U = 0x75;
/** The long s is the one character beyond ASCII that is a letter of the field in capitals; in UTF-8: C5 BF. */
const LONG_S = 0x17f;
/** What follows `\u`. */
const HEX_DIGITS = 4;
const NUL = '\\u0000';

/** Whether a key is the field in the eyes of the most liberal server, as parameters are read in `liberal-name.ts`; escapes are undone. */
function isNamed(b: Uint8Array, keyStart: number, keyEnd: number): boolean {
  let at = keyStart + 1;
  const first = b[at]!;
  if (first !== BACKSLASH && (first | 0x20) !== LOWER_R) return false;
  for (const letter of FIELD) {
    let unit = b[at++]!;
    if (unit === BACKSLASH) {
      if (b[at] !== LOWER_U) return false;
      unit = parseInt(latin1(b, at + 1, at + 1 + HEX_DIGITS), 16);
      at += 1 + HEX_DIGITS;
    } else if (unit === 0xc5 && b[at] === 0xbf) {
      unit = LONG_S;
      at++;
    }
    const said = unit === LONG_S ? 's' : String.fromCharCode(unit).toLowerCase();
    if (said !== letter) return false;
  }
  return at === keyEnd - 1 || latin1(b, at, at + NUL.length) === NUL;
}

function latin1(b: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...b.subarray(start, end));
}

function writtenAt(body: Uint8Array, value: Span): string {
  const raw = Buffer.from(body.subarray(value.start, value.end)).toString();
  return stringAt(body, value) ?? (raw === 'null' ? '' : raw);
}

/** The last one of that very name, else the last one of a name that some take for it. */
function lastOf<T extends { readonly name: string }>(found: readonly T[]): T | undefined {
  return found.findLast(({ name }) => name === FIELD) ?? found.at(-1);
}

/** One `response_url` parameter in a query; `start` and `end` are those of its value. */
interface Found {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  readonly url: string;
  /** It stands there as it is, not percent-encoded, and so will the other one. */
  readonly verbatim: boolean;
}

/**
 * The `response_url` of a query string.
 *
 * A percent-encoded value ends at the next `&`, as any parameter does. But the specification's own example
 * writes the URL as it is: `?duration=900&response_url=https://msp/x?request_id=1&foo=2`. What follows such a
 * URL belongs to it, since a receiver could not have told either, with two exceptions: a URL without a `?` of
 * its own ends at the first `&`; and a `duration` after it is the request's own when none came before.
 * A `+` is a plus: no URL has a space in it.
 *
 * @param query with its `?`, or empty
 * @returns `undefined` when there is no such parameter with a value
 */
export function responseUrlInQuery(query: string): UrlSlot<string> | undefined {
  const found = findAll(query);
  const meant = lastOf(found);
  if (!meant) return undefined;
  return { url: meant.url, fill: (other) => splice(query, found, other) };
}

function splice(query: string, found: readonly Found[], url: string): string {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end, verbatim } of found) {
    parts.push(query.slice(from, start), verbatim ? url : encodeURIComponent(url));
    from = end;
  }
  return parts.join('') + query.slice(from);
}

function findAll(query: string): Found[] {
  const found: Found[] = [];
  let neighbourSeen = false;
  for (let at = 1; at < query.length;) {
    let end = endOfParameter(query, at);
    const equals = query.indexOf('=', at);
    const start = equals === -1 || equals > end ? end : equals + 1;
    const name = decoded(query.slice(at, start).replace(/=$/, ''));
    if (name === NEIGHBOUR) neighbourSeen = true;
    if (start < end && parameterName(query.slice(at, start - 1)) === FIELD) {
      const value = valueAt(query, start, neighbourSeen);
      found.push({ ...value, name });
      end = value.end;
    }
    at = end + 1;
  }
  return found;
}

/** Some servers take `;` for `&`, too: in what is none of our business it does no harm to look behind it as well. */
function endOfParameter(query: string, at: number): number {
  return Math.min(indexOrEnd(query, '&', at), indexOrEnd(query, ';', at));
}

function valueAt(query: string, start: number, neighbourSeen: boolean): Omit<Found, 'name'> {
  const nextAmpersand = indexOrEnd(query, '&', start);
  const raw = query.slice(start, nextAmpersand);
  if (!isVerbatim(raw)) return { start, end: nextAmpersand, url: decoded(raw), verbatim: false };
  const end = endOfVerbatim(query, start, nextAmpersand, neighbourSeen);
  return { start, end, url: query.slice(start, end), verbatim: true };
}

/**
 * Whether a value is a URL as it is. Some encoders leave `:`, `/` and `?` alone, which a query allows, and
 * escape only what would end the parameter: an escaped `=`, `&`, `?` or `%` without any plain `=` tells them.
 */
function isVerbatim(raw: string): boolean {
  if (!/^https?:\/\//i.test(raw)) return false;
  return raw.includes('=') || !/%(?:3D|26|3F|25)/i.test(raw);
}

function endOfVerbatim(query: string, start: number, nextAmpersand: number, neighbourSeen: boolean): number {
  const mark = query.indexOf('?', start);
  if (mark === -1 || mark > nextAmpersand) return nextAmpersand;
  return neighbourSeen ? query.length : indexOrEnd(query, `&${NEIGHBOUR}=`, nextAmpersand);
}

function indexOrEnd(text: string, part: string, from: number): number {
  const index = text.indexOf(part, from);
  return index === -1 ? text.length : index;
}

/** Percent-decoded; text that is not properly encoded stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
